"""The browser of claims: its counts, its addresses, and what it gives as data."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import RDF, BNode, Graph, Literal, URIRef

from kg.datasets import GraphNames
from kg.formats import JSON
from kg.namespaces import CQ, SCHEME
from kg.store import EmbeddedStore, Query
from kg.workers.served_store import UnlimitedStore
from server import create_app
from server.pages.terms.page_terms import PageTerm, Row
from server.pages.things.related_statements import related_statements
from server.site import Settings
from tests.pages.conftest import Page, Reader, running

ARTICLE = "/about/article/haqqani-talks"
PREFIX = "PREFIX cq: <https://w3id.org/communique/ontology#> "


def count(store: EmbeddedStore, pattern: str) -> int:
    """Return how many statements fit a pattern, asked plainly."""
    text = f"{PREFIX} SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a cq:Statement . {pattern} }}"
    results = json.loads(b"".join(store.query(Query(text, JSON, None)).chunks))
    return int(results["results"]["bindings"][0]["n"]["value"])


@pytest.mark.parametrize(
    ("gist", "words"),
    {
        "Nobody died.": "the article said that this is not so: Somebody was killed in the fire.",
        "Both sailors deny it.": (
            "the two sailors of the Marta who are charged denied that this is so: "
            "Two sailors of the Marta set the fire."
        ),
        "Orlić will not open the records.": (
            "Lena Orlić refused this: Sarrovia opens its harbour records to Kelmark\u2019s inspectors."
        ),
        "Falk takes back that the fire was set.": "Henrik Falk doubted",
        "Kelmark demands again to see the records.": "the government of Kelmark demanded",
    }.items(),
)
def test_a_row_has_a_not_of_its_own_beside_what_is_said_and_never_beside_the_gist(
    series: Reader, gist: str, words: str
) -> None:
    (row,) = re.findall(
        rf"<article[^>]*>((?:(?!</article>).)*<bdi>{gist}</bdi>.*?)</article>",
        series.get(f"/statements?q={quote(gist)}").text,
        re.DOTALL,
    )
    text = " ".join(html.unescape(re.sub("<[^>]*>", " ", row)).split())
    assert text.startswith(f"{gist} {words} \u00b6")


def total(page: Page) -> int:
    """Return how many statements a page says that there are."""
    number = re.search(r'class="found"[^>]*><strong>([\d,]+)', page.text)
    assert number, page.words
    return int(number[1].replace(",", ""))


CASES = {
    "source=person/hillary-clinton": "?s cq:source <https://w3id.org/communique/data/person/hillary-clinton>",
    "act=deny": "?s cq:act <https://w3id.org/communique/scheme/act/deny>",
    "polarity=negative": "?s cq:polarity <https://w3id.org/communique/scheme/polarity/negative>",
    "hand=second+hand": "?s cq:byWordOf ?o",
    "hand=first+hand&certainty=possible": (
        "?s cq:certainty <https://w3id.org/communique/scheme/certainty/possible> "
        "FILTER NOT EXISTS { ?s cq:byWordOf ?o }"
    ),
    "about=organization/isi&about=organization/haqqani-network": (
        "VALUES ?thing { <https://w3id.org/communique/data/organization/isi> "
        "<https://w3id.org/communique/data/organization/haqqani-network> } ?s cq:about ?thing"
    ),
    "act=deny&act=accuse&polarity=negative": (
        "?s cq:act ?act FILTER(?act IN (<https://w3id.org/communique/scheme/act/deny>, "
        "<https://w3id.org/communique/scheme/act/accuse>)) "
        "?s cq:polarity <https://w3id.org/communique/scheme/polarity/negative>"
    ),
    "date=2011-10-21": '?s cq:saidEarliest ?t FILTER(STRSTARTS(STR(?t), "2011-10-21"))',
    # From the start of each word: not within "decision".
    "q=isi": (
        "?s cq:gist ?g . ?s cq:sourceInChain|cq:about ?n . "
        "?n cq:name|cq:alias|<http://www.w3.org/2004/02/skos/core#prefLabel> ?l "
        'FILTER(REGEX(CONCAT(?g, " ", ?l), "(^|[^\\\\p{L}])isi", "i"))'
    ),
    "q=brinkmanship": '?s cq:gist ?g FILTER(CONTAINS(LCASE(?g), "brinkmanship"))',
}


@pytest.mark.parametrize("filters", CASES)
def test_the_chosen_filters_decide_what_is_counted_and_listed(site: Reader, store: EmbeddedStore, filters: str) -> None:
    expected = count(store, CASES[filters])
    page = site.get(f"/statements?{filters}")
    rows = [*csv.DictReader(io.StringIO(site.get(f"/statements?{filters}&format=csv").text))]
    assert expected > 0
    assert len({row["statement"] for row in rows}) == expected
    assert f"{expected} statement" in page.words
    assert page.text.count('<article class="statement') == min(25, expected)


def test_each_facet_value_counts_its_statements(site: Reader) -> None:
    page = site.get("/statements")
    facet = re.search(r"<h2>Act</h2>.*?</details>", page.text, re.DOTALL)
    assert facet
    values = re.findall(r'href="([^"]+)"[^>]*>.*?<span class="count">(\d+)', facet[0], re.DOTALL)
    assert len(values) > 5
    for address, number in values[:4]:
        assert f"{number} statement" in site.get(address.replace("&amp;", "&")).words


def test_a_chosen_facet_value_can_be_removed(site: Reader) -> None:
    page = site.get("/statements?act=deny&polarity=negative")
    assert "/statements?polarity=negative" in page.links
    assert "/statements?act=deny" in page.links


def test_pages_of_statements_hold_each_statement_once(site: Reader) -> None:
    seen: list[str] = []
    for number in range(1, 5):
        page = site.get(f"/statements?page={number}")
        seen += re.findall(r'<p class="gist"><a href="([^"]+)"', page.text)
    assert len(seen) == len({*seen}) == 86
    assert "This page of the list is empty" in site.get("/statements?page=9").words


@pytest.mark.parametrize("order", ["place", "source", "said"])
def test_statements_can_be_sorted(site: Reader, order: str) -> None:
    rows = [*csv.DictReader(io.StringIO(site.get(f"/statements?sort={order}&format=csv").text))]
    assert len({row["statement"] for row in rows}) == 86
    if order == "source":
        names = [row["sourceName"] for row in rows]
        assert names == sorted(names)


@pytest.mark.parametrize(
    "parameters", ["sort=size", "page=0", "page=x", "act=%3Ca%3E", "source=a%20b", "q=a&q=b", "page=99999999"]
)
def test_an_address_that_means_nothing_is_refused_in_a_sentence(site: Reader, parameters: str) -> None:
    page = site.get(f"/statements?{parameters}")
    assert page.status == 400
    assert "arameter" in page.words


def test_words_with_quotes_and_braces_are_words_and_no_query(site: Reader) -> None:
    for words in ("%22%29%20%7D%20ASK%20%7B", "%5C", "%27%27%27", "%0A%22"):
        assert site.get(f"/statements?q={words}").status == 200


def test_the_same_address_answers_in_json_and_in_rdf(site: Reader) -> None:
    reply = site.get("/statements?act=deny", "application/json")
    assert reply.headers.get_content_type() == "application/sparql-results+json"
    rows = json.loads(reply.text)["results"]["bindings"]
    graph = Graph().parse(data=site.get("/statements?act=deny", "text/turtle").text, format="turtle")
    assert {str(subject) for subject in graph.subjects(RDF.type, CQ.Statement)} == {
        row["statement"]["value"] for row in rows
    }


def test_a_list_says_what_its_filter_or_its_words_leave_out(site: Reader) -> None:
    page = site.get("/statements?about=organization/haqqani-network")
    more = re.search(r"(\d+) more have Haqqani in words or names", page.words)
    (address,) = [link for link in page.links if link.endswith("q=Haqqani")]
    assert more
    assert total(site.get(address)) == total(page) + int(more[1])
    # Each word once, though the name and an alias have it, and none that begins with another one, such as Haqqanis.
    assert len(re.findall(r"more ha(?:s|ve) \w+ in words or names", page.words)) == 1
    about_clinton = site.get("/statements?about=person/hillary-clinton").words
    assert re.findall(r"more ha(?:s|ve) (\w+) in words or names", about_clinton) == ["Clinton"]
    none = site.get("/statements?q=isi+chief").words
    words = site.get("/statements?q=haqqani")
    assert f"{total(page)} of these are about the Haqqani network: only those." in words.words
    (narrower,) = [link for link in words.links if link.endswith("about=organization/haqqani-network&q=haqqani")]
    assert total(site.get(narrower)) == total(page)
    assert "more is about Ahmed Shuja Pasha without these words" in none
    assert "No statement has all of these words in what is said or in a name." in none


@pytest.mark.parametrize(
    ("polarity", "title", "independent"),
    [
        ("positive", "The same is said by other sources", 1),
        ("underspecified", "Others ask, want or fear the same: none of them says that it is so", 0),
    ],
)
def test_only_who_says_that_it_is_so_supports_a_statement(
    store: EmbeddedStore, polarity: str, title: str, independent: int
) -> None:
    def row(name: str) -> Row:
        words = {
            "statement": f"urn:{name}",
            "source": f"urn:source-of-{name}",
            "relation": CQ.says,
            "direction": "with",
        }
        words["polarity"] = f"{SCHEME}polarity/{polarity}"
        return {key: PageTerm(str(value)) for key, value in words.items()}

    with create_app(UnlimitedStore(store)).test_request_context():
        groups = related_statements([row("other")], [[row("this")]], "urn:this")
    assert [(group.title, group.independent) for group in groups] == [(title, independent)]


def test_an_utterance_that_several_articles_tell_has_one_source(store: EmbeddedStore) -> None:
    # Two articles have one unnamed person each say it once; a third has somebody else say it.
    sources = {"urn:first": "urn:aide-of-first", "urn:second": "urn:aide-of-second", "urn:third": "urn:minister"}
    rows: list[Row] = [
        {
            "statement": PageTerm(statement),
            "source": PageTerm(source),
            "relation": PageTerm(str(CQ.says)),
            "direction": PageTerm("with", "literal"),
            "polarity": PageTerm(f"{SCHEME}polarity/positive"),
        }
        for statement, source in sources.items()
    ]
    for row in rows[:2]:
        row["utterance"] = PageTerm("urn:said-once")
    this: Row = {"statement": PageTerm("urn:this"), "source": PageTerm("urn:other"), "polarity": rows[0]["polarity"]}
    with create_app(UnlimitedStore(store)).test_request_context():
        (group,) = related_statements(rows, [[this]], "urn:this")
    assert (len(group.rows), group.independent) == (3, 2)


def test_a_question_has_no_support_from_who_wants_to_know_the_same(site: Reader) -> None:
    page = site.get("/about/article/haqqani-talks/statement/title-question")
    assert "Others ask, want or fear the same: none of them says that it is so" in page.words
    assert "independent source" not in page.words


def test_only_a_form_that_is_not_the_default_is_shown(site: Reader) -> None:
    forms = [
        re.findall(r'data-tip="In what form: [^"]*">([a-z]+)<', site.get(f"{ARTICLE}/statement/{name}").text)
        for name in ("official-not-in-our-pocket", "us-calls-to-do-more")
    ]
    assert forms == [["direct"], []]


def test_a_server_that_takes_no_notes_offers_no_collecting(store: EmbeddedStore, settings: Settings) -> None:
    paths = ("/statements", f"{ARTICLE}/statement/mullen-veritable-arm", "/collections")
    offers = {}
    for writable in (True, False):
        with running(create_app(UnlimitedStore(store), replace(settings, writable=writable))) as reader:
            offers[writable] = [len(re.findall("Collect[: <]|“Collect”", reader.get(path).text)) for path in paths]
    assert offers == {True: [26, 1, 1], False: [0, 0, 0]}


def test_voices_of_several_articles_that_are_called_alike_name_their_article(series: Reader) -> None:
    box = series.get("/statements").words.partition("Source")[2].partition("About")[0]
    voices = re.findall(r"the article \(([^)]*)", box)
    assert sorted(voice.partition(" (")[0] for voice in voices) == [
        "A fire on a ferry",
        "The first patrol, and a correction",
        "The harbour records opened",
        "The patrols called off",
        "The strait closed",
    ]
    assert "Ilse Tarrant 11" in box


@pytest.mark.parametrize(
    ("path", "titles"),
    [
        ("/statements", {"The first patrol", "A fire on a ferry"}),
        ("/about/person/ilse-tarrant", {"A fire on a ferry", "The patrols called off", "The strait closed"}),
    ],
)
def test_a_row_among_those_of_several_articles_names_its_article(series: Reader, path: str, titles: set[str]) -> None:
    words = series.get(path).words
    assert {title for title in titles if re.search(rf"\u00b6 \d+ {title}", words)} == titles
    alone = series.get("/statements?article=https%3A//example.org/strait/article/ferry-fire/").words
    assert "\u00b6 4" in alone
    assert "\u00b6 4 A fire on a ferry" not in alone


def test_related_statements_that_lack_an_act_a_source_or_words_are_listed_too(tmp_path: Path) -> None:
    names = GraphNames("https://example.org/")
    this, act = URIRef(f"{names.base}statement/this"), (CQ.act, URIRef(f"{SCHEME}act/deny"))
    source = (CQ.source, URIRef(f"{names.base}person/falk"))
    properties = {
        this: (source, act, (CQ.gist, Literal("This."))),
        URIRef(f"{names.base}statement/whole"): (source, act, (CQ.gist, Literal("It has all."))),
        URIRef(f"{names.base}statement/no-act"): (source, (CQ.gist, Literal("It has no act."))),
        URIRef(f"{names.base}statement/no-source"): (act, (CQ.gist, Literal("It has no source."))),
        URIRef(f"{names.base}statement/no-gist"): (source, act),
        BNode("blank"): (source, act, (CQ.gist, Literal("It has no IRI."))),
    }
    store = EmbeddedStore.open(tmp_path, names)
    with store.write() as change:
        for statement, values in properties.items():
            triples = [(statement, RDF.type, CQ.Statement), *((statement, *value) for value in values)]
            others = [] if statement == this else [(this, CQ.contradicts, statement)]
            change.add(f"{names.base}graph/a", triples + others)
        change.commit("contradictions")
    with running(create_app(UnlimitedStore(store), Settings(names.base))) as reader:
        page = reader.get("/about/statement/this")
    assert page.status == 200
    listed = page.text.partition(">Contradicts<")[2].partition("</section>")[0]
    assert sorted(re.findall('class="gist"><a[^>]*><bdi>([^<]*)', listed)) == [
        "It has all.",
        "It has no IRI.",
        "It has no act.",
        "It has no source.",
        "statement/no-gist",
    ]
    assert listed.index("It has all.") < listed.index("It has no act.")
    assert " more</p>" not in listed
