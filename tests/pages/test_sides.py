"""Sides as of the same article: lists, timeline, colours and questions agree on who speaks for whom."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import RDF, BNode, Literal, URIRef

from kg.datasets import GraphNames
from kg.namespaces import CQ
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.conftest import Reader, running

BASE = "https://example.org/strait/"
GOVERNMENT = f"{BASE}organization/kelmark-government"
OTHER_GOVERNMENT = f"{BASE}organization/sarrovia-government"
LAST = f"{BASE}article/harbour-books/statement/"
AFTER_THE_POST = {f"{LAST}{name}" for name in ("for-patrols", "was-wrong", "no-shooting", "named")}
"""What the former chief of the navy says when she is none any more, by the article that says so."""
QUESTION = f"""PREFIX cq: <https://w3id.org/communique/ontology#>
SELECT DISTINCT ?item {{ ?item cq:sourceSide <{GOVERNMENT}> }}"""


def column(text: str, name: str) -> set[str]:
    """Return the values of a column of CSV."""
    return {row[name] for row in csv.DictReader(text.splitlines())}


@pytest.fixture(scope="module")
def answer(series: Reader) -> set[str]:
    """Return the statements of one side, by the question."""
    return column(series.get(f"/sparql?query={quote(QUESTION)}", "text/csv").text, "item")


def test_a_side_s_statements_are_those_of_the_question(series: Reader, answer: set[str]) -> None:
    address = f"/statements?side={GOVERNMENT}"
    assert column(series.get(address, "text/csv").text, "statement") == answer
    assert f"{len(answer)} statements" in series.get(address).words
    assert f"{LAST}fire-set-told" in answer
    assert not answer & AFTER_THE_POST


def test_a_side_s_part_of_the_timeline_has_the_same_statements(series: Reader, answer: set[str]) -> None:
    address = f"/timeline?side={GOVERNMENT}&kind=statement"
    assert column(series.get(address, "text/csv").text, "item") == answer
    page = series.get(address)
    dated, undated = (
        re.search(rf"{title} (\d+)", page.words) for title in ("With a time", "Statements: no date given")
    )
    assert dated
    assert undated
    assert int(dated[1]) + int(undated[1]) == len(answer)


def test_a_side_s_events_are_those_of_its_participants_by_the_same_article(series: Reader) -> None:
    question = QUESTION.replace(
        "?item cq:sourceSide", "?item a cq:Event . [] cq:participationIn ?item ; cq:participantSide"
    )
    question = question.replace(GOVERNMENT, OTHER_GOVERNMENT)
    expected = column(series.get(f"/sparql?query={quote(question)}", "text/csv").text, "item")
    listed = column(series.get(f"/timeline?side={OTHER_GOVERNMENT}&kind=event", "text/csv").text, "item")
    assert listed == expected
    assert f"{BASE}article/harbour-books/event/interview" not in listed
    assert f"{BASE}article/harbour-books/event/opening" in listed


@pytest.mark.parametrize(
    ("source", "name", "colour"), [("henrik-falk", "fire-set-told", "side-a"), ("nadia-roux", "was-wrong", "")]
)
def test_a_statement_has_the_colour_of_its_side_alone(series: Reader, source: str, name: str, colour: str) -> None:
    rows = series.get(f"/statements?article={BASE}article/harbour-books/&source=person/{source}").text
    cards = re.findall(r'<article class="statement([^"]*)">(.*?)</article>', rows, re.DOTALL)
    assert [classes.strip() for classes, row in cards if f'/statement/{name}"' in row] == [colour]
    here = re.search(r'<li class="link here([^"]*)"', series.get(f"/about/article/harbour-books/statement/{name}").text)
    assert here
    assert here[1].strip() == colour


def test_a_person_s_page_says_that_an_affiliation_is_of_some_time(series: Reader) -> None:
    page = series.get("/about/person/nadia-roux")
    shown = page.words.partition("Affiliated with")[2]
    assert shown.index("the government of Kelmark") < shown.index(
        "At some time, as some article tells it: posts say when."
    )
    assert "At some time" not in series.get("/about/organization/sarrovia-government").words


def test_a_name_has_the_colour_of_a_side_only_while_no_article_has_its_holder_leave(series: Reader) -> None:
    people = series.get("/people").text
    # Her last article has the former chief of the navy in no post; the other spokesman still speaks for his side.
    assert name_classes(people, "nadia-roux") == "thing is-person"
    assert name_classes(people, "jovan-seric") == "thing is-person side-b"
    network = json.loads(series.get("/network/graph?most=100", "application/json").text)
    nodes = {node[0]: node[3] for node in network["nodes"]}
    assert nodes[f"{BASE}person/nadia-roux"] == ""
    assert nodes[f"{BASE}person/jovan-seric"] == "b"


def name_classes(text: str, person: str) -> str:
    """Return the classes of the first link to a person by name."""
    link = re.search(rf'<a class="(thing[^"]*)" href="/about/person/{person}"', text)
    assert link
    return link[1]


def test_a_disagreement_has_the_words_of_all_passages_of_a_statement(series_with_texts: Reader) -> None:
    quoted = re.findall('<blockquote class="said"><p><bdi>(.*?)</bdi>', series_with_texts.get("/disagreements").text)
    (vall,) = {words for words in quoted if words.startswith("The captain, Ines Vall, ")}
    assert " for the first time on Monday. \u2026 It started at about 11 p.m. on May 19" in vall
    assert vall.endswith("twenty-six people were injured")


@pytest.mark.parametrize("side", [BNode("side"), Literal("the government > the rebels")])
def test_pages_have_names_beside_a_side_that_is_no_iri(tmp_path: Path, side: BNode | Literal) -> None:
    names = GraphNames("https://example.org/")
    person, part = URIRef(f"{names.base}person/falk"), URIRef(f"{names.base}participation/1")
    facts = [(person, RDF.type, CQ.Person), (person, CQ.name, Literal("Falk")), (part, CQ.participant, person)]
    store = EmbeddedStore.open(tmp_path, names)
    with store.write() as change:
        change.add(f"{names.base}graph/a", [*facts, (part, CQ.side, side)])
        change.commit("a side")
    with running(create_app(UnlimitedStore(store), Settings(names.base))) as reader:
        pages = [reader.get(path) for path in ("/people", "/about/person/falk")]
    assert [page.status for page in pages] == [200, 200]
    assert all("Falk" in page.words for page in pages)


def test_who_takes_part_on_one_side_has_its_colour_and_who_takes_part_on_both_has_none(tmp_path: Path) -> None:
    names = GraphNames("https://example.org/")
    taken = {"falk": ("north",), "roux": ("south",), "seric": ("north", "south"), "tarrant": ("elsewhere",)}
    facts = [
        *((URIRef(f"{names.base}person/{name}"), RDF.type, CQ.Person) for name in taken),
        *((URIRef(f"{names.base}person/{name}"), CQ.name, Literal(name)) for name in taken),
    ]
    for name, sides in taken.items():
        for side in sides:
            part = URIRef(f"{names.base}participation/{name}-{side}")
            facts.append((part, CQ.participant, URIRef(f"{names.base}person/{name}")))
            facts.append((part, CQ.side, URIRef(f"{names.base}organization/{side}")))
    store = EmbeddedStore.open(tmp_path, names)
    with store.write() as change:
        change.add(f"{names.base}graph/a", facts)
        change.commit("sides")
    with running(create_app(UnlimitedStore(store), Settings(names.base))) as reader:
        people = reader.get("/people").text
    assert {name: name_classes(people, name).removeprefix("thing is-person").strip() for name in taken} == {
        "falk": "side-a",
        "roux": "side-b",
        "seric": "",
        "tarrant": "",
    }
