"""Moments with and without offset, of any year: one rule on pages, in rows and in the shipped questions."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import RDF, Literal, URIRef

from kg.datasets import GraphNames
from kg.formats import TURTLE
from kg.moments import Moment, read
from kg.namespaces import CQ
from kg.shipped_files import ontology_folder
from kg.store import EmbeddedStore, read_graph
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.search.network import NetworkFilter
from server.search.version_index import read_index
from tests.pages.conftest import Reader, running

NAMES = GraphNames("https://example.org/")
STAMPS = [
    "2034-03-10T00:00:00",
    "2034-03-10T23:59:59",
    "2034-03-11T00:30:00+05:00",
    "2034-03-10T12:00:00Z",
    "2034-03-09T20:00:00-05:00",
    "2034-03-10T00:00:00+00:01",
    "2034-03-11T00:00:00.25",
    "2034-03-10T24:00:00",
    "2034-03-11T14:00:00+14:00",
    "2034-03-12T10:00:00",
    "-0044-03-15T12:00:00",
    "0000-02-29T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "12034-03-10T00:00:00+02:00",
]
EVENTS = {f"e{number:02}": STAMPS[number % len(STAMPS)] for number in range(60)}
WINDOWS = [
    ("2034-03-10", "2034-03-11"),
    ("2034-03-10T00:00:00Z", "2034-03-10T00:00:01"),
    ("2034-03-10T05:00+05:00", "2034-03-11T05:30+05:00"),
    ("2034-03-11T00:00:00", "2034-03-12"),
    ("2034-03-10", ""),
    ("", "2034-03-09T24:00:00"),
    ("-0100-01-01", "0001-01-01"),
    ("9999-12-31", "20000-01-01"),
]


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Serve sixty events that each began and ended in one moment."""
    turtle = "PREFIX cq: <https://w3id.org/communique/ontology#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
    for name, stamp in EVENTS.items():
        stamps = f'cq:earliestBegin "{stamp}"^^xsd:dateTime ; cq:latestEnd "{stamp}"^^xsd:dateTime'
        turtle += f'<https://example.org/event/{name}> a cq:Event ; cq:name "{name}" ; {stamps} .\n'
    store = EmbeddedStore.open(tmp_path_factory.mktemp("dated"), NAMES)
    with store.write() as change:
        change.replace_graph(f"{NAMES.base}graph/dated", read_graph(turtle.encode(), TURTLE))
        change.commit("dated")
    with running(create_app(UnlimitedStore(store), Settings(base=NAMES.base))) as site:
        yield site


def when(stamp: str) -> Moment:
    moment = read(stamp)
    assert moment is not None
    return moment


def rows(site: Reader, path: str) -> list[dict[str, str]]:
    page = site.get(path, "text/csv")
    assert page.status == 200
    return [*csv.DictReader(page.text.splitlines())]


@pytest.mark.parametrize(("first", "last"), WINDOWS)
def test_page_and_rows_of_a_window_are_the_same_events(dated: Reader, first: str, last: str) -> None:
    path = "/timeline?" + "&".join(
        f"{key}={quote(bound)}" for key, bound in (("from", first), ("until", last)) if bound
    )
    after, before = (not first or when(first)), (not last or when(last))
    expected = {
        name
        for name, stamp in EVENTS.items()
        if (after is True or when(stamp) >= after) and (before is True or when(stamp) <= before)
    }
    assert expected
    shown = [*re.findall(r'<div class="what"><a [^>]*href="/about/event/(e\d\d)"', dated.get(path).text)]
    assert {row["item"].rpartition("/")[2] for row in rows(dated, path)} == expected
    assert {*shown} == expected
    assert [when(EVENTS[name]) for name in shown] == sorted(when(EVENTS[name]) for name in shown)


@pytest.mark.parametrize("path", ["/timeline", "/events"])
def test_rows_come_in_order_and_as_they_were_written(dated: Reader, path: str) -> None:
    answered = rows(dated, path)
    # the engine writes 24:00:00 as the next day's 00:00:00, which is the same moment
    written = [stamp.replace("10T24:00:00", "11T00:00:00") for stamp in EVENTS.values()]
    assert sorted(row["earliestBegin"] for row in answered) == sorted(written)
    moments = [when(row["earliestBegin"]) for row in answered]
    assert moments == sorted(moments)


