"""Shapes compare moments by one rule, whatever their year and their offset: UTC where none is written."""

from __future__ import annotations

import pytest
from rdflib import RDF, XSD, Graph, Literal, Namespace
from rdflib.term import Node

from kg.moments import calendar_date, days, read
from kg.namespaces import CQ
from kg.validation.shacl_validator import validate
from kg.validation.validation_report import Severity
from tests.support.shared_validator import shared_validator

DATA = Namespace("https://example.org/data/")

ORDERED = [
    "-12034-01-01T00:00:00",
    "-0044-03-15T12:00:00Z",
    "0000-02-29T00:00:00",
    "0001-01-01T00:00:00+14:00",
    "2034-03-10T00:00:00",
    "2034-03-10T00:00:00.25Z",
    "2034-03-10T05:30:00+05:00",
    "2034-03-10T23:30:00",
    "2034-03-10T24:00:00",
    "2034-03-10T20:00:01-04:00",
    "2034-03-14T06:00:00Z",
    "2034-03-17T10:00:00",
    "9999-12-31T23:59:59-14:00",
    "12034-03-10T00:00:00",
]
"""Each later than the one before it."""


@pytest.mark.parametrize("at", range(len(ORDERED) - 1))
def test_an_event_begins_no_later_than_its_latest_begin(at: int, shapes: Graph, ontology: Graph) -> None:
    assert faults(ORDERED[at], ORDERED[at + 1], shapes, ontology) == set()
    assert faults(ORDERED[at + 1], ORDERED[at], shapes, ontology) == {"event-earliest-begin"}


def test_a_moment_is_not_after_the_same_one_in_other_words(shapes: Graph, ontology: Graph) -> None:
    for first, second in (
        ("2034-03-10T05:00:00+05:00", "2034-03-10T00:00:00"),
        ("2034-03-10T24:00:00Z", "2034-03-11T00:00:00"),
    ):
        assert faults(first, second, shapes, ontology) == faults(second, first, shapes, ontology) == set()


@pytest.mark.parametrize(
    "lexical",
    [
        "soon",
        "2034-03-10",
        "2034-02-30T00:00:00",
        "2034-03-10T24:00:01",
        "2034-03-10T23:59:60",
        "2034-03-10T10:00:00+0500",
    ],
)
def test_what_is_no_moment_stays_a_fault(lexical: str, shapes: Graph, ontology: Graph) -> None:
    assert "event-earliest-begin" in faults(lexical, "2034-03-17T10:00:00", shapes, ontology)


@pytest.mark.parametrize(
    ("until", "expected"),
    [("2034-03-10T01:00:00+02:00", {"event-part-within-time"}), ("2034-03-10T03:00:00+02:00", set())],
)
def test_queries_of_shapes_compare_them_too(until: str, expected: set[str], shapes: Graph, ontology: Graph) -> None:
    world = Graph()
    world.add((DATA.part, CQ.subEventOf, DATA.whole))
    world.add((DATA.part, CQ.latestEnd, moment(until)))
    world.add((DATA.whole, CQ.earliestBegin, moment("2034-03-10T00:00:00")))
    assert names(world, shapes, ontology) & {"event-part-within-time"} == expected
    assert {str(end) for end in world.objects(None, CQ.latestEnd)} == {until}


def test_the_report_repeats_a_moment_as_it_was_written(shapes: Graph, ontology: Graph) -> None:
    graph = event("2034-03-17T10:00:00", "2034-03-14T06:00:00Z")
    values = [
        item.value for item in validate(graph, shapes, ontology).results if item.shape.endswith("event-earliest-begin")
    ]
    assert [str(item) for item in values] == ["2034-03-17T10:00:00"]


@pytest.mark.parametrize("date", [(-44, 3, 15), (0, 2, 29), (1, 1, 1), (2000, 2, 29), (2034, 12, 31), (12034, 1, 1)])
def test_days_lead_to_dates_and_back(date: tuple[int, int, int]) -> None:
    assert calendar_date(days(*date)) == date


def test_moments_in_order_are_in_order() -> None:
    read_ones = [moment for text in ORDERED if (moment := read(text))]
    assert len(read_ones) == len(ORDERED)
    assert sorted(read_ones) == read_ones


@pytest.mark.parametrize("value", [Literal(5), Literal("soon"), Literal("2034-03-10", datatype=XSD.date), DATA.talks])
def test_what_is_of_another_type_is_a_fault_and_ends_nothing(value: Node, shapes: Graph, ontology: Graph) -> None:
    graph = event("2034-03-17T10:00:00", "2034-03-18T06:00:00Z")
    graph.set((DATA.talks, CQ.latestBegin, value))
    assert "event-latest-begin" in names(graph, shapes, ontology)


def event(earliest: str, latest: str) -> Graph:
    graph = Graph()
    graph.add((DATA.talks, RDF.type, CQ.Event))
    graph.add((DATA.talks, CQ.earliestBegin, moment(earliest)))
    graph.add((DATA.talks, CQ.latestBegin, moment(latest)))
    return graph


def moment(lexical: str) -> Literal:
    return Literal(lexical, datatype=XSD.dateTime, normalize=False)


def faults(earliest: str, latest: str, shapes: Graph, ontology: Graph) -> set[str]:
    return {name for name in names(event(earliest, latest), shapes, ontology) if "begin" in name}


def names(graph: Graph, shapes: Graph, ontology: Graph) -> set[str]:
    results = shared_validator(shapes, ontology).report(graph).results
    return {
        result.shape.rpartition("#")[2].rpartition("/")[2]
        for result in results
        if result.severity is Severity.VIOLATION
    }
