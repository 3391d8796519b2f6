"""The index has what SPARQL finds in the store: compared on the shipped corpus and on an invented one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import product
from operator import itemgetter

import networkx as nx
import pytest

from kg.formats import JSON
from kg.store import EmbeddedStore, Query
from kg.workers.served_store import UnlimitedStore
from server.pages.lists.facets import counts_query
from server.pages.lists.search_page import search_query
from server.pages.lists.statement_list import rows_query
from server.pages.queried_data.select_queries import load_query
from server.pages.terms.literal_words import row_span
from server.pages.terms.page_terms import Row, term_from_cell, term_from_json
from server.search import text_search
from server.search.index_database import Database, Record, unpack
from server.search.network import NetworkFilter
from server.search.network_tables import MAX_RANKED
from server.search.record_paths import PREFIXES
from server.search.search_words import fold
from server.search.shortest_paths import shortest_paths
from server.search.statement_facets import FACETS
from server.search.text_search import NAME_PROPERTIES, SearchHit, SearchResult, TextSearch
from server.search.time_spans import moment_key, moment_of_key, parse_moment
from server.search.timeline import TimelineFilter
from server.search.tsv_cells import iri, text
from server.search.version_index import Index, read_index

NODES = """PREFIX cq: <https://w3id.org/communique/ontology#>

SELECT ?thing ?kind ?name ?side ?first ?last WHERE {
  {
    SELECT ?thing ?name (MIN(?rank) AS ?kind) WHERE {
      VALUES (?class ?rank) {
        (cq:Person "1 person") (cq:Organization "2 organization") (cq:Group "3 group")
        (cq:Meeting "4 meeting") (cq:Event "5 event") (cq:Scenario "6 scenario")
      }
      ?thing a ?class ; cq:name ?name .
    }
    GROUP BY ?thing ?name
  }
  OPTIONAL { SELECT ?thing (MIN(?one) AS ?side) { ?part cq:participant ?thing ; cq:side ?one } GROUP BY ?thing }
  OPTIONAL { ?thing cq:earliestBegin ?first }
  OPTIONAL { ?thing cq:latestEnd ?last }
}
ORDER BY ?thing
"""
"""People, bodies and happenings, with their sides and times."""
ALL = "?statement a cq:Statement ."
ALL_VALUES = 1_000_000
PATTERNS = {
    (("polarity", "<https://w3id.org/communique/scheme/polarity/negative>"),): (
        f"{ALL} ?statement cq:polarity <https://w3id.org/communique/scheme/polarity/negative> ."
    ),
    (("hand", '"second hand"'),): f"{ALL} ?statement cq:byWordOf ?outer .",
    (): ALL,
}


@pytest.fixture(scope="module", params=["store", "several"])
def any_store(request: pytest.FixtureRequest) -> EmbeddedStore:
    store: EmbeddedStore = request.getfixturevalue(request.param)
    return store


@pytest.fixture(scope="module")
def index(any_store: EmbeddedStore) -> Index:
    return read_index(UnlimitedStore(any_store), any_store.current())


def solutions(store: EmbeddedStore, text_: str) -> list[Row]:
    """Return a query's solutions, as pages read them."""
    bindings = json.loads(b"".join(store.query(Query(text_, JSON, None)).chunks))["results"]["bindings"]
    return [{name: term_from_json(value) for name, value in binding.items()} for binding in bindings]


@pytest.mark.parametrize("having", PATTERNS, ids=["negative", "second hand", "all"])
def test_every_value_of_every_facet_has_as_many_statements(
    any_store: EmbeddedStore, index: Index, having: tuple[tuple[str, str], ...]
) -> None:
    matching = index.statements.matching(having, ())
    counts = Counter(
        {
            (facet.name, term_from_cell(cell).value): number
            for facet in FACETS
            if facet.shown
            for cell, number in index.statements.value_counts(matching, facet.name, ALL_VALUES)[0]
        }
    )
    rows = solutions(any_store, counts_query(PATTERNS[having]))
    expected = {(row["facet"].value.rpartition("#")[2], row["value"].value): int(row["number"].value) for row in rows}
    assert expected.pop(("all", "")) == len(matching) > 5
    assert counts == expected


@pytest.mark.parametrize("having", PATTERNS, ids=["negative", "second hand", "all"])
@pytest.mark.parametrize("facet", [facet.name for facet in FACETS])
def test_the_commonest_values_of_a_facet_are_the_first_of_all(
    index: Index, having: tuple[tuple[str, str], ...], facet: str
) -> None:
    matching = index.statements.matching(having, ())
    columns = {cell: matching & index.statements.matching([(facet, cell)], ()) for cell in _values(index, facet)}
    everything = sorted(((cell, len(rows)) for cell, rows in columns.items() if rows), key=lambda of: (-of[1], of[0]))
    for most in (1, 2, 7, ALL_VALUES):
        assert index.statements.value_counts(matching, facet, most) == (everything[:most], len(everything))
    last = [cell for cell, _ in everything[-2:]]
    leading = sorted(everything, key=lambda of: of[0] not in last)[:3]
    assert index.statements.value_counts(matching, facet, 3, last) == (leading, len(everything))


