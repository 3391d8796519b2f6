"""The timeline page: events and statements on a zoomable axis, filtered by person, side and kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from urllib.parse import urlencode

from flask import Blueprint, Response

from kg.moments import Moment, of
from kg.sparql.query_terms import is_usable_iri
from server.http.errors import invalid_parameter
from server.http.parameters import Parameters, query_parameters
from server.pages.drawings.diagrams import AXIS_MARGIN_PERCENT, TimeAxis
from server.pages.drawings.timeline_ticks import MAX_TICKS, MAX_TICKS_IF_NARROW, rounded, shift_within_calendar, ticks
from server.pages.paging.list_responses import DATA_MENU_FORMATS, STATEMENT_COLUMNS, list_response
from server.pages.queried_data.page_queries import PageQueries
from server.pages.queried_data.select_queries import in_utc, load_query, moment_in_query, with_filters
from server.pages.queried_data.thing_names import side_letters
from server.pages.rendering.page_rendering import page as html
from server.search.index_cache import current_index
from server.search.time_spans import begin_text, end_text, parse_moment
from server.search.timeline import TimelineFilter
from server.search.timeline_tables import DatedExtent, Timeline, TimelinePart
from server.search.tsv_cells import iri
from server.search.version_index import Index

bp = Blueprint("timeline", __name__)

KIND_CHOICES = {"": "events and statements", "event": "events only", "statement": "statements only"}
# Zooming in shows the others.
MAX_ITEMS_DRAWN = 50
MAX_UNDATED_LISTED = 30
STRIP_COLUMNS = 60
MIN_ZOOM_SECONDS = 600
MAX_PEOPLE_OFFERED = 100


@dataclass(frozen=True)
class TimelineView:
    """A requested view: the filter, and the interval to show (None: open)."""

    filter: TimelineFilter
    first: Moment | None = None
    last: Moment | None = None

    def address(self, first: datetime | None = None, last: datetime | None = None) -> str:
        """Return the URL of the same filter for another interval, or for the whole timeline."""
        chosen = {"person": self.filter.person, "side": self.filter.side, "kind": self.filter.kind}
        parameters = {**chosen, "from": _spelled(first), "until": _spelled(last)}
        pairs = urlencode({key: value for key, value in parameters.items() if value}, safe=":/")
        return f"/timeline?{pairs}" if pairs else "/timeline"


@bp.get("/timeline")
def timeline() -> Response:
    """Return the timeline as a page, as rows or as triples."""
    index = current_index()
    view = _requested_view(query_parameters(), index.timeline)
    title, text = load_query("timeline")
    text = _filtered_query(text, view)
    return list_response(lambda: _page(index, view, (title, text)), text, "item", STATEMENT_COLUMNS)


def _requested_view(parameters: Parameters, timeline: Timeline) -> TimelineView:
    kind, side = parameters.choice("kind", KIND_CHOICES), parameters.get("side") or ""
    if side and not is_usable_iri(side):
        raise invalid_parameter("side", side, "the IRI of a side")
    person = _person((parameters.get("person") or "").strip(), timeline)
    first, last = (_moment(parameters, key) for key in ("from", "until"))
    if first and last and first >= last:
        raise invalid_parameter("until", _spelled(last.clock), f"a moment after {_spelled(first.clock)}")
    return TimelineView(TimelineFilter(person, side, kind), first, last)


def _person(value: str, timeline: Timeline) -> str:
    """Return the IRI of a participant, given by IRI, name or a part of the name. Raises HttpError 404 if unknown."""
    # The IRI of someone who is not in the timeline is not an error: nothing is shown.
    if not value or timeline.name(value) is not None or ("/" in value and is_usable_iri(value)):
        return value
    person = timeline.participant(value)
    if person is None:
        raise invalid_parameter("person", value, "the name or IRI of somebody in it", 404)
    return person


def _moment(parameters: Parameters, key: str) -> Moment | None:
    value = parameters.get(key)
    moment = parse_moment(_normalized(value)) if value else None
    if value and moment is None:
        raise invalid_parameter(key, value, "a date as YYYY-MM-DD, or with a time as YYYY-MM-DDThh:mm")
    return moment


def _normalized(value: str) -> str:
    # A form replaces the T of a moment with a space, and so does URL decoding its plus.
    day, _, rest = value.strip().replace("T", " ").partition(" ")
    return f"{day}T{rest.replace(' ', '+')}" if rest else day


def _filtered_query(text: str, view: TimelineView) -> str:
    kind, person, side = view.filter.kind, view.filter.person, view.filter.side
    tests = [f'FILTER(?kind = "{kind}")'] if kind else []
    if person:
        event = f"?part cq:participationIn ?item ; cq:participant <{person}>"
        statement = f"?item cq:source|cq:addressee|cq:onBehalfOf <{person}>"
        tests.append(f"FILTER EXISTS {{ {{ {event} }} UNION {{ {statement} }} }}")
    if side:
        event = f"?part cq:participationIn ?item ; cq:participantSide <{side}>"
        tests.append(f"FILTER EXISTS {{ {{ {event} }} UNION {{ ?item cq:sourceSide <{side}> }} }}")
    if view.first or view.last:
        # An item has only some of the four stamps; an unbound one would fail the comparison.
        tests.append("BIND(COALESCE(?earliestBegin, ?latestBegin, ?earliestEnd, ?latestEnd) AS ?opening)")
        tests.append("BIND(COALESCE(?latestEnd, ?earliestEnd, ?latestBegin, ?earliestBegin) AS ?closing)")
    tests += [f"FILTER({in_utc('?closing')} >= {moment_in_query(view.first)})"] if view.first else []
    tests += [f"FILTER({in_utc('?opening')} <= {moment_in_query(view.last)})"] if view.last else []
    return with_filters(text, tests)


def _page(index: Index, view: TimelineView, query: tuple[str, str]) -> Response:
    queries, timeline = PageQueries(index.version), index.timeline
    # Listed for the reader, not run: what is shown is looked up in the index.
    queries.add(*query, [])
    part = timeline.part(view.filter)
    extent = _extent(part.extent)
    first, last = _window(view, extent)
    axis = TimeAxis(first, last)
    visible = part.within(view.first or extent[0], view.last or extent[1])  # the axis may be longer
    drawn, letters = visible[:MAX_ITEMS_DRAWN], side_letters(queries.version)
    sides, in_words = timeline.sides(drawn), part.in_words()
    listed = [in_words[:MAX_UNDATED_LISTED]]
    undated = []
    for kind, title in UNDATED_TITLES:
        items = part.undated(kind)
        listed.append(items[:MAX_UNDATED_LISTED])
        undated.append((kind, title, listed[-1], len(items)))
    values = {
        "view": view,
        "spelled": _spelled,
        "kinds": KIND_CHOICES,
        "people": timeline.names(MAX_PEOPLE_OFFERED),
        "person_name": timeline.name(view.filter.person) or view.filter.person,
        "parties": [*letters],
        "axis": axis,
        "marks": {
            name: [
                (tick, axis.at(of(tick.start)), axis.at(of(tick.end)) - axis.at(of(tick.start)))
                for tick in ticks(first.clock, last.clock, most)
            ]
            for name, most in (("roomy", MAX_TICKS), ("narrow", MAX_TICKS_IF_NARROW))
        },
        "window": f"{begin_text(Moment(first.seconds))} to {end_text(Moment(last.seconds))}",
        "occurrences": {item.iri: iri(item.occurrence) for item in drawn if item.occurrence},
        "offsets": visible.has_offsets,
        "rows": [(item, axis.bar(item.span), _letter(sides.get(item.iri, ()), letters)) for item in drawn],
        "number": len(visible),
        "total": part.extent.number,
        "moves": _moves(view, first.clock, last.clock),
        "strip": _strip(part, extent, (first, last)),
        "in_words": (listed[0], len(in_words)),
        "undated": undated,
    }
    queries.add_names(item.iri for items in (drawn, *listed) for item in items)
    queries.add_names(item.occasion for item in drawn if item.occasion)
    queries.add_names(iri(item.occurrence) for item in drawn if item.occurrence)
    return html("timeline.html", queries, DATA_MENU_FORMATS, **values)


UNDATED_TITLES = (("event", "Events"), ("statement", "Statements"))


def _letter(sides: Sequence[str], letters: Mapping[str, str]) -> str:
    """Return the letter of an item's side, or an empty string if it has several sides or none."""
    return letters.get(sides[0], "") if len(sides) == 1 else ""


