"""The list of the articles."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from server.http.parameters import from_query_string
from server.pages.list_documents import LISTED, listed
from server.pages.page_queries import Asked, Findings, query
from server.pages.paging import Pager, number
from server.pages.rendering import page as html
from server.pages.select_rows import solutions
from server.site import site

bp = Blueprint("corpus", __name__)

A_PAGE = 100


@bp.get("/articles")
def articles() -> Response:
    """Answer with the articles, by title."""
    page, version = number(from_query_string()), site().store.current()
    return listed(lambda: _page(Findings(version), page), query("articles")[1], "article", version)


def _page(findings: Findings, page: int) -> Response:
    total = int(findings.ask("articles-number")[0]["number"].value)
    pager = Pager(page, A_PAGE, total)
    title, text = query("articles")
    shown = Asked(title, f"{text}{pager.window}", solutions(f"{text}{pager.window}", findings.version))
    findings.asked.append(shown)
    values: dict[str, Any] = {"rows": shown.rows, "pager": pager}
    return html("articles.html", findings, LISTED, **values)