def _values(index: Index, facet: str) -> list[str]:
    counts, number = index.statements.value_counts(index.statements.matching((), ()), facet, ALL_VALUES)
    assert len(counts) == number
    return [cell for cell, _ in counts]


@pytest.mark.parametrize("order", ["place", "source", "said"])
def test_a_window_of_an_order_is_that_part_of_it(index: Index, order: str) -> None:
    statements = index.statements
    everything = statements.in_order(statements.matching((), ()), order, slice(0, len(statements)))
    for having in PATTERNS:
        matching = statements.matching(having, ())
        ordered = [number for number in everything if number in matching]
        for start in (0, 3, len(matching) - 1, len(matching)):
            assert statements.in_order(matching, order, slice(start, start + 4)) == ordered[start : start + 4]


@pytest.mark.parametrize("order", ["place", "source", "said"])
def test_statements_come_in_the_order_of_the_query(any_store: EmbeddedStore, index: Index, order: str) -> None:
    statements = index.statements
    rows = solutions(any_store, rows_query(ALL, order))
    keys = {"place": ("article", "start"), "source": ("sourceName",), "said": ()}[order]
    everything = statements.in_order(statements.matching((), ()), order, slice(0, len(statements)))
    ordered = [*map(iri, statements.iris(everything))]
    expected = {item["statement"].value: tuple(item[key].value for key in keys) for item in rows}
    assert {*ordered} == {*expected}
    assert [expected[item] for item in ordered] == [*expected.values()]


@pytest.mark.parametrize("word", ["talks", "navy", "haqqani", "strait", "never", "isi"])
def test_a_word_is_found_at_the_start_of_words_in_gists_and_names(
    any_store: EmbeddedStore, index: Index, word: str
) -> None:
    named = "?statement cq:sourceInChain|cq:about ?named . ?named cq:name|cq:alias|skos:prefLabel ?label"
    start = rf"(^|[^\\p{{L}}\\p{{N}}]){word}"
    has = f'REGEX(?gist, "{start}", "i") || EXISTS {{ {named} FILTER(REGEX(?label, "{start}", "i")) }}'
    rows = solutions(any_store, f"{PREFIXES} SELECT ?statement {{ {ALL} ?statement cq:gist ?gist FILTER({has}) }}")
    statements = index.statements
    assert {*map(iri, statements.iris(statements.matching((), [[word]])))} == {
        solution["statement"].value for solution in rows
    }


@pytest.mark.parametrize("search_text", ["talks", "chief of the Navy", "strait the", "haqqanis pocket", "U.S. visit"])
def test_search_finds_what_its_query_finds(any_store: EmbeddedStore, index: Index, search_text: str) -> None:
    result = index.texts.search(search_text)
    expected = {row["thing"].value for row in solutions(any_store, search_query(result)[1])}
    assert {iri(hit.thing) for hit in result.hits} == expected


def test_a_search_takes_words_in_any_order_and_leads_from_posts_to_their_holders(store: EmbeddedStore) -> None:
    texts = read_index(UnlimitedStore(store), store.current()).texts
    things = {
        words: [iri(hit.thing).removeprefix("https://w3id.org/communique/data/") for hit in texts.search(words).hits]
        for words in ("ISI chief", "chief isi", "Haqqani network", "hakkani", "Pasha ISI")
    }
    assert things["ISI chief"] == things["chief isi"] == ["person/ahmed-shuja-pasha", "post/isi-head"]
    assert things["Haqqani network"][0] == things["hakkani"][0] == "organization/haqqani-network"
    assert things["Pasha ISI"] == ["person/ahmed-shuja-pasha"]
    assert not [thing for thing in things["hakkani"] if "/proposition/" in thing and "/statement/" not in thing]
    assert all(len(hits) == len({*hits}) for hits in things.values())


def test_what_has_most_of_the_words_is_shown_where_nothing_has_all(store: EmbeddedStore) -> None:
    result = read_index(UnlimitedStore(store), store.current()).texts.search("Kayani Haqqanis submarine")
    assert (result.required, len(result.words), result.corrected) == (2, 3, ["submarine"])
    assert iri(next(iter(result.hits)).thing).endswith("/statement/kayani-offers-limited-action")


