"""The page of a topic: statements on it by side, and which of them disagree."""

from __future__ import annotations

from typing import Any

from flask import Response

from server.descriptions.store_queries import iri_in_query
from server.pages.page_queries import PageQueries, distinct_rows
from server.pages.page_terms import Row
from server.pages.rendering import page as html


def page(name: str, queries: PageQueries) -> Response:
    """Return the page of a topic with one column per side."""
    rows = distinct_rows(queries.select("topic-statements", this=iri_in_query(name)), "statement")
    against = distinct_rows(queries.select("topic-disagreements", this=iri_in_query(name)), "relation", "one", "other")
    queries.add_names([name])
    values: dict[str, Any] = {"columns": _columns(queries, rows), "against": _pairs(against), "rows": rows}
    return html("topic.html", queries, this=name, **values)


def _columns(queries: PageQueries, rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return statements by the side of their source, those without a side last."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(queries.names[row["source"].value].side, []).append(row)
    return sorted(found.items(), key=lambda each: each[0] or "z")


def _pairs(rows: list[Row]) -> list[Row]:
    """Return each symmetric pair once."""
    seen: set[frozenset[str]] = set()
    found = []
    for row in rows:
        pair = frozenset((row["relation"].value, row["one"].value, row["other"].value))
        if pair not in seen:
            seen.add(pair)
            found.append(row)
    return found
