"""Search over names and gists."""

from __future__ import annotations

from flask import Blueprint, Response

from server.http.parameters import from_query_string
from server.pages.list_documents import LISTED, listed
from server.pages.page_queries import Asked, Findings, query
from server.pages.page_terms import from_cell, literal
from server.pages.rendering import page as html
from server.search import indexed
from server.site import site

bp = Blueprint("search", __name__)

LONGEST = 200
"""Characters that are looked for."""
MOST = 200
"""Things that the query finds at most: those with the shortest names."""


@bp.get("/search")
def search() -> Response:
    """Answer with what has a name or a gist that holds the words asked for."""
    asked, version = (from_query_string().one("q") or "").strip()[:LONGEST], site().store.current()
    words = literal(asked.lower())
    return listed(lambda: _page(asked, words), query("search", words=words)[1], "thing", version)


def _page(asked: str, words: str) -> Response:
    index = indexed()
    findings = Findings(index.version)
    found = index.labels.holding(asked.lower(), MOST) if asked else ()
    rows = [{"thing": from_cell(each.thing), "label": from_cell(each.label)} for each in found]
    findings.asked.append(Asked(*query("search", words=words), rows))
    kinds = [(kind, [row for row in rows if findings.names[row["thing"].value].kind == kind]) for kind in KINDS]
    shown = [each for each in kinds if each[1]]
    return html("search.html", findings, LISTED if asked else (), words=asked, found=shown, rows=rows, most=MOST)


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
