"""The page of a topic: what each party says on it, and what of that runs against what."""

from __future__ import annotations

from typing import Any

from flask import Response

from server.descriptions.own_queries import iri
from server.pages.page_queries import Findings, distinct
from server.pages.page_terms import Row
from server.pages.rendering import page as html


def page(name: str, findings: Findings) -> Response:
    """Answer with the statements on a topic, a column a side."""
    rows = distinct(findings.ask("topic-statements", this=iri(name)), "statement")
    against = distinct(findings.ask("topic-disagreements", this=iri(name)), "relation", "one", "other")
    findings.also([name])
    values: dict[str, Any] = {"columns": _columns(findings, rows), "against": _pairs(against), "rows": rows}
    return html("topic.html", findings, this=name, **values)


def _columns(findings: Findings, rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return statements by the side of their source, those of neither last."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(findings.names[row["source"].value].side, []).append(row)
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
