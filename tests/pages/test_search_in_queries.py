"""SERVICE search:index: what the search page finds, found from a query, in its order and with the rest of the query."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from rdflib import Literal, URIRef

from kg.mapping.corpora.corpus_reader import read_corpus
from kg.namespaces import CQ
from kg.sparql.search_clauses import MAX_FOUND
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.conftest import HARBOUR, Reader, running, stored
from tests.support.http_client import Client, Reply

PREFIXES = """PREFIX search: <https://w3id.org/communique/search#>
PREFIX cq: <https://w3id.org/communique/ontology#>
"""
JSON = "application/sparql-results+json"
ARGUMENTS = "search:words, search:rank, search:text, search:limit"


def ask(site: Reader, group: str, head: str = "SELECT *", accept: str = JSON, **parameters: str) -> Reply:
    return Client(site.host, site.port).query(f"{PREFIXES}{head} {{ {group} }}", accept, **parameters)


def rows(site: Reader, group: str, head: str = "SELECT *", **parameters: str) -> list[dict[str, str]]:
    reply = ask(site, group, head, **parameters)
    assert reply.status == 200, reply.text
    return [{name: term["value"] for name, term in row.items()} for row in reply.json["results"]["bindings"]]


def search(words: str, arguments: str = "") -> str:
    return f"SERVICE search:index {{ ?thing search:words {Literal(words).n3()} {arguments} }}"


@pytest.mark.parametrize("words", ["haqqani pakistan", "ISI chief", "Afghanist", "talks the"])
def test_a_query_finds_what_the_page_lists_as_data(site: Reader, words: str) -> None:
    listed = csv.DictReader(io.StringIO(site.get(f"/search?q={words.replace(' ', '+')}&format=csv").text))
    things = [row["thing"] for row in rows(site, search(words))]
    assert {*things} == {row["thing"] for row in listed} != set()
    assert len(things) == len({*things})


def test_things_come_with_the_text_that_has_the_words_and_a_rank(site: Reader) -> None:
    ranked = rows(site, search("haqqani network", "; search:rank ?rank ; search:text ?text"), "SELECT ?rank ?text")
    assert [int(row["rank"]) for row in ranked] == [*range(1, len(ranked) + 1)]
    assert ranked[0]["text"] == "the Haqqani network"


def test_the_rank_orders_what_is_joined_with_the_data(site: Reader) -> None:
    group = "?thing a cq:Person . " + search("haqqani", "; search:rank ?rank")
    joined = ask(site, f"{group} }} ORDER BY ?rank #").json["results"]["bindings"]
    ranks = [int(row["rank"]["value"]) for row in joined]
    alone = {row["thing"] for row in rows(site, search("haqqani"))}
    assert ranks == sorted(ranks)
    assert {row["thing"]["value"] for row in joined} < alone


def test_a_limit_keeps_the_best(site: Reader) -> None:
    best = rows(site, search("the", "; search:rank ?rank ; search:limit 3"))
    ranked = rows(site, search("the", "; search:rank ?rank"))
    assert sorted(best, key=str) == sorted((row for row in ranked if int(row["rank"]) <= 3), key=str)


def test_no_word_is_left_out_or_taken_for_a_similar_one(site: Reader) -> None:
    assert "showing similar spellings" in site.get("/search?q=hakkani").words
    assert rows(site, search("hakkani")) == []
    assert "1 of 2" in site.get("/search?q=kayani+qqzz").words
    assert rows(site, search("kayani qqzz")) == []
    assert rows(site, search("")) == []


def test_words_in_quotation_marks_are_a_phrase(series: Reader) -> None:
    def gists(words: str) -> set[str]:
        texts = rows(series, search(words, "; search:text ?text"), "SELECT ?text")
        return {row["text"] for row in texts}

    apart, phrase, turned = gists("harbour closure"), gists('"harbour closure"'), gists('"closure harbour"')
    assert phrase | turned < apart
    assert gists('"ferry Marta"') >= {"the fire on the ferry Marta"}
    assert gists('"Marta ferry"') == set()
    page = series.get("/search?q=%22ferry+Marta%22")
    assert "the fire on the <mark>ferry Marta</mark>" in page.text
    listed = csv.DictReader(io.StringIO(series.get("/search?q=%22ferry+Marta%22&format=csv").text))
    assert {row["thing"] for row in listed} == {row["thing"] for row in rows(series, search('"ferry Marta"'))}


def test_the_titles_of_articles_are_found(series: Reader) -> None:
    titled = rows(series, "?thing a cq:Article ; <http://purl.org/dc/terms/title> ?title", "SELECT ?thing ?title")
    assert len(titled) == 5
    for row in titled:
        phrase = f'"{row["title"]}"'
        assert row["thing"] in {other["thing"] for other in rows(series, search(phrase))}, phrase
        assert row["title"] in series.get("/search?" + f"q={row['title']}".replace(" ", "+")).words


def test_several_searches_stand_in_groups_of_their_own(site: Reader) -> None:
    both = rows(site, f"{{ {search('kayani')} }} UNION {{ {search('pasha')} }}")
    alone = [rows(site, search(words)) for words in ('"kayani"', '"pasha"')]
    assert sorted(both, key=str) == sorted(alone[0] + alone[1], key=str)


@pytest.mark.parametrize(
    ("group", "sentence"),
    [
        ('{ ?t search:word "x" }', f"search:word is not a property of the search: expected {ARGUMENTS}."),
        ("{ ?t search:words ?w }", "search:words is ?w: expected a literal, since it is looked up before the query"),
        ('{ <x:a> search:words "x" }', "the subject is <x:a>: expected a variable."),
        ('{ ?t search:words "x" ; search:rank 1 }', "search:rank is 1: expected a variable."),
        ('{ ?t search:words "x" ; search:rank ?t }', "one variable stands for two things"),
        ('{ ?t search:words "x" , "y" }', "search:words stands twice in its group: expected once."),
        (
            '{ ?t search:words "x" ; search:limit 0 }',
            '"0"^^<http://www.w3.org/2001/XMLSchema#integer>: expected a whole',
        ),
        ('{ ?t search:words "x" ; search:limit 2501 }', f"expected a whole number from 1 to {MAX_FOUND:,}."),
        ("{ ?t search:rank ?r }", "expected one variable for what is found"),
        ('{ ?t search:words "x" . ?u search:rank ?r }', "expected one variable for what is found"),
        ('{ ?t search:words "x" FILTER(?t) }', "FILTER"),
        ("{ }", "expected one variable for what is found"),
        ('{ [ search:words "x" ] search:rank ?r }', "cannot stand in its group: expected triples."),
    ],
)
@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_a_wrong_search_is_an_error_that_says_what_was_expected(
    series: Reader, group: str, sentence: str, silent: str
) -> None:
    reply = ask(series, f"SERVICE {silent}search:index {group}")
    assert reply.status == 400
    assert "SERVICE search:index: " in reply.text
    assert sentence in reply.json["error"] if reply.type == "application/json" else sentence in reply.text


def test_a_search_opens_no_way_to_other_endpoints(site: Reader) -> None:
    other = "SERVICE <http://127.0.0.1:1/sparql> { ?a ?b ?c }"
    reply = ask(site, f"{search('kayani')} {other}")
    assert (reply.status, "which is never made" in reply.text) == (403, True)
    inside = ask(site, f'SERVICE search:index {{ ?thing search:words "kayani" . {other} }}')
    assert inside.status == 400


def test_only_the_current_version_is_searched(site: Reader, store: EmbeddedStore) -> None:
    earlier, current = store.versions()
    assert rows(site, search("kayani"), version=current.name) == rows(site, search("kayani")) != []
    refused = ask(site, search("kayani"), version=earlier.name)
    assert refused.status == 400
    sentence = "SERVICE search:index searches the current version of the store, and the request is for "
    assert f"{sentence}{earlier.name}." in refused.text


def test_a_search_after_a_write_sees_the_new_name(tmp_path: Path) -> None:
    corpus = read_corpus(HARBOUR / "corpus.yaml")
    store = stored(corpus, tmp_path / "store")
    person = URIRef(f"{corpus.names.base}person/new")
    with running(create_app(UnlimitedStore(store), Settings(corpus.names.base, corpus.title))) as site:
        for number in range(5):
            name = f"Newcomer{number}"
            assert rows(site, search(name)) == []
            with store.write() as change:
                change.add(f"{corpus.names.base}graph/new", [(person, CQ.name, Literal(name))])
                change.commit("a name", "2026-01-02T00:00:00Z")
            assert rows(site, search(name)) == [{"thing": str(person)}]


def test_more_than_fit_in_a_query_are_an_error_and_not_cut(tmp_path: Path) -> None:
    corpus = read_corpus(HARBOUR / "corpus.yaml")
    store = stored(corpus, tmp_path / "store")
    people = [URIRef(f"{corpus.names.base}person/{number}") for number in range(MAX_FOUND + 1)]
    with store.write() as change:
        change.add(f"{corpus.names.base}graph/new", [(person, CQ.name, Literal("Twin Namesake")) for person in people])
        change.commit("names", "2026-01-02T00:00:00Z")
    with running(create_app(UnlimitedStore(store), Settings(corpus.names.base, corpus.title))) as site:
        reply = ask(site, search("namesake"))
        assert reply.status == 400
        assert f"{MAX_FOUND + 1:,} things have the words 'namesake', and the limit is {MAX_FOUND:,}" in reply.text
        assert len(rows(site, search("namesake", f"; search:limit {MAX_FOUND}"))) == MAX_FOUND


@pytest.mark.parametrize("accept", ["text/html", "text/csv", "application/n-triples"])
def test_a_search_is_answered_in_every_kind_of_format(site: Reader, accept: str) -> None:
    head = "CONSTRUCT { ?thing a cq:Person }" if accept == "application/n-triples" else "SELECT *"
    reply = ask(site, search("kayani"), f"{head} WHERE", accept)
    assert (reply.status, reply.type) == (200, accept)
    assert "ashfaq-parvez-kayani" in reply.text
