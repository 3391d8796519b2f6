"""The page of a post: where it exists, and who holds or held it."""

from __future__ import annotations

from typing import Any

from flask import Response

from kg.namespaces import CQ
from server.descriptions.own_queries import iri
from server.pages.page_queries import Findings, distinct
from server.pages.rendering import page as html


def page(name: str, findings: Findings) -> Response:
    """Answer with everything about a post."""
    this = iri(name)
    facts = findings.facts(name)
    values: dict[str, Any] = {
        "within": [row for row in facts if row["property"].value == str(CQ.postIn)],
        "holders": distinct(findings.ask("post-holders", this=this), "holding"),
    }
    findings.also([name])
    return html("post.html", findings, this=name, **values)
