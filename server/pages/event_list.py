"""The list of everything that happened, and apart from it what did not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from server.http.parameters import from_query_string
from server.pages.diagrams import axis
from server.pages.list_documents import LISTED, listed
from server.pages.page_queries import Asked, Findings, distinct, query
from server.pages.page_terms import Row
from server.pages.paging import Pager, kind, number
from server.pages.rendering import page as html
from server.search import indexed
from server.search.timeline import Chronicle, Item
from server.site import site

bp = Blueprint("events", __name__)

KINDS = ("dated", "undated", "unreal")
"""What happened at a known time, at an unknown one, and not at all."""
A_PAGE = 100
A_FEW = 40
"""How many of each kind there are on the page of all kinds."""


@bp.get("/events")
def events() -> Response:
    """Answer with everything that happened, and apart from it what did not, or page by page with one `kind` of it."""
    parameters = from_query_string()
    wanted, page = kind(parameters, KINDS), number(parameters)
    return listed(lambda: _page(wanted, page), query("happenings")[1], "happening", site().store.current())


def _page(which: str, page: int) -> Response:
    index = indexed()
    findings = Findings(index.version)
    findings.asked.append(Asked(*query("happenings"), []))
    items = {name: found for name, found in _items(index.chronicle).items() if which in ("", name)}
    pagers = {
        name: Pager(page if which else 1, A_PAGE if which else A_FEW, len(found)) for name, found in items.items()
    }
    shown = {name: found[pagers[name].here] for name, found in items.items()}
    told = _told(findings, [each.iri for found in shown.values() for each in found])
    rows = {name: [(told[each.iri], each.span) for each in found if each.iri in told] for name, found in shown.items()}
    line = axis(span for _, span in rows.get("dated", ()))
    values: dict[str, Any] = {
        "kind": which,
        "pagers": pagers,
        "axis": line,
        "dated": [(row, span, line.bar(span)) for row, span in rows.get("dated", ())] if line else [],
        "undated": [row for row, _ in rows.get("undated", ())],
        "unreal": [row for row, _ in rows.get("unreal", ())],
    }
    return html("events.html", findings, LISTED, **values)


def _items(whole: Chronicle) -> dict[str, Sequence[Item]]:
    dated, undated = ([each for each in items if each.kind == "event"] for items in (whole.dated, whole.undated))
    return {"dated": dated, "undated": undated, "unreal": whole.unreal}


def _told(findings: Findings, happenings: list[str]) -> dict[str, Row]:
    """Return what the page tells of each happening beside its time."""
    if not happenings:
        return {}
    rows = findings.ask("happenings-told", happenings=" ".join(f"<{each}>" for each in happenings))
    return {row["happening"].value: row for row in distinct(rows, "happening")}