def _extent(dated: DatedExtent) -> tuple[Moment, Moment]:
    """Return the first and the last moment of the items; the year 2000 if there are no items."""
    if dated.first is None or dated.last is None:
        return of(datetime(2000, 1, 1, tzinfo=UTC)), of(datetime(2001, 1, 1, tzinfo=UTC))
    return dated.first, dated.last


def _window(view: TimelineView, extent: tuple[Moment, Moment]) -> tuple[Moment, Moment]:
    first, last = view.first or extent[0], view.last or extent[1]
    short = MIN_ZOOM_SECONDS - (last.seconds - first.seconds)
    # An interval without length has no scale.
    if short > 0:
        first, last = Moment(first.seconds - Fraction(short) / 2), Moment(last.seconds + Fraction(short) / 2)
    return first, last


def _moves(view: TimelineView, first: datetime, last: datetime) -> list[tuple[str, str, str]]:
    length, min_zoom = last - first, timedelta(seconds=MIN_ZOOM_SECONDS)

    def moved(start: timedelta, end: timedelta) -> tuple[datetime, datetime]:
        window = shift_within_calendar(first, start), shift_within_calendar(last, end)
        return rounded(window[0], window[1] - window[0]), rounded(window[1], window[1] - window[0])

    moves = [
        ("earlier", "Earlier", moved(-length / 2, -length / 2)),
        ("in", "Zoom in", moved(length / 4, -length / 4)),
        ("out", "Zoom out", moved(-length / 2, length / 2)),
        ("later", "Later", moved(length / 2, length / 2)),
    ]
    links = [(name, words, view.address(*window)) for name, words, window in moves if window[1] - window[0] >= min_zoom]
    return [*links, ("whole", "Everything", view.address())]


