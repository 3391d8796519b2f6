"""The timeline page: events and statements on a zoomable axis, filtered by person, side and kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response

from kg.moments import Moment, of
from server.http.errors import HttpError
from server.http.parameters import Parameters, query_parameters
from server.pages.diagrams import AXIS_MARGIN_PERCENT, TimeAxis
from server.pages.list_documents import DATA_MENU_FORMATS, list_response
from server.pages.page_queries import AnsweredQuery, PageQueries, load_query
from server.pages.page_terms import is_usable_iri
from server.pages.query_filters import in_utc, moment_in_query, with_filters
from server.pages.rendering import page as html
from server.pages.thing_names import side_letters
from server.pages.timeline_ticks import shift_within_calendar, ticks
from server.search import Index, current_index
from server.search.time_spans import moment_text, parse_moment
from server.search.timeline import Timeline, TimelineFilter, TimelineItem

bp = Blueprint("timeline", __name__)

KIND_CHOICES = {"": "events and statements", "event": "events only", "statement": "statements only"}
MAX_ITEMS_DRAWN = 50
"""Items that are drawn; zooming in shows the others."""
MAX_UNDATED_LISTED = 30
"""Undated items listed per kind."""
STRIP_COLUMNS = 60
"""Columns of the overview strip."""
MIN_ZOOM = timedelta(minutes=10)
MIN_ZOOM_SECONDS = 600
"""The shortest interval that the axis shows."""
MAX_PEOPLE_OFFERED = 100
"""Names suggested in the field for a person."""


@dataclass(frozen=True)
class TimelineView:
    """A requested view: the filter, and the interval to show (None: open)."""

    wanted: TimelineFilter
    first: Moment | None = None
    last: Moment | None = None

    def address(self, first: datetime | None = None, last: datetime | None = None) -> str:
        """Return the URL of the same filter for another interval, or for the whole timeline."""
        asked = {"person": self.wanted.person, "side": self.wanted.side, "kind": self.wanted.kind}
        told = {**asked, "from": _spelled(first), "until": _spelled(last)}
        pairs = urlencode({key: value for key, value in told.items() if value}, safe=":/")
        return f"/timeline?{pairs}" if pairs else "/timeline"


@dataclass(frozen=True)
class StripColumn:
    """A column of the overview strip: its position and its height in percent."""

    x: float
    height: float


@bp.get("/timeline")
def timeline() -> Response:
    """Return the timeline as a page, as rows or as triples."""
    index = current_index()
    view = _view(query_parameters(), index.timeline)
    title, text = load_query("timeline")
    rows = _filtered_query(text, view)
    return list_response(lambda: _page(index, view, AnsweredQuery(title, rows, [])), rows, "item", labels=("occasion",))


def _view(parameters: Parameters, whole: Timeline) -> TimelineView:
    kind = parameters.get("kind") or ""
    if kind not in KIND_CHOICES:
        raise HttpError(
            400, f"The parameter 'kind' is '{kind}': expected one of {', '.join(filter(None, KIND_CHOICES))}."
        )
    side = parameters.get("side") or ""
    if side and not is_usable_iri(side):
        raise HttpError(400, f"The parameter 'side' is '{side}': expected the IRI of a side.")
    wanted = TimelineFilter(_person((parameters.get("person") or "").strip(), whole), side, kind)
    first, last = (_moment(parameters, key) for key in ("from", "until"))
    if first and last and first >= last:
        raise HttpError(
            400, f"The parameter 'until' is '{_spelled(last.clock)}': expected a moment after {_spelled(first.clock)}."
        )
    return TimelineView(wanted, first, last)


def _person(asked: str, whole: Timeline) -> str:
    if not asked or asked in whole.names or ("/" in asked and is_usable_iri(asked)):
        return asked
    words = asked.casefold()
    exact = (iri for iri, name in whole.names.items() if name.casefold() == words)
    found = next(exact, None) or next((iri for iri, name in whole.names.items() if words in name.casefold()), None)
    if found is None:
        raise HttpError(404, f"The parameter 'person' is '{asked}': expected the name or IRI of somebody in it.")
    return found


def _moment(parameters: Parameters, key: str) -> Moment | None:
    asked = parameters.get(key)
    found = parse_moment(_normalized(asked)) if asked else None
    if asked and found is None:
        raise HttpError(400, f"The parameter '{key}' is '{asked}': expected a date, as 2011-10-20 or 2011-10-20T22:00.")
    return found


def _normalized(asked: str) -> str:
    """Return a timestamp with the T that a form replaced by a space, and the plus that URL decoding removed."""
    day, _, rest = asked.strip().replace("T", " ").partition(" ")
    return f"{day}T{rest.replace(' ', '+')}" if rest else day


def _filtered_query(text: str, view: TimelineView) -> str:
    """Return the timeline query, restricted to the items of a view."""
    wanted = view.wanted
    tests = [f'FILTER(?kind = "{wanted.kind}")'] if wanted.kind else []
    if wanted.person:
        took = f"?part cq:participationIn ?item ; cq:participant <{wanted.person}>"
        said = f"?item cq:source|cq:addressee|cq:onBehalfOf <{wanted.person}>"
        tests.append(f"FILTER EXISTS {{ {{ {took} }} UNION {{ {said} }} }}")
    if wanted.side:
        took = f"?part cq:participationIn ?item ; cq:side <{wanted.side}>"
        said = f"?item cq:source/(cq:affiliatedWith|cq:memberOf)? <{wanted.side}>"
        tests.append(f"FILTER EXISTS {{ {{ {took} }} UNION {{ {said} }} }}")
    if view.first or view.last:
        tests.append("BIND(COALESCE(?earliestBegin, ?latestBegin, ?earliestEnd, ?latestEnd) AS ?opening)")
        tests.append("BIND(COALESCE(?latestEnd, ?earliestEnd, ?latestBegin, ?earliestBegin) AS ?closing)")
    tests += [f"FILTER({in_utc('?closing')} >= {moment_in_query(view.first)})"] if view.first else []
    tests += [f"FILTER({in_utc('?opening')} <= {moment_in_query(view.last)})"] if view.last else []
    return with_filters(text, tests)


def _page(index: Index, view: TimelineView, asked: AnsweredQuery) -> Response:
    queries, whole = PageQueries(index.version), index.timeline
    part = whole.part(view.wanted)
    extent = _extent(part.dated)
    first, last = _window(view, extent)
    line = TimeAxis(first, last)
    there = part.within(view.first or extent[0], view.last or extent[1])  # the axis may be longer
    letters = side_letters(queries.version)
    queries.answered.append(asked)
    values: dict[str, Any] = {
        "view": view,
        "kinds": KIND_CHOICES,
        "people": [*whole.names.items()][:MAX_PEOPLE_OFFERED],
        "person_name": whole.names.get(view.wanted.person, view.wanted.person),
        "parties": [*letters],
        "axis": line,
        "marks": [
            (tick, line.at(of(tick.start)), line.at(of(tick.end)) - line.at(of(tick.start)))
            for tick in ticks(first.clock, last.clock)
        ],
        "window": f"{_moment_in_utc(first)} to {_moment_in_utc(last)}",
        "offsets": any(moment.offset is not None for each in there for moment in each.span.known),
        "rows": [(each, line.bar(each.span), _letter(whole, each, letters)) for each in there[:MAX_ITEMS_DRAWN]],
        "number": len(there),
        "total": len(part.dated),
        "moves": _moves(view, first.clock, last.clock),
        "strip": _strip(part.dated, extent, (first, last)),
        "undated": [
            (kind, words, [each for each in part.undated if each.kind == kind]) for kind, words in UNDATED_TITLES
        ],
        "undated_shown": MAX_UNDATED_LISTED,
    }
    shown = [each for _, _, items in values["undated"] for each in items[:MAX_UNDATED_LISTED]]
    queries.add_names(each.iri for each in (*there[:MAX_ITEMS_DRAWN], *shown))
    queries.add_names(each.occasion for each in there[:MAX_ITEMS_DRAWN] if each.occasion)
    return html("timeline.html", queries, DATA_MENU_FORMATS, **values)


UNDATED_TITLES = (("event", "Events"), ("statement", "Statements"))


def _letter(whole: Timeline, item: TimelineItem, letters: Mapping[str, str]) -> str:
    """Return the letter of an item's side, or an empty string if it has both sides or none."""
    found = {letters[each] for each in whole.sides.get(item.iri, ()) if each in letters}
    return found.pop() if len(found) == 1 else ""


