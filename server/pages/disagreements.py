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
from server.pages.terms import Row, Term
from server.site import site

bp = Blueprint("disagreements", __name__)


@dataclass(frozen=True)
class Pair:
    """Two statements and what is between them; `graph` tells whether that is asserted or follows."""

    relation: str
    graph: Term
    one: Row
    other: Row


@bp.get("/disagreements")
def disagreements() -> Response:
    """Answer with the statements that contradict or oppose each other, by what they are about."""
    version = site().store.current()
    return listed(lambda: _page(Findings(version)), query("disagreements")[1], "one", version)


def _page(findings: Findings) -> Response:
    links = distinct(findings.ask("disagreements"), "relation", "one", "other")
    named = " ".join(sorted({row[end].sparql for row in links for end in ("one", "other")}))
    told = distinct(findings.ask("disagreement-statements", statements=named), "statement") if links else []
    statements = {row["statement"].value: row for row in told}
    topics = findings.ask("disagreement-topics", statements=named) if links else []
    issues: dict[str, list[Pair]] = {}
    for row in links:
        one, other = statements.get(row["one"].value), statements.get(row["other"].value)
        if one and other:
            kind = row["relation"].value.removeprefix(str(CQ))
            issues.setdefault(_topic(topics, row), []).append(Pair(kind, row["graph"], *_sided(findings, one, other)))
    values: dict[str, Any] = {"issues": sorted(issues.items(), key=lambda each: (not each[0], each[0]))}
    return html("disagreements.html", findings, LISTED, **values)


def _topic(topics: list[Row], link: Row) -> str:
    """Return the topic that both statements are about, or the one that either is; none where neither has one."""
    ends = {link["one"].value, link["other"].value}
    counted = Counter(row["topic"].value for row in topics if row["statement"].value in ends)
    return min(counted, key=lambda each: (-counted[each], each), default="")


def _sided(findings: Findings, one: Row, other: Row) -> tuple[Row, Row]:
    """Put the statement of side a at the left."""
    found = [findings.names[each["source"].value].side or "m" for each in (one, other)]
    return (one, other) if found[0] <= found[1] else (other, one)
