"""The list of people, organizations and groups."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kg.namespaces import CQ
from server.pages.documents import LISTED, listed
from server.pages.findings import Findings, query
from server.pages.rendering import page as html
from server.pages.terms import Row
from server.site import site

bp = Blueprint("people", __name__)

KINDS = (("Person", "People"), ("Organization", "Organizations"), ("Group", "Groups"))


@bp.get("/people")
def people() -> Response:
    """Answer with everybody who acts or speaks, by kind."""
    version = site().store.current()
    return listed(lambda: _page(Findings(version)), query("people")[1], "agent", version)


def _page(findings: Findings) -> Response:
    rows = findings.ask("people")
    held: dict[str, list[Row]] = {}
    for row in findings.ask("people-posts"):
        held.setdefault(row["agent"].value, []).append(row)
    values: dict[str, Any] = {
        "kinds": [
            (kind.lower(), title, found)
            for kind, title in KINDS
            if (found := [row for row in rows if row["kind"].value == str(CQ[kind])])
        ],
        "held": held,
    }
    return html("people.html", findings, LISTED, **values)
