"""The list of events, and separately of what is planned, feared, demanded and the like."""

from __future__ import annotations

from flask import Blueprint, Response

from kg.act_words import OUTCOME_WORDS
from kg.sparql.query_terms import literal_in_query
from server.http.parameters import query_parameters
from server.pages.drawings.diagrams import time_axis
from server.pages.paging.list_responses import DATA_MENU_FORMATS, list_response
from server.pages.paging.pager import Pager, page_number
from server.pages.queried_data.page_queries import PageQueries, distinct_rows, rows_by
from server.pages.queried_data.select_queries import load_query, with_filters
from server.pages.rendering.page_rendering import page as html
from server.pages.terms.page_terms import Row
from server.search.index_cache import current_index
from server.search.timeline import TIME_PROPERTIES
from server.search.timeline_tables import EVENT_SECTIONS

bp = Blueprint("events", __name__)

IS_DATED = " || ".join(f"BOUND(?{name})" for name in TIME_PROPERTIES)
SECTION_FILTERS = {
    "dated": ("FILTER(?kind = cq:Event)", f"FILTER({IS_DATED})"),
    "undated": ("FILTER(?kind = cq:Event)", f"FILTER(!({IS_DATED}))"),
    "unreal": ("FILTER(?kind = cq:Scenario)",),
}
EVENTS_PER_PAGE = 100
# On the page of all sections; each section has a page of its own for more.
EVENTS_PER_SECTION = 40


@bp.get("/events")
def events() -> Response:
    """Return the events and scenarios, or a page of one `kind` of them."""
    parameters = query_parameters()
    section, page = parameters.choice("kind", EVENT_SECTIONS), page_number(parameters)
    text = _query(section)[1]
    return list_response(
        lambda: _page(section, page), text, "happening", labels=("kind", "status", "what", "occurrence", "article")
    )


def _query(section: str) -> tuple[str, str]:
    """Return the title and the text of the query for the events of a section, empty for all."""
    outcomes = " ".join(f"(cq:{name} {literal_in_query(words)})" for name, (words, _) in OUTCOME_WORDS.items())
    title, text = load_query("happenings", outcomes=outcomes)
    return title, with_filters(text, SECTION_FILTERS.get(section, ()))


def _page(section: str, page: int) -> Response:
    index = current_index()
    queries = PageQueries(index.version)
    # Listed for the reader, not run: what is shown is looked up in the index.
    queries.add(*_query(section), [])
    sections = {name: index.timeline.events(name) for name in EVENT_SECTIONS if section in ("", name)}
    pagers = {
        name: Pager(page if section else 1, EVENTS_PER_PAGE if section else EVENTS_PER_SECTION, len(items))
        for name, items in sections.items()
    }
    shown = {name: items[pagers[name].here] for name, items in sections.items()}
    rows_by_event = _rows_about(
        queries, "happenings-told", "happening", happenings=[item.iri for items in shown.values() for item in items]
    )
    event_rows = {event: distinct_rows(rows, "happening")[0] for event, rows in rows_by_event.items()}
    rows = {
        name: [(event_rows[item.iri], item.span) for item in items if item.iri in event_rows]
        for name, items in shown.items()
    }
    axis = time_axis(span for _, span in rows.get("dated", ()))
    scenarios = [item.iri for item in shown.get("unreal", ())]
    values = {
        "kind": section,
        "authors": _rows_about(queries, "scenario-authors", "happening", happenings=scenarios),
        "became": _rows_about(queries, "outcomes", "before", things=scenarios),
        "pagers": pagers,
        "axis": axis,
        "dated": [(row, span, axis.bar(span)) for row, span in rows.get("dated", ())] if axis else [],
        "undated": [row for row, _ in rows.get("undated", ())],
        "unreal": [row for row, _ in rows.get("unreal", ())],
    }
    return html("events.html", queries, DATA_MENU_FORMATS, **values)


def _rows_about(queries: PageQueries, query: str, key: str, **things: list[str]) -> dict[str, list[Row]]:
    """Return the rows of a query about some things, by the value of `key`; none if there are no things."""
    if not any(things.values()):
        return {}
    terms = {name: " ".join(f"<{iri}>" for iri in iris) for name, iris in things.items()}
    return rows_by(queries.select(query, **terms), key)
