"""The page of a post: its organization and its holders."""

from __future__ import annotations

from typing import Any

from flask import Response

from kg.namespaces import CQ
from server.descriptions.store_queries import iri_in_query
from server.pages.page_queries import PageQueries, distinct_rows
from server.pages.rendering import page as html


def page(name: str, queries: PageQueries) -> Response:
    """Return the page of a post."""
    this = iri_in_query(name)
    facts = queries.facts(name)
    values: dict[str, Any] = {
        "within": [row for row in facts if row["property"].value == str(CQ.postIn)],
        "holders": distinct_rows(queries.select("post-holders", this=this), "holding"),
    }
    queries.add_names([name])
    return html("post.html", queries, this=name, **values)