@dataclass(frozen=True)
class OverviewStrip:
    """The density of items over the whole timeline, and the visible interval, in percent."""

    columns: tuple[tuple[float, float], ...]
    """The position and the height of each column that has items."""
    start: float
    width: float


def _strip(part: TimelinePart, extent: tuple[Moment, Moment], window: tuple[Moment, Moment]) -> OverviewStrip:
    first, length = extent[0].seconds, max(MIN_ZOOM_SECONDS, extent[1].seconds - extent[0].seconds)
    counts = part.density(STRIP_COLUMNS, length)
    most = max(counts, default=0) or 1
    heights = (round(100 * count / most, 1) for count in counts)
    columns = tuple((_percent(n / STRIP_COLUMNS), height) for n, height in enumerate(heights) if height)
    start, end = (_percent(min(1.0, max(0.0, float((moment.seconds - first) / length)))) for moment in window)
    return OverviewStrip(columns, round(start, 2), round(max(1.0, end - start), 2))


def _percent(share: float) -> float:
    """Return the position of a fraction of the timeline in percent, with the same margins as the axis."""
    return round(AXIS_MARGIN_PERCENT + (100 - 2 * AXIS_MARGIN_PERCENT) * share, 2)


def _spelled(when: datetime | None) -> str:
    """Return a moment as a date, with its time unless it is midnight; empty for None."""
    return when.replace(tzinfo=None).isoformat(timespec="minutes").removesuffix("T00:00") if when else ""
