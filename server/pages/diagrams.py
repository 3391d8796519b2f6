"""Where things stand in the pictures that pages draw: spans on an axis of time, and people beside their meetings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.moments import Moment
from server.pages.page_terms import Row
from server.search.time_spans import Span, said

MARGIN = 4.0
"""Hundredths of the axis that are kept free at either end, where what is open ends."""
LEAST = 0.8
"""Hundredths of the axis that a bar is wide at least."""
HOUR = 3600


@dataclass(frozen=True)
class Bar:
    """A span on an axis, in hundredths: where it can lie, where it surely lies, and whether an end is open."""

    start: float
    width: float
    sure_start: float
    sure_width: float
    open_start: bool
    open_end: bool


@dataclass(frozen=True)
class Axis:
    """An axis of time."""

    first: Moment
    last: Moment

    @property
    def labels(self) -> tuple[str, str]:
        """Return what stands at its ends."""
        return said(self.first), said(self.last)

    def at(self, when: Moment) -> float:
        """Return where a moment lies, in hundredths."""
        whole = max(HOUR, self.last.seconds - self.first.seconds)
        share = float((when.seconds - self.first.seconds) / whole)
        return min(100.0, max(0.0, MARGIN + (100 - 2 * MARGIN) * share))

    def bar(self, span: Span) -> Bar:
        """Return a span's place; an unknown end runs to the edge, and nothing that is uncertain is sure."""
        first, last = span.begin or span.begun, span.end or span.over
        start = self.at(first) if first else 0.0
        end = self.at(last) if last else 100.0
        begun = span.begun or (span.begin if span.begin == span.end else None)
        sure_start = self.at(begun) if begun else end
        sure_end = self.at(span.over) if span.over else (self.at(begun) if begun else end)
        width = max(LEAST, end - start)
        if begun and span.over and sure_start == start and sure_end == end:
            sure_end = start + width
        return Bar(
            round(start, 2),
            round(width, 2),
            round(sure_start, 2),
            round(max(0.0, sure_end - sure_start), 2),
            first is None,
            last is None,
        )


def axis(spans: Iterable[Span]) -> Axis | None:
    """Return the axis on which all of these lie; None where no moment is known."""
    known = sorted(each for span in spans for each in span.known)
    return Axis(known[0], known[-1]) if known else None


@dataclass(frozen=True)
class Node:
    """A thing in the picture of the network: its IRI, its place, and the end at which its name is anchored."""

    iri: str
    x: int
    y: int
    anchor: str


@dataclass(frozen=True)
class Network:
    """Who took part in what: people in columns by side, events between them."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[Node, Node], ...]
    height: int


STEP = 34
"""Units between two names in a column."""
LEFT, MIDDLE, RIGHT = 290, 500, 710


def network(rows: Iterable[Row], letters: Mapping[str, str]) -> Network:
    """Return a picture of participations: side a at the left, side b at the right, whoever is of neither beside b."""
    listed = [*rows]
    people: dict[str, str] = {}
    for row in listed:
        letter = letters.get(row["side"].value, "") if "side" in row else ""
        people[row["participant"].value] = people.get(row["participant"].value) or letter
    left = [iri for iri, letter in people.items() if letter == "a"]
    right = [iri for iri, letter in people.items() if letter != "a"]
    events = [*dict.fromkeys(row["event"].value for row in listed)]
    rows_high = max(len(left), len(right), len(events), 1)
    height = STEP * (rows_high + 1)
    columns = ((left, LEFT, "end"), (events, MIDDLE, "middle"), (right, RIGHT, "start"))
    placed = {iri: node for column, x, anchor in columns for iri, node in _column(column, x, anchor, height)}
    pairs = dict.fromkeys((row["participant"].value, row["event"].value) for row in listed)
    return Network(tuple(placed.values()), tuple((placed[a], placed[b]) for a, b in pairs), height)


def _column(iris: list[str], x: int, anchor: str, height: int) -> Iterable[tuple[str, Node]]:
    step = height / (len(iris) + 1)
    return ((iri, Node(iri, x, round(step * (place + 1)), anchor)) for place, iri in enumerate(iris))