@pytest.mark.parametrize(
    "path", ["/timeline", "/events", "/events?kind=dated", "/timeline?from=2034-03-10&until=2034-03-11"]
)
@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
        "text/turtle",
        "application/rdf+xml",
        "application/ld+json",
        "application/n-triples",
    ],
)
def test_every_format_has_every_event(dated: Reader, path: str, accept: str) -> None:
    page = dated.get(path, accept)
    assert page.status == 200
    names = {*re.findall(r"event/(e\d\d)\b", page.text)}
    in_window = {event for event, stamp in EVENTS.items() if when("2034-03-10") <= when(stamp) <= when("2034-03-11")}
    expected = in_window if "from" in path else {*EVENTS}
    if accept == "text/html" and "from" not in path:
        assert names <= expected
        assert len(names) >= 40
    else:
        assert names == expected


def test_an_event_s_page_says_its_moment_in_words(dated: Reader) -> None:
    assert "15 March -44, 12:00" in dated.get("/about/event/e10").words
    assert "10 March 12034, 00:00 UTC+0200" in dated.get("/about/event/e14").words
    assert "11 March 2034, 00:30 UTC+0500" in dated.get("/about/event/e02").words


@pytest.mark.parametrize("question", ["15-what-happened", "22-night-in-order"])
def test_the_shipped_questions_put_them_in_order(dated: Reader, question: str) -> None:
    text = (
        (ontology_folder() / "questions" / f"{question}.rq")
        .read_text("utf-8")
        .replace("cq:status ?state", "a cq:Event")
    )
    answered = rows(dated, f"/sparql?query={quote(text)}")
    moments = [when(row.get("earliestBegin") or row["earliest"]) for row in answered]
    assert len(moments) == len(EVENTS)
    assert moments == sorted(moments)


def test_a_question_s_bound_holds_in_utc(dated: Reader) -> None:
    text = (ontology_folder() / "questions" / "68-sem-times.rq").read_text("utf-8")
    text = text.replace(
        "a sem:Event ; sem:hasLatestEndTimeStamp ?latestEnd ; rdfs:label", "cq:latestEnd ?latestEnd ; cq:name"
    )
    end = 'BIND("2034-03-10T12:00:00"^^xsd:dateTime AS ?end)'
    text = text.replace("event:islamabad-talks sem:hasLatestEndTimeStamp ?end .", end).replace(
        "PREFIX", "PREFIX cq: <https://w3id.org/communique/ontology#>\nPREFIX", 1
    )
    answered = rows(dated, f"/sparql?query={quote(text)}")
    assert {row["event"] for row in answered} == {
        event for event in EVENTS if when(EVENTS[event]) <= when("2034-03-10T12:00:00")
    }


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2034-03-10T00:00:00", True),
        ("2034-03-10T23:59:59.9", True),
        ("2034-03-10T24:00:00", False),
        ("2034-03-11T04:59:59+05:00", True),
        ("2034-03-10T04:59:59+05:00", False),
        ("2034-03-09T19:00:00-05:00", True),
        ("12034-03-10T00:00:00", False),
        ("-0044-03-15T12:00:00", False),
        ("", True),
    ],
)
def test_the_days_of_the_network_are_in_utc_too(tmp_path: Path, stamp: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    event = URIRef("https://example.org/event/e")
    triples = [(event, RDF.type, CQ.Event), (event, CQ.name, Literal("e"))]
    triples += [(event, stamped, Literal(stamp)) for stamped in (CQ.earliestBegin, CQ.latestEnd) if stamp]
    store = EmbeddedStore.open(tmp_path, GraphNames("https://example.org/"))
    with store.write() as change:
        change.add("https://example.org/graph/a", triples)
        version = change.commit("an event")
    part = read_index(UnlimitedStore(store), version).network.part(
        NetworkFilter(since="2034-03-10", until="2034-03-10")
    )
    assert (part.node(str(event)) is not None) is expected
