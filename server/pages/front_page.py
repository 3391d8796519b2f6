"""The home page: counts, example questions, meetings and dated events."""

from __future__ import annotations

from typing import Any

from flask import Response

from kg.formats import GRAPH_FORMATS
from server.descriptions.example_questions import example_questions
from server.descriptions.void import void_response
from server.http.negotiation import choose_format, prefers_page
from server.pages.diagrams import participation_diagram, time_axis
from server.pages.page_queries import PageQueries, distinct_rows
from server.pages.rendering import TemplateCall, cached_page
from server.pages.thing_names import side_letters
from server.pages.time_formatting import row_span
from server.site import site

FEATURED_QUESTIONS = ("20-said-at-the-talks", "30-contradictions", "24-second-hand")
"""Example questions on the home page, if the site has them."""


MAX_GRAPHS_LISTED = 20


def home_page() -> Response:
    """Return the home page, or the VoID description of the dataset."""
    version = site().store.current()
    if not prefers_page():
        return void_response(version, choose_format(GRAPH_FORMATS))
    return cached_page("home", PageQueries(version), _home)


def _home(queries: PageQueries) -> TemplateCall:
    counts = queries.select("home-counts")
    met = queries.select("home-meetings")
    dated = [(row, row_span(row)) for row in distinct_rows(queries.select("home-dated"), "happening")]
    line = time_axis(each for _, each in dated)
    known = {each.name: each for each in example_questions()}
    values: dict[str, Any] = {
        "counts": {row["kind"].value.rpartition("#")[2]: int(row["number"].value) for row in counts},
        "articles": queries.select("home-articles"),
        "graphs": sorted(queries.version.counts.items(), key=lambda each: (-each[1], each[0]))[:MAX_GRAPHS_LISTED],
        "network": participation_diagram(met, side_letters(queries.version)) if met else None,
        "axis": line,
        "dated": [(row, each, line.bar(each)) for row, each in dated] if line else [],
        "first": [known[each] for each in FEATURED_QUESTIONS if each in known] or example_questions()[:3],
        "version": queries.version,
    }
    return "home.html", values
