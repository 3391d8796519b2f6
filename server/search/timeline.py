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
    """Scenarios, which nobody reports to have happened, by status and then by time."""

    def part(self, chosen: TimelineFilter) -> Timeline:
        """Return the items that match a filter."""
        if chosen == TimelineFilter():
            return self
        dated, undated = (
            tuple(item for item in items if self._matches(item, chosen)) for items in (self.dated, self.undated)
        )
        return replace(self, dated=dated, undated=undated)

    def within(self, first: Moment, last: Moment) -> tuple[TimelineItem, ...]:
        """Return the items whose known time overlaps an interval."""
        return tuple(item for item in self.dated if item.ends[0] <= last and first <= item.ends[1])

    def _matches(self, item: TimelineItem, chosen: TimelineFilter) -> bool:
        return (
            (not chosen.kind or item.kind == chosen.kind)
            and (not chosen.person or chosen.person in self.people.get(item.iri, ()))
            and (not chosen.side or chosen.side in self.sides.get(item.iri, ()))
        )


def read_timeline(columns: Columns) -> Timeline:
    """Return the timeline of a version."""
    items = [*_event_items(columns, "Event"), *_statement_items(columns)]
    dated = sorted((item for item in items if item.span.known), key=lambda item: (*item.ends, item.iri))
    undated = sorted((item for item in items if not item.span.known), key=lambda item: (item.kind, item.iri))
    involvements, cells = [*_involvements(columns)], columns.first("name")
    names = {part.who: text(cell) for part in involvements if (cell := cells.get(f"<{part.who}>"))}
    involvements = [part for part in involvements if part.who in names]
    dated_iris = {item.iri for item in dated}
    counts = Counter(part.who for part in involvements if part.item in dated_iris)
    names = {person: names[person] for person, _ in counts.most_common()} | names
    people = _group_values((part.item, part.who) for part in involvements)
    sides = _group_values(_sides_of_items(involvements, columns))
    return Timeline(tuple(dated), tuple(undated), people, sides, names, tuple(_unreal_items(columns)))


def _unreal_items(columns: Columns) -> list[TimelineItem]:
    statuses, names = columns.first("status"), columns.first("name")

    def order(item: TimelineItem) -> tuple[str, bool, list[Moment], str]:
        cell = f"<{item.iri}>"
        return statuses.get(cell, ""), not item.span.known, [*item.span.known], names.get(cell, "")

    return sorted(_event_items(columns, "Scenario"), key=order)


def _event_items(columns: Columns, kind: str) -> Iterator[TimelineItem]:
    stamps = [columns.first(name) for name in TIME_PROPERTIES]
    words, occurrences = columns.first("timeWords"), columns.first("accountOf")
    for event in columns.members(kind):
        span = TimeSpan(*(_moment(column.get(event)) for column in stamps))
        occurrence = occurrences.get(event, "")
        yield TimelineItem(columns.iri(event), kind.lower(), span, "", text(words.get(event, "")), occurrence)


def _statement_items(columns: Columns) -> Iterator[TimelineItem]:
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


def _sides_of_items(involvements: list[Involvement], columns: Columns) -> Iterator[tuple[str, str]]:
    """Yield (item, side) pairs: sides that participants took, and sides that a statement's source belongs to."""
    sides = {part.side for part in involvements if part.side}
    for part in involvements:
        if part.side:
            yield part.item, part.side
        if part.speaks:
            groups = {part.who, *(iri(group) for group in memberships(columns, f"<{part.who}>") if is_iri(group))}
            yield from ((part.item, side) for side in groups & sides)


def memberships(columns: Columns, who: str) -> Iterator[str]:
    """Yield the organizations and groups (as cells) that an agent is affiliated with or a member of."""
    yield from columns["affiliatedWith"].get(who, ())
    yield from columns["memberOf"].get(who, ())


def _group_values(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    grouped: dict[str, set[str]] = {}
    for key, value in pairs:
        grouped.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in grouped.items()}
