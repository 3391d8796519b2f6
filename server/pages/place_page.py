"""The page of a place: its containing and contained places, and the events there."""

from __future__ import annotations

from typing import Any

from flask import Response

from kg.namespaces import CQ
from server.descriptions.store_queries import iri_in_query
from server.pages.page_queries import PageQueries, distinct_rows
from server.pages.page_terms import PageTerm
from server.pages.rendering import page as html
from server.pages.time_formatting import row_span


def page(name: str, queries: PageQueries) -> Response:
    """Return the page of a place."""
    this = iri_in_query(name)
    facts = queries.facts(name)
    happened = [
        (row, row_span(row))
        for row in distinct_rows(queries.select("place-happenings", this=this), "happening", "real")
    ]
    pointing = queries.pointing(name, "relations-to")
    values: dict[str, Any] = {
        "what": [row for row in facts if row["property"].value == str(CQ.kind)],
        "names": [row for row in facts if row["property"].value == str(CQ.alias)],
        "within": [row for row in facts if row["property"].value == str(CQ.within)],
        "holds": [row for row in pointing if row["property"].value == str(CQ.within)],
        "others": [row for row in facts if row["property"].value.endswith(("core#editorialNote", "/sameAs"))],
        "real": [each for each in happened if each[0]["real"].value == "true"],
        "unreal": [each for each in happened if each[0]["real"].value != "true"],
        "said": distinct_rows(queries.select("topic-statements", this=this), "statement"),
    }
    queries.add_names([name])
    return html("place.html", queries, this=name, this_term=PageTerm(name), **values)
