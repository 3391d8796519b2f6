"""Search over names and gists."""

from __future__ import annotations

from flask import Blueprint, Response

from server.http.parameters import from_query_string
from server.pages.findings import Findings
from server.pages.rendering import page as html
from server.pages.terms import literal
from server.site import site

bp = Blueprint("search", __name__)

MOST = 200


@bp.get("/search")
def search() -> Response:
    """Answer with what has a name or a gist that holds the words asked for."""
    asked = (from_query_string().one("q") or "").strip()[:MOST]
    findings = Findings(site().store.current())
    rows = findings.ask("search", words=literal(asked.lower())) if asked else []
    kinds = [(kind, [row for row in rows if findings.names[row["thing"].value].kind == kind]) for kind in KINDS]
    return html("search.html", findings, formats=(), words=asked, found=[each for each in kinds if each[1]], rows=rows)


KINDS = (
    "person",
    "organization",
    "group",
    "voice",
    "meeting",
    "event",
    "scenario",
    "place",
    "post",
    "topic",
    "article",
    "statement",
    "proposition",
)
