"""The list of the articles."""

from __future__ import annotations

from flask import Blueprint, Response

from server.http.parameters import query_parameters
from server.pages.paging.list_responses import DATA_MENU_FORMATS, list_response
from server.pages.paging.pager import Pager, page_number
from server.pages.queried_data.page_queries import PageQueries
from server.pages.queried_data.select_queries import load_query
from server.pages.rendering.page_rendering import page as html
from server.site import site

bp = Blueprint("corpus", __name__)

ARTICLES_PER_PAGE = 100


@bp.get("/articles")
def articles() -> Response:
    """Return the list of articles, the newest first."""
    page = page_number(query_parameters())
    return list_response(lambda: _page(PageQueries(site().store.current()), page), load_query("articles")[1], "article")


def _page(queries: PageQueries, page: int) -> Response:
    total = int(queries.select("articles-number")[0]["number"].value)
    pager = Pager(page, ARTICLES_PER_PAGE, total)
    title, text = load_query("articles")
    rows = queries.run(title, f"{text}{pager.window}")
    return html("articles.html", queries, DATA_MENU_FORMATS, rows=rows, pager=pager)
