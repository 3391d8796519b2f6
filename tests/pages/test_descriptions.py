"""What the head of a page says of it: something particular, and a picture of its own for each thing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from rdflib import RDF, RDFS, Literal, URIRef
from rdflib.term import Node

from kg.datasets import GraphNames
from kg.namespaces import CQ
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.addresses import EVERY_PAGE, OVER_THE_SERIES, TALKS
from tests.pages.conftest import Reader, running
from tests.pages.test_citations import card_lines

DATA = "https://w3id.org/communique/data/"
DESCRIBED = {
    "/about/person/ahmed-shuja-pasha": (
        "Head of the ISI; lieutenant general. On the side of the government of Pakistan. "
        "0 statements by them and 1 about them, in 1 article; took part in 1 event."
    ),
    "/about/person/hillary-clinton": (
        "U.S. Secretary of State. On the side of the United States government. "
        "8 statements by them and 6 about them, in 1 article; took part in 7 events."
    ),
    "/about/place/islamabad": "City in Pakistan. 6 events there; 1 statement about it.",
    "/about/post/isi-head": "A post in Inter-Services Intelligence. Held by Ahmed Shuja Pasha.",
    f"{TALKS}/": (
        "86 statements; 97 of every hundred characters carry one. "
        "The text itself dates the article not before 21 October 2011."
    ),
    f"{TALKS}/topic/haqqani-talks-preconditions": (
        "6 statements about it. By the article, Hillary Clinton, the United States government and 2 more. "
        "2 pairs of them contradict or oppose each other."
    ),
    f"{TALKS}/proposition/brinkmanship": "Put forward by the government of Pakistan, a Pakistani military official.",
}


def head(site: Reader, path: str) -> dict[str, str]:
    """Return what the head of a page says, by property."""
    text = site.get(path).text
    values = re.findall(r'<meta (?:name="description" )?property="([^"]+)" content="([^"]*)"', text)
    return {key: html.unescape(value) for key, value in values}


@pytest.mark.parametrize(("path", "description"), DESCRIBED.items())
def test_a_page_is_described_by_what_is_known_of_its_thing(site: Reader, path: str, description: str) -> None:
    assert head(site, path)["og:description"] == description


def test_a_post_is_told_as_the_newest_article_has_it(series: Reader) -> None:
    described = head(series, "/about/person/ilse-tarrant")["og:description"]
    assert described.startswith("Formerly foreign minister of Kelmark. On the side of the government of Kelmark. 11 ")


def test_an_occurrence_is_described_by_the_articles_that_tell_of_it(series: Reader) -> None:
    described = head(series, "/about/occurrence/fire")["og:description"]
    assert described.startswith("Told of in A fire on a ferry (the first article of an invented series); The patrols")


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_no_description_repeats_the_title(site: Reader, path: str) -> None:
    values = head(site, path)
    title = values["og:title"]
    assert values["og:description"] not in (title, title.partition(" \u2013 ")[0])


@pytest.mark.parametrize("path", OVER_THE_SERIES)
def test_no_description_over_several_articles_repeats_the_title(series: Reader, path: str) -> None:
    values = head(series, path)
    title = values["og:title"]
    assert values["og:description"] not in (title, title.partition(" \u2013 ")[0])


def test_each_thing_has_a_preview_picture_of_its_own(site: Reader) -> None:
    pictures = {path: head(site, path)["og:image"] for path in DESCRIBED}
    assert len(set(pictures.values())) == len(DESCRIBED)
    for path, picture in pictures.items():
        address = picture.removeprefix(site.address)
        assert address.startswith("/card?iri=")
        svg = site.get(address.replace("&format=png", "&format=svg"))
        assert svg.headers.get_content_type() == "image/svg+xml"
        lines = card_lines(svg.text)
        assert DESCRIBED[path] in " ".join(lines)
        assert lines[-1] == f"{site.address}{path}?version=000002"


def test_the_card_of_what_is_of_no_class_of_ours_is_that_of_a_thing(site: Reader) -> None:
    card = site.get("/card?iri=https://w3id.org/communique/ontology%23says", "image/svg+xml")
    assert card.headers["Content-Disposition"] == 'inline; filename="thing.svg"'
    assert card_lines(card.text)[:3] == [
        "Thing",
        "says",
        "The proposition that a statement is about, whatever its polarity.",
    ]


def test_what_is_not_in_the_data_has_no_card(site: Reader) -> None:
    unknown = site.get(f"/card?iri={DATA}person/nobody", "image/svg+xml")
    assert (unknown.status, f"{DATA}person/nobody is not a statement" in unknown.text) == (404, True)


BUSY = 2001
"""One more of everything than any page reads."""
AT_LEAST = {
    "person/busy": "0 statements by them and 2,001 about them, in 1 article; took part in at least 200 events.",
    "place/busy": "At least 300 events there; at least 300 statements about it.",
    "article/busy/topic/busy": "At least 300 statements about it. By the source.",
    "article/busy/": "At least 2,000 statements; at least 0 of every hundred characters carry one.",
    "thing/busy": "At least 2,000 facts about it, at least 500 references to it.",
}


def busy_triples(base: str) -> Iterator[tuple[Node, Node, Node]]:
    """Yield so many facts of each of a few things that no page reads all of them."""
    person, place, topic, article, thing, source = (URIRef(f"{base}{path}") for path in (*AT_LEAST, "person/source"))
    kinds = {person: CQ.Person, place: CQ.Place, topic: URIRef("http://www.w3.org/2004/02/skos/core#Concept")}
    for busy, kind in {**kinds, article: CQ.Article, source: CQ.Person}.items():
        yield busy, RDF.type, kind
    yield source, CQ.name, Literal("the source")
    for number in range(BUSY):
        event, part, statement = (URIRef(f"{article}{name}/{number}") for name in ("event", "part", "statement"))
        yield from ((event, RDF.type, CQ.Event), (event, CQ.place, place))
        yield from ((part, CQ.participant, person), (part, CQ.participationIn, event))
        yield from ((statement, RDF.type, CQ.Statement), (statement, CQ.gist, Literal(f"Gist {number}")))
        yield from ((statement, CQ.source, source), (statement, CQ.act, CQ.act), (statement, CQ.statedIn, article))
        yield from ((statement, CQ.about, about) for about in (person, place, topic))
        yield from ((thing, RDFS.seeAlso, Literal(str(number))), (event, RDFS.seeAlso, thing))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    names = GraphNames("https://data.example/")
    store = EmbeddedStore.open(tmp_path_factory.mktemp("busy"), names)
    with store.write() as change:
        change.add(f"{names.base}graph/busy", busy_triples(names.base))
        change.commit("busy things", "2026-01-01T00:00:00Z")
    with running(create_app(UnlimitedStore(store), Settings(base=names.base))) as reader:
        yield reader


@pytest.mark.parametrize(("path", "description"), AT_LEAST.items())
def test_a_description_takes_no_part_that_a_page_reads_for_the_whole(busy: Reader, path: str, description: str) -> None:
    assert head(busy, f"/about/{path}")["og:description"] == description
