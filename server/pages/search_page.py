"""The page that searches names and gists."""

from __future__ import annotations

from flask import Blueprint, Response

from server.http.parameters import query_parameters
from server.pages.list_documents import DATA_MENU_FORMATS, list_response
from server.pages.page_queries import AnsweredQuery, PageQueries, load_query
from server.pages.page_terms import literal_in_query, term_from_cell
from server.pages.rendering import page as html
from server.search import current_index

bp = Blueprint("search", __name__)

MAX_QUERY_CHARACTERS = 200
"""Characters of the search text that are used."""
MAX_RESULTS = 200
"""Things found at most: those with the shortest names."""


@bp.get("/search")
def search() -> Response:
    """Return the things whose name or gist contains the search text."""
    asked = (query_parameters().get("q") or "").strip()[:MAX_QUERY_CHARACTERS]
    words = literal_in_query(asked.lower())
    return list_response(lambda: _page(asked, words), load_query("search", words=words)[1], "thing")


def _page(asked: str, words: str) -> Response:
    index = current_index()
    queries = PageQueries(index.version)
    found = index.labels.holding(asked.lower(), MAX_RESULTS) if asked else ()
    rows = [{"thing": term_from_cell(each.thing), "label": term_from_cell(each.label)} for each in found]
    queries.answered.append(AnsweredQuery(*load_query("search", words=words), rows))
    kinds = [(kind, [row for row in rows if queries.names[row["thing"].value].kind == kind]) for kind in KIND_ORDER]
    shown = [each for each in kinds if each[1]]
    return html(
        "search.html",
        queries,
        DATA_MENU_FORMATS if asked else (),
        words=asked,
        found=shown,
        rows=rows,
        most=MAX_RESULTS,
    )


KIND_ORDER = (
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
