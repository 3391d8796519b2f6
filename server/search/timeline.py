"""Everything that has a place in time, read once a version: events and statements, their spans, and who is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kg.moments import Moment
from server.search.property_columns import Columns
from server.search.time_spans import Span, read
from server.search.tsv_cells import iri, is_iri, text

STAMPS = ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")
BEHIND = ("source", "addressee", "onBehalfOf")
"""Who is in a statement: who makes it, to whom, and for whom."""


@dataclass(frozen=True)
class Item:
    """An event or a statement; `occasion` is what a statement has its time from where it has none of its own."""

    iri: str
    kind: str
    span: Span
    occasion: str = ""

    @cached_property
    def ends(self) -> tuple[Moment, Moment]:
        """Return the first and the last moment that are known of it."""
        known = self.span.known
        return known[0], known[-1]


@dataclass(frozen=True)
class Wanted:
    """Which items are asked for: by somebody in them, by a side, of a kind; empty for any."""

    person: str = ""
    side: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Chronicle:
    """The items with a time in its order, those without one, and who is in each and on which side."""

    dated: tuple[Item, ...]
    undated: tuple[Item, ...]
    people: Mapping[str, frozenset[str]]
    sides: Mapping[str, frozenset[str]]
    names: Mapping[str, str]
    """What those who are in the items are called, those in most items first."""
    unreal: tuple[Item, ...]
    """What did not happen, in the order of the statuses and then of what is known of their times."""

    def part(self, wanted: Wanted) -> Chronicle:
        """Return the part that is wanted."""
        if wanted == Wanted():
            return self
        dated, undated = (
            tuple(each for each in items if self._fits(each, wanted)) for items in (self.dated, self.undated)
        )
        return replace(self, dated=dated, undated=undated)

    def within(self, first: Moment, last: Moment) -> tuple[Item, ...]:
        """Return the items of which something that is known lies between two moments."""
        return tuple(each for each in self.dated if each.ends[0] <= last and first <= each.ends[1])

    def _fits(self, item: Item, wanted: Wanted) -> bool:
        return (
            (not wanted.kind or item.kind == wanted.kind)
            and (not wanted.person or wanted.person in self.people.get(item.iri, ()))
            and (not wanted.side or wanted.side in self.sides.get(item.iri, ()))
        )


def read_chronicle(columns: Columns) -> Chronicle:
    """Return the chronicle of a version."""
    items = [*_happenings(columns, "Event"), *_statements(columns)]
    dated = sorted((each for each in items if each.span.known), key=lambda each: (*each.ends, each.iri))
    undated = sorted((each for each in items if not each.span.known), key=lambda each: (each.kind, each.iri))
    who, known = [*_parts(columns)], columns.first("name")
    called = {each.who: text(name) for each in who if (name := known.get(f"<{each.who}>"))}
    there = [each for each in who if each.who in called]
    placed = {each.iri for each in dated}
    counted = Counter(each.who for each in there if each.item in placed)
    names = {person: called[person] for person, _ in counted.most_common()}
    people = _grouped((each.item, each.who) for each in there)
    sides = _grouped(_sided(there, columns))
    return Chronicle(tuple(dated), tuple(undated), people, sides, {**names, **called}, tuple(_unreal(columns)))


def _unreal(columns: Columns) -> list[Item]:
    statuses, names = columns.first("status"), columns.first("name")

    def order(item: Item) -> tuple[str, bool, list[Moment], str]:
        cell = f"<{item.iri}>"
        return statuses.get(cell, ""), not item.span.known, [*item.span.known], names.get(cell, "")

    return sorted(_happenings(columns, "Scenario"), key=order)


def _happenings(columns: Columns, kind: str) -> Iterator[Item]:
    stamps = [columns.first(each) for each in STAMPS]
    for each in columns.members(kind):
        yield Item(columns.iri(each), kind.lower(), Span(*(_moment(column.get(each)) for column in stamps)))


def _statements(columns: Columns) -> Iterator[Item]:
    """Yield the statements: a time of their own, or else that of their occasion."""
    first, last, occasions = (columns.first(each) for each in ("saidEarliest", "saidLatest", "occasion"))
    opens, closes = columns.first("earliestBegin"), columns.first("latestEnd")
    for statement in columns.members("Statement"):
        at, own = occasions.get(statement, ""), (first.get(statement), last.get(statement))
        borrowed = (opens.get(at), closes.get(at))
        begin, end = (_moment(one or other) for one, other in zip(own, borrowed, strict=True))
        occasion = columns.iri(at) if is_iri(at) and any(borrowed) and not any(own) else ""
        yield Item(columns.iri(statement), "statement", Span(begin, None, None, end), occasion)


def _moment(cell: str | None) -> Moment | None:
    return read(text(cell)) if cell else None


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody in an item: the side that they took, and whether they are its source."""

    item: str
    who: str
    side: str
    speaks: bool


def _parts(columns: Columns) -> Iterator[Part]:
    events, sides = columns["participationIn"], columns.first("side")
    for part, people in columns["participant"].items():
        side = columns.iri(sides[part]) if is_iri(sides.get(part, "")) else ""
        for event in filter(is_iri, events.get(part, ())):
            item = columns.iri(event)
            yield from (Part(item, columns.iri(who), side, speaks=False) for who in filter(is_iri, people))
    for prop in BEHIND:
        for statement, people in columns[prop].items():
            item = columns.iri(statement)
            yield from (Part(item, columns.iri(who), "", speaks=prop == "source") for who in filter(is_iri, people))


def _sided(who: list[Part], columns: Columns) -> Iterator[tuple[str, str]]:
    """Yield the sides of items: those that participants took, and those that the source of a statement belongs to."""
    known = {each.side for each in who if each.side}
    for each in who:
        if each.side:
            yield each.item, each.side
        if each.speaks:
            found = {each.who, *(iri(side) for side in belonging(columns, f"<{each.who}>") if is_iri(side))}
            yield from ((each.item, side) for side in found & known)


def belonging(columns: Columns, who: str) -> Iterator[str]:
    """Yield what somebody is affiliated with or a member of, as cells."""
    yield from columns["affiliatedWith"].get(who, ())
    yield from columns["memberOf"].get(who, ())


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
    return {one: frozenset(others) for one, others in found.items()}
