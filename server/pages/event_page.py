"""The page of a meeting, an event, or something that did not happen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from kg.namespaces import CQ
from server.descriptions.own_queries import iri
from server.pages.diagrams import axis
from server.pages.page_queries import Findings, distinct
from server.pages.page_terms import Row, Term
from server.pages.passage_display import shown
from server.pages.rendering import page as html
from server.pages.thing_names import sides
from server.pages.time_formatting import span

AROUND = (
    ("subEventOf", "to", "Part of"),
    ("subEventOf", "from", "Its parts"),
    ("resultOf", "to", "Came of"),
    ("resultOf", "from", "Led to"),
)
STAMPS = ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")


def page(name: str, findings: Findings) -> Response:
    """Answer with everything about one happening."""
    this = iri(name)
    facts = findings.facts(name)
    around = findings.ask("happening-around", this=this)
    own = span({each: row["value"] for each in STAMPS for row in _of(facts, each)})
    spans = [own, *(span(row) for row in around)]
    line = axis(spans) if own.known else None
    said = distinct(findings.ask("happening-said", this=this), "statement")
    values: dict[str, Any] = {
        "real": not any(row["value"].value == str(CQ.Scenario) for row in facts),
        "status": _of(facts, "status"),
        "what": _of(facts, "kind"),
        "places": _of(facts, "place") + _of(facts, "envisagedPlace"),
        "grades": _of(facts, "timeGrade"),
        "notes": [row for row in facts if row["property"].value.endswith("core#editorialNote")],
        "when": own,
        "axis": line,
        "bar": line.bar(own) if line else None,
        "stamps": [(each, row["value"]) for each in STAMPS for row in _of(facts, each)],
        "sides": by_side(findings.ask("happening-who", this=this), sides(findings.version)),
        "around": _around(around),
        "here": [row for row in said if row["at"].value == name],
        "within": [row for row in said if row["at"].value != name],
        "about": distinct(findings.ask("happening-about", this=this), "statement"),
        "passages": shown(distinct(findings.ask("passages", this=this), "passage"), findings.version),
    }
    findings.also([name])
    return html("happening.html", findings, this=name, **values)


def by_side(rows: Iterable[Row], letters: Mapping[str, str]) -> list[tuple[Term | None, list[tuple[Row, list[Term]]]]]:
    """Return participations by side, the two sides first; each with the posts and ranks of its participant."""
    found: dict[Term | None, dict[str, list[Row]]] = {}
    for row in rows:
        found.setdefault(row.get("side"), {}).setdefault(row["participation"].value, []).append(row)

    def order(side: Term | None) -> tuple[bool, str, str]:
        return (side is None, letters.get(side.value, "z") if side else "", side.value if side else "")

    return [(side, sorted(map(_with_posts, found[side].values()), key=_first)) for side in sorted(found, key=order)]


def _first(found: tuple[Row, list[Term]]) -> int:
    """Put the parties themselves first, then the heads of delegations, then everybody else as the text has them."""
    capacity = found[0]["capacity"].value.rpartition("/")[2] if "capacity" in found[0] else ""
    return {"party": 0, "delegation-head": 1}.get(capacity, 2)


def _with_posts(rows: list[Row]) -> tuple[Row, list[Term]]:
    return rows[0], _posts(rows)


def _posts(rows: Iterable[Row]) -> list[Term]:
    return [*dict.fromkeys(row[each] for row in rows for each in ("post", "rank") if each in row)]


def _of(facts: Iterable[Row], term: str) -> list[Row]:
    return [row for row in facts if row["property"].value == str(CQ[term])]


def _around(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    found = []
    for relation, direction, title in AROUND:
        these = [
            row for row in rows if (row["relation"].value, row["direction"].value) == (str(CQ[relation]), direction)
        ]
        if these:
            found.append((title, distinct(these, "happening")))
    return found
