"""The list of disagreements: by topic, pairs of statements that contradict or oppose each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response

from kg.iterables import grouped
from kg.namespaces import CQ
from server.http.parameters import query_parameters
from server.pages.citations import citation_address
from server.pages.paging.list_responses import DATA_MENU_FORMATS, STATEMENT_COLUMNS, list_response
from server.pages.paging.pager import Pager, page_number
from server.pages.queried_data.page_queries import PageQueries, collections_term, distinct_rows, rows_by
from server.pages.queried_data.passage_display import DisplayedPassage, displayed_passages
from server.pages.queried_data.select_queries import load_query
from server.pages.rendering.page_rendering import page as html
from server.pages.terms.page_terms import Row
from server.pages.things.changed_positions import changed_links, changed_positions, statement_rows, statements_of
from server.search.disagreement_index import DisputedTopic, OpposedPair
from server.search.index_cache import current_index
from server.search.tsv_cells import iri

bp = Blueprint("disagreements", __name__)

TOPICS_PER_PAGE = 8
# The page of the topic has the others.
MAX_PAIRS_PER_TOPIC = 20

LABELLED_COLUMNS = (
    "relation",
    *(f"{end}{column.capitalize()}" for end in ("one", "other") for column in STATEMENT_COLUMNS),
)


@dataclass(frozen=True)
class LinkedPair:
    """Two statements, that of side a first, and the link between them, an asserted one if possible."""

    relation: str
    link: Row
    first: Row
    second: Row


@bp.get("/disagreements")
def disagreements() -> Response:
    """Return the statements that contradict or oppose each other, by topic."""
    page = page_number(query_parameters())
    return list_response(lambda: _page(page), _rows_query()[1], "one", labels=LABELLED_COLUMNS)


def _rows_query() -> tuple[str, str]:
    return load_query("disagreements", collections=collections_term())


def _page(page: int) -> Response:
    index = current_index()
    queries, pager = PageQueries(index.version), Pager(page, TOPICS_PER_PAGE, len(index.disputed_topics))
    # Listed for the reader, not run: what is shown is looked up in the index.
    queries.add(*_rows_query(), [])
    changed = changed_links(queries)
    disputed_topics = index.disputed_topics[pager.here]
    queries.add_names(iri(disputed.topic) for disputed in disputed_topics if disputed.topic)
    pairs = [pair for disputed in disputed_topics for pair in disputed.pairs[:MAX_PAIRS_PER_TOPIC]]
    links = _links(queries, pairs) if pairs else {}
    opposed = {cell for pair in pairs for cell in (pair.first, pair.second)}
    rows = statement_rows(queries, opposed.union(statements_of(changed)))
    statements = {statement: of_statement[0] for statement, of_statement in rows_by(rows, "statement").items()}
    shown_pairs = [_linked_pairs(queries, disputed, links, statements) for disputed in disputed_topics]
    values = {
        "disputed_topics": [
            (iri(disputed.topic) if disputed.topic else "", shown, len(disputed.pairs))
            for disputed, shown in zip(disputed_topics, shown_pairs, strict=True)
        ],
        "pager": pager,
        "changed": changed_positions(changed, rows),
        "rows": rows,
        "numbers": index.disputed_topics.pair_numbers(),
        "citation_address": citation_address,
        "words": _words(displayed_passages(rows, index.version)),
    }
    return html("disagreements.html", queries, DATA_MENU_FORMATS, **values)


LinkRows = dict[tuple[str, frozenset[str]], Row]


def _links(queries: PageQueries, pairs: Iterable[OpposedPair]) -> LinkRows:
    """Return one link per pair in either direction, preferring asserted links to inferred ones."""
    directions = (
        f"(cq:{pair.relation} {start} {end})"
        for pair in pairs
        for start, end in ((pair.first, pair.second), (pair.second, pair.first))
    )
    rows = queries.select("disagreement-links", links=" ".join(directions))
    links: LinkRows = {}
    for row in distinct_rows(rows, "relation", "one", "other"):
        kind = row["relation"].value.removeprefix(str(CQ))
        links.setdefault((kind, frozenset((row["one"].value, row["other"].value))), row)
    return links


def _words(passages: Iterable[DisplayedPassage]) -> dict[str, str]:
    # Of all passages: the first one alone may say nothing about what is disputed.
    words = grouped((passage.row["statement"].value, passage.words) for passage in passages)
    return {statement: " \u2026 ".join(filter(None, parts)) for statement, parts in words.items()}


def _linked_pairs(
    queries: PageQueries, disputed: DisputedTopic, links: LinkRows, statements: dict[str, Row]
) -> list[LinkedPair]:
    """Return the first pairs of a disputed topic whose link and statements the graph has."""
    linked = []
    for pair in disputed.pairs[:MAX_PAIRS_PER_TOPIC]:
        link = links.get((pair.relation, frozenset((iri(pair.first), iri(pair.second)))))
        if link and link["one"].value in statements and link["other"].value in statements:
            ends = [statements[link[name].value] for name in ("one", "other")]
            # Side a comes before statements of no side, and side b last.
            first, second = sorted(ends, key=lambda row: queries.names[row["statement"].value].side or "m")
            linked.append(LinkedPair(pair.relation, link, first, second))
    return linked
