"""The list of events, and separately of scenarios, which did not happen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from server.http.parameters import query_parameters
from server.pages.diagrams import time_axis
from server.pages.list_documents import DATA_MENU_FORMATS, list_response
from server.pages.page_queries import AnsweredQuery, PageQueries, distinct_rows, load_query
from server.pages.page_terms import Row
from server.pages.paging import Pager, page_number, requested_kind
from server.pages.query_filters import with_filters
from server.pages.rendering import page as html
from server.search import current_index
from server.search.timeline import TIME_PROPERTIES, Timeline, TimelineItem

bp = Blueprint("events", __name__)

EVENT_SECTIONS = ("dated", "undated", "unreal")
"""Events with a known time, events without one, and scenarios."""
IS_DATED = " || ".join(f"BOUND(?{name})" for name in TIME_PROPERTIES)
SECTION_FILTERS = {
    "dated": ("FILTER(?kind = cq:Event)", f"FILTER({IS_DATED})"),
    "undated": ("FILTER(?kind = cq:Event)", f"FILTER(!({IS_DATED}))"),
    "unreal": ("FILTER(?kind = cq:Scenario)",),
}
EVENTS_PER_PAGE = 100
EVENTS_PER_SECTION = 40
"""Events per section on the page that shows all sections."""


@bp.get("/events")
def events() -> Response:
    """Return the events and scenarios, or a page of one `kind` of them."""
    parameters = query_parameters()
    wanted, page = requested_kind(parameters, EVENT_SECTIONS), page_number(parameters)
    return list_response(lambda: _page(wanted, page), _query(wanted)[1], "happening", labels=("kind", "status", "what"))


def _query(section: str) -> tuple[str, str]:
    """Return the title and the text of the query for the events of a section, empty for all."""
    title, text = load_query("happenings")
    return title, with_filters(text, SECTION_FILTERS.get(section, ()))


def _page(which: str, page: int) -> Response:
    index = current_index()
    queries = PageQueries(index.version)
    queries.answered.append(AnsweredQuery(*_query(which), []))
    items = {name: found for name, found in _items(index.timeline).items() if which in ("", name)}
    pagers = {
        name: Pager(page if which else 1, EVENTS_PER_PAGE if which else EVENTS_PER_SECTION, len(found))
        for name, found in items.items()
    }
    shown = {name: found[pagers[name].here] for name, found in items.items()}
    told = _event_rows(queries, [each.iri for found in shown.values() for each in found])
    rows = {name: [(told[each.iri], each.span) for each in found if each.iri in told] for name, found in shown.items()}
    line = time_axis(span for _, span in rows.get("dated", ()))
    values: dict[str, Any] = {
        "kind": which,
        "pagers": pagers,
        "axis": line,
        "dated": [(row, span, line.bar(span)) for row, span in rows.get("dated", ())] if line else [],
        "undated": [row for row, _ in rows.get("undated", ())],
        "unreal": [row for row, _ in rows.get("unreal", ())],
    }
    return html("events.html", queries, DATA_MENU_FORMATS, **values)


def _items(whole: Timeline) -> dict[str, Sequence[TimelineItem]]:
    dated, undated = ([each for each in items if each.kind == "event"] for items in (whole.dated, whole.undated))
    return {"dated": dated, "undated": undated, "unreal": whole.unreal}


def _event_rows(queries: PageQueries, happenings: list[str]) -> dict[str, Row]:
    """Return the row of each event, by IRI."""
    if not happenings:
        return {}
    rows = queries.select("happenings-told", happenings=" ".join(f"<{each}>" for each in happenings))
    return {row["happening"].value: row for row in distinct_rows(rows, "happening")}
