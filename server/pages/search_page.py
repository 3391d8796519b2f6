"""The page that searches names and gists."""

from __future__ import annotations

from flask import Blueprint, Response

from server.http.parameters import query_parameters
from server.pages.list_documents import DATA_MENU_FORMATS, list_response
from server.pages.page_queries import PageQueries
from server.pages.page_terms import literal_in_query, term_from_cell
from server.pages.query_files import load_query
from server.pages.rendering import page as html
from server.search import current_index

bp = Blueprint("search", __name__)

MAX_QUERY_CHARACTERS = 200
"""Characters of the search text that are used."""
MAX_RESULTS = 200
"""Results on the page: the things with the shortest names."""


@bp.get("/search")
def search() -> Response:
    """Return the things whose name or gist contains the search text."""
    search_text = (query_parameters().get("q") or "").strip()[:MAX_QUERY_CHARACTERS]
    words = literal_in_query(search_text.lower())
    return list_response(lambda: _page(search_text, words), load_query("search", words=words)[1], "thing")


def _page(search_text: str, words: str) -> Response:
    index = current_index()
    queries = PageQueries(index.version)
    labels = index.labels.holding(search_text.lower(), MAX_RESULTS) if search_text else ()
    rows = [{"thing": term_from_cell(entry.thing), "label": term_from_cell(entry.label)} for entry in labels]
    queries.add(*load_query("search", words=words), rows)
    rows_by_kind = [
        (kind, [row for row in rows if queries.names[row["thing"].value].kind == kind]) for kind in KIND_ORDER
    ]
    return html(
        "search.html",
        queries,
        DATA_MENU_FORMATS if search_text else (),
        words=search_text,
        results=[(kind, members) for kind, members in rows_by_kind if members],
        rows=rows,
        max_results=MAX_RESULTS,
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
