"""The home page: counts, example questions, meetings and dated events."""

from __future__ import annotations

from flask import Blueprint, Response

from kg.formats import GRAPH_FORMATS
from server.descriptions.void import void_response
from server.http.negotiation import choose_format, prefers_page
from server.pages.drawings.diagrams import participation_diagram, time_axis
from server.pages.queried_data.answerable_questions import answerable_questions
from server.pages.queried_data.page_queries import PageQueries, distinct_rows
from server.pages.queried_data.thing_names import side_letters
from server.pages.questions.editor_completion import deeds
from server.pages.rendering.page_rendering import TemplateCall, cached_page
from server.pages.terms.page_terms import Row
from server.pages.things.thing_queries import events_with_spans
from server.site import site

bp = Blueprint("home", __name__)
FEATURED_QUESTIONS = ("20-said-at-the-talks", "30-contradictions", "24-second-hand")
MAX_GRAPHS_LISTED = 20


@bp.get("/")
def home() -> Response:
    """Show what this site serves and where to start; a client that wants RDF gets the VoID description."""
    version = site().store.current()
    if not prefers_page():
        return void_response(version, choose_format(GRAPH_FORMATS))
    return cached_page("home", PageQueries(version), _home)


def _home(queries: PageQueries) -> TemplateCall:
    counts = queries.select("home-counts")
    participations = queries.select("home-meetings")
    dated = events_with_spans(_occurrences(distinct_rows(queries.select("home-dated"), "happening")))
    axis = time_axis(span for _, span in dated)
    questions = {question.name: question for question in answerable_questions()}
    graphs = sorted(queries.version.counts.items(), key=lambda graph: (-graph[1], graph[0]))[:MAX_GRAPHS_LISTED]
    queries.add_names(graph for graph, _ in graphs)
    return "home.html", {
        "counts": {row["kind"].value.rpartition("#")[2]: int(row["number"].value) for row in counts},
        "articles": queries.select("home-articles"),
        "graphs": graphs,
        "network": participation_diagram(participations, side_letters(queries.version)) if participations else None,
        "axis": axis,
        "dated": [(row, span, axis.bar(span)) for row, span in dated] if axis else [],
        "first": [questions[name] for name in FEATURED_QUESTIONS if name in questions] or [*questions.values()][:3],
        "version": queries.version,
        "deeds": deeds(queries.version),
    }


def _occurrences(rows: list[Row]) -> list[Row]:
    """Return one account of each occurrence, as the list of events does, and everything that is no account."""
    shown: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row["happening"].value):
        shown.setdefault(row.get("occurrence", row["happening"]).value, row["happening"].value)
    return [row for row in rows if row["happening"].value in shown.values()]