def ranked_one_by_one(texts: TextSearch, result: SearchResult, phrase: str) -> list[SearchHit]:
    """Return the hits of a search in the order of their best texts, of all texts of an index."""
    things = {hit.thing for hit in result.hits}
    database = texts._database  # noqa: SLF001 -- to compare with all texts
    cells: dict[int, str] = dict(database.select("SELECT id, cell FROM thing"))
    best: dict[str, tuple[tuple[int, ...], str]] = {}
    for naming, cell, targets in sorted(database.select("SELECT naming, cell, things FROM text")):
        folded = fold(text(cell))
        number = sum(any(f" {word}" in folded for word in spellings) for spellings in result.words)
        whole = sum(any(f" {word} " in f"{folded} " for word in spellings) for spellings in result.words)
        quality = (-number, phrase not in folded, naming >= len(NAME_PROPERTIES), -whole, len(folded))
        for thing in {cells[target] for target in unpack(targets)} & things if number else ():
            best[thing] = min(best.get(thing, (quality, cell)), (quality, cell), key=itemgetter(0))
    ranked = sorted((quality, thing, cell) for thing, (quality, cell) in best.items())
    return [SearchHit(thing, cell) for _, thing, cell in ranked]


@pytest.mark.parametrize("names_in_batch", [1, 3, 500])
@pytest.mark.parametrize("search_text", ["the", "a", "talks", "chief of the Navy", "strait the", "U.S. visit"])
def test_hits_that_are_ranked_in_parts_are_in_the_order_of_their_best_texts(
    index: Index, search_text: str, names_in_batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_search, "MAX_PARAMETERS", names_in_batch)
    result = index.texts.search(search_text)
    hits = ranked_one_by_one(index.texts, result, fold(search_text).rstrip())
    assert [*result.hits] == hits
    assert len(result.hits) == len(hits) > 0
    assert result.hits[:2] == hits[:2]
    assert result.hits[1:4] == hits[1:4]


