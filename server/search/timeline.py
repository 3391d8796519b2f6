"""Items of the timeline of a version: events and statements with their time spans, read from its columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kg.moments import Moment
from server.search.property_columns import Columns
from server.search.time_spans import TimeSpan, parse_moment
from server.search.tsv_cells import is_iri, text

TIME_PROPERTIES = ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")
INVOLVING_PROPERTIES = ("source", "addressee", "onBehalfOf")
"""Properties that link a statement to its source, its addressees and those on whose behalf it is made."""


@dataclass(frozen=True)
class TimelineItem:
    """An event or a statement; `occasion` is the event whose time a statement takes if it has no time of its own.

    `time_words` are the text's own words for a time that no calendar bounds; `occurrence` is what it is an account of.
    """

    iri: str
    kind: str
    span: TimeSpan
    occasion: str = ""
    time_words: str = ""
    occurrence: str = ""

    @cached_property
    def ends(self) -> tuple[Moment, Moment]:
        """Return the first and the last known moment of the item."""
        known = self.span.known
        return known[0], known[-1]


@dataclass(frozen=True)
class TimelineFilter:
    """Filters items by participant, side and kind; an empty field matches any item."""

    person: str = ""
    side: str = ""
    kind: str = ""


def event_items(columns: Columns, kind: str) -> Iterator[TimelineItem]:
    """Yield the members of a class of events: `Event` or `Scenario`."""
    stamps = [columns.first(name) for name in TIME_PROPERTIES]
    words, occurrences = columns.first("timeWords"), columns.first("accountOf")
    for event in columns.members(kind):
        span = TimeSpan(*(_moment(column.get(event)) for column in stamps))
        occurrence = occurrences.get(event, "")
        yield TimelineItem(columns.iri(event), kind.lower(), span, "", text(words.get(event, "")), occurrence)


def statement_items(columns: Columns) -> Iterator[TimelineItem]:
    """Yield the statements, each with its own time or else that of its occasion."""
    first, last, occasions, words = map(columns.first, ("saidEarliest", "saidLatest", "occasion", "timeWords"))
    opens, closes = columns.first("earliestBegin"), columns.first("latestEnd")
    for statement in columns.members("Statement"):
        # A statement without a time of its own was made at its occasion.
        at, own = occasions.get(statement, ""), (first.get(statement), last.get(statement))
        borrowed = (opens.get(at), closes.get(at))
        begin, end = (_moment(time or substitute) for time, substitute in zip(own, borrowed, strict=True))
        occasion = columns.iri(at) if is_iri(at) and any(borrowed) and not any(own) else ""
        span, vague = TimeSpan(begin, None, None, end), text(words.get(statement, ""))
        yield TimelineItem(columns.iri(statement), "statement", span, occasion, vague)


def _moment(cell: str | None) -> Moment | None:
    return parse_moment(text(cell)) if cell else None


def involvements(columns: Columns) -> Iterator[tuple[str, str]]:
    """Yield (item, participant) pairs: who takes part in an event, and whom a statement is by, to and for."""
    yield from _values_by_event(columns, "participant")
    for prop in INVOLVING_PROPERTIES:
        for statement, people in columns[prop].items():
            yield from ((columns.iri(statement), columns.iri(who)) for who in filter(is_iri, people))


def _values_by_event(columns: Columns, prop: str) -> Iterator[tuple[str, str]]:
    """Yield (event, value) pairs of a property of the participations in it."""
    events = columns["participationIn"]
    for participation, values in columns[prop].items():
        for event in filter(is_iri, events.get(participation, ())):
            yield from ((columns.iri(event), columns.iri(value)) for value in filter(is_iri, values))


def sides_of_items(columns: Columns) -> Iterator[tuple[str, str]]:
    """Yield (item, side) pairs: the sides of participants and sources, as stated by the item's own article."""
    taken = {columns.iri(side) for side in filter(is_iri, columns.sides)}
    yield from (pair for pair in _values_by_event(columns, "participantSide") if pair[1] in taken)
    for statement, sides in columns["sourceSide"].items():
        yield from ((columns.iri(statement), columns.iri(side)) for side in sides if columns.iri(side) in taken)
