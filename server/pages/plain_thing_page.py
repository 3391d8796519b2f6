"""The page of a thing of any other class: its facts, and the facts that point at it."""

from __future__ import annotations

from flask import Response

from server.pages.page_queries import PageQueries
from server.pages.rendering import page as html


def page(name: str, queries: PageQueries) -> Response:
    """Return the page of a thing with its facts and those that point at it."""
    facts = queries.facts(name)
    pointing = queries.pointing(name)
    queries.add_names([name])
    return html("thing.html", queries, this=name, facts=facts, pointing=pointing)
