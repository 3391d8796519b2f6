"""The page of a place: what lies in it, what it lies in, and what took place there."""

from __future__ import annotations

from typing import Any

from flask import Response

from kg.namespaces import CQ
from server.descriptions.own_queries import iri
from server.pages.page_queries import Findings, distinct
from server.pages.page_terms import Term
from server.pages.rendering import page as html
from server.pages.time_formatting import span


def page(name: str, findings: Findings) -> Response:
    """Answer with everything about a place."""
    this = iri(name)
    facts = findings.facts(name)
    happened = [(row, span(row)) for row in distinct(findings.ask("place-happenings", this=this), "happening", "real")]
    pointing = findings.pointing(name, "relations-to")
    values: dict[str, Any] = {
        "what": [row for row in facts if row["property"].value == str(CQ.kind)],
        "names": [row for row in facts if row["property"].value == str(CQ.alias)],
        "within": [row for row in facts if row["property"].value == str(CQ.within)],
        "holds": [row for row in pointing if row["property"].value == str(CQ.within)],
        "others": [row for row in facts if row["property"].value.endswith(("core#editorialNote", "/sameAs"))],
        "real": [each for each in happened if each[0]["real"].value == "true"],
        "unreal": [each for each in happened if each[0]["real"].value != "true"],
        "said": distinct(findings.ask("topic-statements", this=this), "statement"),
    }
    findings.also([name])
    return html("place.html", findings, this=name, this_term=Term(name), **values)