def _moment_in_utc(when: Moment) -> str:
    return moment_text(Moment(when.seconds))


def _extent(items: tuple[TimelineItem, ...]) -> tuple[Moment, Moment]:
    """Return the first and the last moment of the items; the year 2000 if there are no items."""
    if not items:
        return of(datetime(2000, 1, 1, tzinfo=UTC)), of(datetime(2001, 1, 1, tzinfo=UTC))
    return min(each.ends[0] for each in items), max(each.ends[1] for each in items)


def _window(view: TimelineView, extent: tuple[Moment, Moment]) -> tuple[Moment, Moment]:
    first, last = view.first or extent[0], view.last or extent[1]
    short = MIN_ZOOM_SECONDS - (last.seconds - first.seconds)
    if short > 0:
        first, last = Moment(first.seconds - Fraction(short) / 2), Moment(last.seconds + Fraction(short) / 2)
    return first, last


def _moves(view: TimelineView, first: datetime, last: datetime) -> list[tuple[str, str, str]]:
    """Return the navigation links: name, text and URL of each."""
    length = last - first
    moves = [
        ("earlier", "Earlier", (shift_within_calendar(first, -length / 2), shift_within_calendar(last, -length / 2))),
        ("in", "Zoom in", (shift_within_calendar(first, length / 4), shift_within_calendar(last, -length / 4))),
        ("out", "Zoom out", (shift_within_calendar(first, -length / 2), shift_within_calendar(last, length / 2))),
        ("later", "Later", (shift_within_calendar(first, length / 2), shift_within_calendar(last, length / 2))),
    ]
    kept = [each for each in moves if each[2][1] - each[2][0] >= MIN_ZOOM]
    told = [(name, words, view.address(*window)) for name, words, window in kept]
    return [*told, ("whole", "Everything", view.address())]


