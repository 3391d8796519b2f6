"""Layout of the diagrams on pages: time spans on an axis, and participants beside their meetings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap

from kg.iterables import grouped
from kg.moments import Moment
from server.pages.terms.page_terms import Row
from server.search.time_spans import TimeSpan, begin_text, end_text

# Reserved at either end for spans without a known bound.
AXIS_MARGIN_PERCENT = 4.0
MIN_BAR_WIDTH_PERCENT = 0.8
MIN_AXIS_SECONDS = 3600


@dataclass(frozen=True)
class TimeBar:
    """A time span on an axis, in percent: its possible and its certain extent, and whether an end is open."""

    start: float
    width: float
    sure_start: float
    sure_width: float
    open_start: bool
    open_end: bool


@dataclass(frozen=True)
class TimeAxis:
    """An axis of time."""

    first: Moment
    last: Moment

    @property
    def labels(self) -> tuple[str, str]:
        """Return the labels of the two ends."""
        return begin_text(self.first), end_text(self.last)

    def at(self, when: Moment) -> float:
        """Return the position of a moment in percent."""
        whole = max(MIN_AXIS_SECONDS, self.last.seconds - self.first.seconds)
        share = float((when.seconds - self.first.seconds) / whole)
        return min(100.0, max(0.0, AXIS_MARGIN_PERCENT + (100 - 2 * AXIS_MARGIN_PERCENT) * share))

    def bar(self, span: TimeSpan) -> TimeBar:
        """Return the bar of a span; an unknown end extends to the edge of the axis."""
        first, last = span.begin or span.begun, span.end or span.over
        start = self.at(first) if first else 0.0
        end = self.at(last) if last else 100.0
        begun = span.begun or (span.begin if span.begin == span.end else None)
        sure_start = self.at(begun) if begun else end
        sure_end = self.at(span.over) if span.over else (self.at(begun) if begun else end)
        # A moment has no width, but has to be seen.
        width = max(MIN_BAR_WIDTH_PERCENT, end - start)
        if begun and span.over and sure_start == start and sure_end == end:
            sure_end = start + width
        return TimeBar(
            round(start, 2),
            round(width, 2),
            round(sure_start, 2),
            round(max(0.0, sure_end - sure_start), 2),
            first is None,
            last is None,
        )


def time_axis(spans: Iterable[TimeSpan]) -> TimeAxis | None:
    """Return an axis that covers all spans, or None if no moment is known."""
    known = sorted(moment for span in spans for moment in span.known)
    return TimeAxis(known[0], known[-1]) if known else None


@dataclass(frozen=True)
class DiagramNode:
    """A node of the diagram: its IRI, its position, and the SVG text-anchor of its label."""

    iri: str
    x: int
    y: int
    anchor: str

    def label(self, name: str) -> list[tuple[int, int, str]]:
        """Return the lines of a name, each with its place: beside the node, or within the box of an event."""
        lines = wrap(name, LABEL_LENGTHS[self.anchor], max_lines=LABEL_LINES, placeholder="\u2026")
        x = self.x + {"end": -12, "middle": 0, "start": 12}[self.anchor]
        last = self.y + 5 + LINE_HEIGHT * (len(lines) - 1) // 2
        return [(x, last - LINE_HEIGHT * (len(lines) - 1 - number), line) for number, line in enumerate(lines)]

    def line_to(self, event: DiagramNode) -> str:
        """Return the line from a participant to the near side of an event's box, as data of an SVG path.

        It stays between their columns, so that it crosses no label.
        """
        end = event.x + (BOX_WIDTH // 2 if self.x > event.x else -BOX_WIDTH // 2)
        middle = (self.x + end) // 2
        return f"M{self.x} {self.y}C{middle} {self.y} {middle} {event.y} {end} {event.y}"


@dataclass(frozen=True)
class ParticipationDiagram:
    """Participations as a diagram: people in columns by side, events between them."""

    nodes: tuple[DiagramNode, ...]
    edges: tuple[tuple[DiagramNode, DiagramNode], ...]
    height: int
    box: tuple[int, int]
    """The width and the height of an event's box."""

    @property
    def meetings(self) -> dict[str, list[str]]:
        """Return the participants of each event: the diagram as a list."""
        return grouped((event.iri, participant.iri) for participant, event in self.edges)


# In SVG units, like everything below: the box of an event, and the least distance to the next.
ROW_HEIGHT = 34
BOX_WIDTH, BOX_HEIGHT, BOX_DISTANCE = 290, 46, 60
LEFT_X, MIDDLE_X, RIGHT_X = 290, 540, 790
LINE_HEIGHT = 17
LABEL_LINES = 2
# By SVG text-anchor: the room beside the columns, and in a box.
LABEL_LENGTHS = {"end": 31, "middle": 36, "start": 31}


def participation_diagram(rows: Iterable[Row], letters: Mapping[str, str]) -> ParticipationDiagram:
    """Return a diagram of participations: side a on the left, everyone else on the right."""
    listed = [*rows]
    people: dict[str, str] = {}
    for row in listed:
        letter = letters.get(row["side"].value, "") if "side" in row else ""
        people[row["participant"].value] = people.get(row["participant"].value) or letter
    left = [iri for iri, letter in people.items() if letter == "a"]
    right = [iri for iri, letter in people.items() if letter != "a"]
    events = [*dict.fromkeys(row["event"].value for row in listed)]
    height = max(ROW_HEIGHT * (max(len(left), len(right)) + 1), BOX_DISTANCE * (len(events) + 1))
    columns = ((left, LEFT_X, "end"), (events, MIDDLE_X, "middle"), (right, RIGHT_X, "start"))
    placed = {iri: node for column, x, anchor in columns for iri, node in _column(column, x, anchor, height)}
    pairs = dict.fromkeys((row["participant"].value, row["event"].value) for row in listed)
    edges = tuple((placed[participant], placed[event]) for participant, event in pairs)
    return ParticipationDiagram(tuple(placed.values()), edges, height, (BOX_WIDTH, BOX_HEIGHT))


def _column(iris: list[str], x: int, anchor: str, height: int) -> Iterable[tuple[str, DiagramNode]]:
    step = height / (len(iris) + 1)
    return ((iri, DiagramNode(iri, x, round(step * (place + 1)), anchor)) for place, iri in enumerate(iris))
