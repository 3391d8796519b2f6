"""Where they disagree: an issue at a time, each party's statements in its column, and what runs against what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from kg.namespaces import CQ
from server.pages.documents import LISTED, listed
from server.pages.findings import Findings, distinct, query
from server.pages.rendering import page as html
from server.pages.terms import Row
from server.site import site

bp = Blueprint("disagreements", __name__)


@dataclass(frozen=True)
class Pair:
    """Two statements, the one of side a first, and the link between them in the direction that is best founded."""

    relation: str
    link: Row
    one: Row
    other: Row


@bp.get("/disagreements")
def disagreements() -> Response:
    """Answer with the statements that contradict or oppose each other, by what they are about."""
    version = site().store.current()
    return listed(lambda: _page(Findings(version)), query("disagreements")[1], "one", version)


def _page(findings: Findings) -> Response:
    links = _links(findings.ask("disagreements"))
    named = " ".join(sorted({row[end].sparql for row in links for end in ("one", "other")}))
    told = distinct(findings.ask("disagreement-statements", statements=named), "statement") if links else []
    statements = {row["statement"].value: row for row in told}
    topics = findings.ask("disagreement-topics", statements=named) if links else []
    issues: dict[str, list[Pair]] = {}
    for row in links:
        one, other = statements.get(row["one"].value), statements.get(row["other"].value)
        if one and other:
            kind = row["relation"].value.removeprefix(str(CQ))
            issues.setdefault(_topic(topics, row), []).append(Pair(kind, row, *_sided(findings, one, other)))
    values: dict[str, Any] = {"issues": sorted(issues.items(), key=lambda each: (not each[0], each[0]))}
    return html("disagreements.html", findings, LISTED, **values)


def _links(rows: list[Row]) -> list[Row]:
    """Return one link a pair, whichever way it points: an asserted one before one that follows."""
    found: dict[tuple[str, frozenset[str]], Row] = {}
    for row in distinct(rows, "relation", "one", "other"):
        found.setdefault((row["relation"].value, frozenset((row["one"].value, row["other"].value))), row)
    return list(found.values())


def _topic(topics: list[Row], link: Row) -> str:
    """Return the topic that both statements are about, or the one that either is; none where neither has one."""
    ends = {link["one"].value, link["other"].value}
    counted = Counter(row["topic"].value for row in topics if row["statement"].value in ends)
    return min(counted, key=lambda each: (-counted[each], each), default="")


def _sided(findings: Findings, one: Row, other: Row) -> tuple[Row, Row]:
    """Put the statement of side a at the left."""
    found = [findings.names[each["source"].value].side or "m" for each in (one, other)]
    return (one, other) if found[0] <= found[1] else (other, one)
