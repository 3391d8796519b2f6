"""The first page: what this is, what it knows, and where to begin."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from kg.formats import GRAPH_FORMATS
from server.descriptions.example_questions import questions
from server.descriptions.rdf_documents import wanted
from server.descriptions.void import described_as
from server.http.negotiation import prefers_html
from server.http.parameters import from_query_string
from server.pages.diagrams import axis, network
from server.pages.page_queries import Findings, distinct
from server.pages.rendering import Written, kept
from server.pages.thing_names import sides
from server.pages.time_formatting import span
from server.site import site

FIRST = ("20-said-at-the-talks", "30-contradictions", "24-second-hand")
"""The questions that the first page offers, where the site has them."""


MOST_GRAPHS = 20


def home_page() -> Response:
    """Answer with the first page, or with the description of the data for machines (VoID)."""
    version = site().store.current()
    if from_query_string().formats() or not prefers_html(request.accept_mimetypes, GRAPH_FORMATS):
        return described_as(version, wanted())
    return kept("home", Findings(version), _home)


def _home(findings: Findings) -> Written:
    counts = findings.ask("home-counts")
    met = findings.ask("home-meetings")
    dated = [(row, span(row)) for row in distinct(findings.ask("home-dated"), "happening")]
    line = axis(each for _, each in dated)
    known = {each.name: each for each in questions()}
    values: dict[str, Any] = {
        "counts": {row["kind"].value.rpartition("#")[2]: int(row["number"].value) for row in counts},
        "articles": findings.ask("home-articles"),
        "graphs": sorted(findings.version.counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_GRAPHS],
        "network": network(met, sides(findings.version)) if met else None,
        "axis": line,
        "dated": [(row, each, line.bar(each)) for row, each in dated] if line else [],
        "first": [known[each] for each in FIRST if each in known] or questions()[:3],
        "version": findings.version,
    }
    return "home.html", values
