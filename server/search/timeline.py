"""The timeline of a version: events and statements with their time spans, participants and sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kg.moments import Moment
from server.search.property_columns import Columns
from server.search.time_spans import TimeSpan, parse_moment
from server.search.tsv_cells import iri, is_iri, text

TIME_PROPERTIES = ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")
INVOLVING_PROPERTIES = ("source", "addressee", "onBehalfOf")
"""Properties that link a statement to its source, its addressees and those it is made for."""


@dataclass(frozen=True)
class TimelineItem:
    """An event or a statement; `occasion` is the event whose time a statement takes if it has no time of its own."""

    iri: str
    kind: str
    span: TimeSpan
    occasion: str = ""

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


@dataclass(frozen=True)
class Timeline:
    """Dated items in chronological order, undated items, and the participants and sides of each."""

    dated: tuple[TimelineItem, ...]
    undated: tuple[TimelineItem, ...]
    people: Mapping[str, frozenset[str]]
    sides: Mapping[str, frozenset[str]]
    names: Mapping[str, str]
    """Names of the participants, the most frequent first."""
    unreal: tuple[TimelineItem, ...]
    """Scenarios, which did not happen, by status and then by time."""

    def part(self, wanted: TimelineFilter) -> Timeline:
        """Return the items that match a filter."""
        if wanted == TimelineFilter():
            return self
        dated, undated = (
            tuple(each for each in items if self._fits(each, wanted)) for items in (self.dated, self.undated)
        )
        return replace(self, dated=dated, undated=undated)

    def within(self, first: Moment, last: Moment) -> tuple[TimelineItem, ...]:
        """Return the items whose known time overlaps an interval."""
        return tuple(each for each in self.dated if each.ends[0] <= last and first <= each.ends[1])

    def _fits(self, item: TimelineItem, wanted: TimelineFilter) -> bool:
        return (
            (not wanted.kind or item.kind == wanted.kind)
            and (not wanted.person or wanted.person in self.people.get(item.iri, ()))
            and (not wanted.side or wanted.side in self.sides.get(item.iri, ()))
        )


def read_timeline(columns: Columns) -> Timeline:
    """Return the timeline of a version."""
    items = [*_event_items(columns, "Event"), *_statement_items(columns)]
    dated = sorted((each for each in items if each.span.known), key=lambda each: (*each.ends, each.iri))
    undated = sorted((each for each in items if not each.span.known), key=lambda each: (each.kind, each.iri))
    who, known = [*_involvements(columns)], columns.first("name")
    called = {each.who: text(name) for each in who if (name := known.get(f"<{each.who}>"))}
    there = [each for each in who if each.who in called]
    placed = {each.iri for each in dated}
    counted = Counter(each.who for each in there if each.item in placed)
    names = {person: called[person] for person, _ in counted.most_common()}
    people = _group_values((each.item, each.who) for each in there)
    sides = _group_values(_sides_of_items(there, columns))
    return Timeline(tuple(dated), tuple(undated), people, sides, {**names, **called}, tuple(_unreal_items(columns)))


def _unreal_items(columns: Columns) -> list[TimelineItem]:
    statuses, names = columns.first("status"), columns.first("name")

    def order(item: TimelineItem) -> tuple[str, bool, list[Moment], str]:
        cell = f"<{item.iri}>"
        return statuses.get(cell, ""), not item.span.known, [*item.span.known], names.get(cell, "")

    return sorted(_event_items(columns, "Scenario"), key=order)


def _event_items(columns: Columns, kind: str) -> Iterator[TimelineItem]:
    stamps = [columns.first(each) for each in TIME_PROPERTIES]
    for each in columns.members(kind):
        yield TimelineItem(columns.iri(each), kind.lower(), TimeSpan(*(_moment(column.get(each)) for column in stamps)))


def _statement_items(columns: Columns) -> Iterator[TimelineItem]:
    """Yield the statements, each with its own time or else that of its occasion."""
    first, last, occasions = (columns.first(each) for each in ("saidEarliest", "saidLatest", "occasion"))
    opens, closes = columns.first("earliestBegin"), columns.first("latestEnd")
    for statement in columns.members("Statement"):
        at, own = occasions.get(statement, ""), (first.get(statement), last.get(statement))
        borrowed = (opens.get(at), closes.get(at))
        begin, end = (_moment(one or other) for one, other in zip(own, borrowed, strict=True))
        occasion = columns.iri(at) if is_iri(at) and any(borrowed) and not any(own) else ""
        yield TimelineItem(columns.iri(statement), "statement", TimeSpan(begin, None, None, end), occasion)


def _moment(cell: str | None) -> Moment | None:
    return parse_moment(text(cell)) if cell else None


@dataclass(frozen=True, slots=True)
class Involvement:
    """A participant of an item: the side taken, and whether the participant is its source."""

    item: str
    who: str
    side: str
    speaks: bool


def _involvements(columns: Columns) -> Iterator[Involvement]:
    events, sides = columns["participationIn"], columns.first("side")
    for part, people in columns["participant"].items():
        side = columns.iri(sides[part]) if is_iri(sides.get(part, "")) else ""
        for event in filter(is_iri, events.get(part, ())):
            item = columns.iri(event)
            yield from (Involvement(item, columns.iri(who), side, speaks=False) for who in filter(is_iri, people))
    for prop in INVOLVING_PROPERTIES:
        for statement, people in columns[prop].items():
            item = columns.iri(statement)
            yield from (
                Involvement(item, columns.iri(who), "", speaks=prop == "source") for who in filter(is_iri, people)
            )


def _sides_of_items(who: list[Involvement], columns: Columns) -> Iterator[tuple[str, str]]:
    """Yield (item, side) pairs: sides that participants took, and sides that a statement's source belongs to."""
    known = {each.side for each in who if each.side}
    for each in who:
        if each.side:
            yield each.item, each.side
        if each.speaks:
            found = {each.who, *(iri(side) for side in memberships(columns, f"<{each.who}>") if is_iri(side))}
            yield from ((each.item, side) for side in found & known)


def memberships(columns: Columns, who: str) -> Iterator[str]:
    """Yield the organizations and groups (as cells) that an agent is affiliated with or a member of."""
    yield from columns["affiliatedWith"].get(who, ())
    yield from columns["memberOf"].get(who, ())


def _group_values(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
    return {one: frozenset(others) for one, others in found.items()}
