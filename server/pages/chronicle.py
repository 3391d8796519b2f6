"""Everything that has a place in time, read once a version: events and statements, their spans, and who is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kg.store.port import Version
from server.pages.times import Span, comparable, read
from server.pages.web import iri, tabled, text
from server.site import site


@dataclass(frozen=True)
class Item:
    """An event or a statement; `occasion` is what a statement has its time from where it has none of its own."""

    iri: str
    kind: str
    span: Span
    occasion: str = ""

    @property
    def ends(self) -> tuple[datetime, datetime]:
        """Return the first and the last moment that are known of it."""
        known = self.span.known
        return comparable(known[0]), comparable(known[-1])


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

    def part(self, wanted: Wanted) -> Chronicle:
        """Return the part that is wanted."""
        if wanted == Wanted():
            return self
        dated, undated = (
            tuple(each for each in items if self._fits(each, wanted)) for items in (self.dated, self.undated)
        )
        return replace(self, dated=dated, undated=undated)

    def within(self, first: datetime, last: datetime) -> tuple[Item, ...]:
        """Return the items of which something that is known lies between two moments."""
        return tuple(each for each in self.dated if each.ends[0] <= last and first <= each.ends[1])

    def _fits(self, item: Item, wanted: Wanted) -> bool:
        return (
            (not wanted.kind or item.kind == wanted.kind)
            and (not wanted.person or wanted.person in self.people.get(item.iri, ()))
            and (not wanted.side or wanted.side in self.sides.get(item.iri, ()))
        )


def chronicle(version: Version) -> Chronicle:
    """Return the chronicle of a version."""
    found: Chronicle = site().once("chronicle", version, lambda: _read(version))
    return found


def _read(version: Version) -> Chronicle:
    items = {iri(row[0]): _item(row) for row in reversed([*tabled("timeline", version)])}
    dated = sorted((each for each in items.values() if each.span.known), key=lambda each: (*each.ends, each.iri))
    undated = sorted((each for each in items.values() if not each.span.known), key=lambda each: (each.kind, each.iri))
    who = [_part(row) for row in tabled("timeline-who", version)]
    placed = {each.iri for each in dated}
    counted = Counter(each.who for each in who if each.item in placed)
    called = {each.who: each.name for each in who}
    names = {person: called[person] for person, _ in counted.most_common()}
    people = _grouped((each.item, each.who) for each in who)
    sides = _grouped(_sided(who, version))
    return Chronicle(tuple(dated), tuple(undated), people, sides, {**names, **called})


@dataclass(frozen=True)
class Part:
    """Somebody in an item: what they are called, the side that they took, and whether they are its source."""

    item: str
    who: str
    name: str
    side: str
    speaks: bool


def _part(row: list[str]) -> Part:
    return Part(iri(row[0]), iri(row[1]), text(row[2]), iri(row[3]), bool(row[4]))


def _sided(who: list[Part], version: Version) -> Iterator[tuple[str, str]]:
    """Yield the sides of items: those that participants took, and those that the source of a statement belongs to."""
    known = {each.side for each in who if each.side}
    belongs = _grouped((iri(row[0]), iri(row[1])) for row in tabled("timeline-sides", version))
    for each in who:
        if each.side:
            yield each.item, each.side
        if each.speaks:
            yield from ((each.item, side) for side in {each.who, *belongs.get(each.who, ())} & known)


def _item(row: list[str]) -> Item:
    span = Span(*(read(text(each)) for each in row[2:6]))
    return Item(iri(row[0]), text(row[1]), span, iri(row[6]))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
    return {one: frozenset(others) for one, others in found.items()}