def test_only_texts_that_may_be_among_the_best_are_read(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    select_among, read = Database.select_among, list[int | str]()

    def counting(self: Database, query: str, keys: Iterable[int | str]) -> list[Record]:
        keys = [*keys]
        if "FROM text " in query:
            read.extend(keys)
        return select_among(self, query, keys)

    monkeypatch.setattr(Database, "select_among", counting)
    monkeypatch.setattr(text_search, "MAX_PARAMETERS", 4)
    hits = index.texts.search("the").hits
    best = hits[:2]
    assert 0 < len(read) < len(hits) / 2
    assert best == [*hits][:2]


def test_the_network_is_that_of_its_queries(any_store: EmbeddedStore, index: Index) -> None:
    network = index.network
    nodes = {item["thing"].value: item for item in solutions(any_store, NODES)}
    stored = {iri_: network.node(iri_) for iri_ in nodes}
    assert {iri_: node and (node.name, node.kind, node.first, node.last) for iri_, node in stored.items()} == {
        iri_: (
            row["name"].value,
            row["kind"].value[2:],
            *(row[key].value if key in row else "" for key in ("first", "last")),
        )
        for iri_, row in nodes.items()
    }
    edges = (
        (item["one"].value, item["relation"].value, item["other"].value)
        for item in solutions(any_store, load_query("network-edges")[1])
    )
    joined = {item for item in edges if item[0] in nodes and item[2] in nodes and item[0] != item[2]}
    whole = network.busiest(len(nodes))
    assert {(edge.start, edge.relation, edge.end) for edge in whole.edges} == joined
    degrees = Counter(end for start, _, goal in joined for end in (start, goal))
    assert whole.degrees == degrees
    assert network.size == (len(degrees), len(joined))
    assert network.relations == sorted(Counter(edge[1] for edge in joined).items(), key=lambda n: (-n[1], n[0]))


def test_the_shortest_paths_are_those_of_networkx(index: Index) -> None:
    network = index.network
    whole = network.busiest(MAX_RANKED)
    graph = nx.Graph((edge.start, edge.end) for edge in whole.edges)
    ends = [iri_ for iri_, _ in sorted(whole.degrees.items(), key=lambda n: (n[1], n[0]))][:: len(whole.degrees) // 6]
    numbers = []
    for start, goal in product(ends, ends):
        paths = [*network.paths(start, goal)]
        expected = [*nx.all_shortest_paths(graph, start, goal)] if nx.has_path(graph, start, goal) else []
        assert sorted(paths) == sorted(expected)
        numbers.append(len(paths))
    assert max(numbers) > 1, "some ends have several shortest paths between them"


def test_shortest_paths_look_up_the_nodes_of_a_level_together() -> None:
    # From 0 to 9 by one of 1, 2 and 3, one of 4 and 5, and 6.
    graph = nx.Graph([*product([0], [1, 2, 3]), *product([1, 2, 3], [4, 5]), (4, 6), (5, 6), (6, 9), (0, 7), (7, 8)])
    looked_up = list[int]()

    def neighbours(nodes: Collection[int]) -> set[int]:
        return {other for node in nodes for other in graph[node]}

    def joined(nodes: Collection[int], others: Collection[int]) -> dict[int, list[int]]:
        looked_up.append(len(nodes))
        return {
            node: [other for other in (5, 4, 6, *range(4), 7, 8) if other in {*graph[node]}.intersection(others)]
            for node in nodes
        }

    paths = [*shortest_paths(0, 9, neighbours, joined)]
    assert paths == [[0, first, second, 6, 9] for second in (5, 4) for first in (1, 2, 3)]
    assert looked_up == [1, 1, 2, 3]


def test_the_chronicle_is_that_of_its_query(any_store: EmbeddedStore, index: Index) -> None:
    rows = solutions(any_store, load_query("timeline")[1])
    expected = {
        (item["item"].value, item["kind"].value, row_span(item), item["occasion"].value if "occasion" in item else "")
        for item in rows
    }
    part = index.timeline.part(TimelineFilter())
    dated = part.dated[:]
    lists = (part.in_words(), part.undated("event"), part.undated("statement"))
    undated = [item for items in lists for item in items[:]]
    assert {(item.iri, item.kind, item.span, item.occasion) for item in (*dated, *undated)} == expected
    assert [item.ends for item in dated] == sorted(item.ends for item in dated)
    assert (len(part.dated), *map(len, lists)) == (part.extent.number, *(len(items[:]) for items in lists))
    assert (part.extent.first, part.extent.last) == (dated[0].ends[0], max(item.ends[1] for item in dated))
    middle = dated[len(dated) // 2].ends
    opening, closing = dated[-1].ends[0], max(item.ends[1] for item in dated)
    for first, last in (middle, (opening, opening), (closing, closing)):
        overlapping = [item for item in dated if item.ends[0] <= last and first <= item.ends[1]]
        assert part.within(first, last)[:] == overlapping
        assert part.within(first, last)[1:3] == overlapping[1:3]


def test_moments_sort_as_their_keys_do() -> None:
    spelled = ["-0044-03-15", "0001-01-01", "2034-03-10T12:00:00", "2034-03-10T12:00:00.05", "2034-03-10T12:00:00.5Z"]
    moments = [parse_moment(stamp) for stamp in (*spelled, "2034-03-10T12:00:01", "999999999-12-31")]
    assert [moment_of_key(moment_key(moment)) for moment in moments] == moments
    keys = [f"{moment_key(moment)} " for moment in moments]
    assert keys == sorted(keys)
    assert moment_key(None) == ""


def test_a_filtered_network_is_cached(index: Index) -> None:
    part = index.network.part(NetworkFilter(real="no"))
    assert index.network.part(NetworkFilter(real="no")) is part
    shown = part.busiest(MAX_RANKED)
    assert {node.kind for node in shown.nodes.values()} & {"meeting", "event", "scenario"} == {"scenario"}
    assert part.size == (len(shown.nodes), len(shown.edges))
    assert part.size[1] < index.network.size[1]
    assert shown.degrees == Counter(end for edge in shown.edges for end in (edge.start, edge.end))


@pytest.mark.parametrize(
    ("cell", "value", "kind", "language", "datatype"),
    [
        ("<https://example.org/a>", "https://example.org/a", "uri", "", ""),
        ('"a"', "a", "literal", "", ""),
        ('"a\\tb\\"\\\\"@en-GB', 'a\tb"\\', "literal", "en-GB", ""),
        (
            '"2034-03-01"^^<http://www.w3.org/2001/XMLSchema#date>',
            "2034-03-01",
            "literal",
            "",
            "http://www.w3.org/2001/XMLSchema#date",
        ),
        ('"\u201cé\u201d\\n"', "\u201cé\u201d\n", "literal", "", ""),
        ("12", "12", "literal", "", "http://www.w3.org/2001/XMLSchema#integer"),
        ("1.5", "1.5", "literal", "", "http://www.w3.org/2001/XMLSchema#decimal"),
        ("1e3", "1e3", "literal", "", "http://www.w3.org/2001/XMLSchema#double"),
        ("true", "true", "literal", "", "http://www.w3.org/2001/XMLSchema#boolean"),
    ],
)
def test_a_cell_is_a_term(cell: str, value: str, kind: str, language: str, datatype: str) -> None:
    term = term_from_cell(cell)
    assert (term.value, term.kind, term.language, term.datatype) == (value, kind, language, datatype)