@dataclass(frozen=True)
class OverviewStrip:
    """The density of items over the whole timeline, and the visible interval, in percent."""

    columns: tuple[StripColumn, ...]
    start: float
    width: float


def _strip(
    items: tuple[TimelineItem, ...], extent: tuple[Moment, Moment], window: tuple[Moment, Moment]
) -> OverviewStrip:
    first, length = extent[0].seconds, max(MIN_ZOOM_SECONDS, extent[1].seconds - extent[0].seconds)
    counts = [0] * STRIP_COLUMNS
    for each in items:
        a, b = (min(STRIP_COLUMNS - 1, int((end.seconds - first) / length * STRIP_COLUMNS)) for end in each.ends)
        for place in range(a, b + 1):
            counts[place] += 1
    most = max(counts, default=0) or 1
    columns = (StripColumn(_percent(n / STRIP_COLUMNS), round(100 * count / most, 1)) for n, count in enumerate(counts))
    start, end = (_percent(min(1.0, max(0.0, float((each.seconds - first) / length)))) for each in window)
    return OverviewStrip(
        tuple(each for each in columns if each.height), round(start, 2), round(max(1.0, end - start), 2)
    )


def _percent(share: float) -> float:
    """Return the position of a fraction of the timeline in percent, with the same margins as the axis."""
    return round(AXIS_MARGIN_PERCENT + (100 - 2 * AXIS_MARGIN_PERCENT) * share, 2)


def _spelled(when: datetime | None) -> str:
    return when.replace(tzinfo=None).isoformat(timespec="minutes") if when else ""
