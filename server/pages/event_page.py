"""The page of an event, a meeting or a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from kg.namespaces import CQ
from server.descriptions.store_queries import iri_in_query
from server.pages.diagrams import time_axis
from server.pages.page_queries import PageQueries, distinct_rows
from server.pages.page_terms import PageTerm, Row
from server.pages.passage_display import displayed_passages
from server.pages.rendering import page as html
from server.pages.thing_names import side_letters
from server.pages.time_formatting import row_span

RELATED_EVENTS = (
    ("subEventOf", "to", "Part of"),
    ("subEventOf", "from", "Its parts"),
    ("resultOf", "to", "Came of"),
    ("resultOf", "from", "Led to"),
)
TIME_PROPERTIES = ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")


def page(name: str, queries: PageQueries) -> Response:
    """Return the page of an event."""
    this = iri_in_query(name)
    facts = queries.facts(name)
    around = queries.select("happening-around", this=this)
    own = row_span({each: row["value"] for each in TIME_PROPERTIES for row in _of(facts, each)})
    spans = [own, *(row_span(row) for row in around)]
    line = time_axis(spans) if own.known else None
    said = distinct_rows(queries.select("happening-said", this=this), "statement")
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
        "stamps": [(each, row["value"]) for each in TIME_PROPERTIES for row in _of(facts, each)],
        "sides": by_side(queries.select("happening-who", this=this), side_letters(queries.version)),
        "around": _related_events(around),
        "here": [row for row in said if row["at"].value == name],
        "within": [row for row in said if row["at"].value != name],
        "about": distinct_rows(queries.select("happening-about", this=this), "statement"),
        "passages": displayed_passages(
            distinct_rows(queries.select("passages", this=this), "passage"), queries.version
        ),
    }
    queries.add_names([name])
    return html("happening.html", queries, this=name, **values)


def by_side(
    rows: Iterable[Row], letters: Mapping[str, str]
) -> list[tuple[PageTerm | None, list[tuple[Row, list[PageTerm]]]]]:
    """Return participations by side, the two main sides first, each with the participant's posts and ranks."""
    found: dict[PageTerm | None, dict[str, list[Row]]] = {}
    for row in rows:
        found.setdefault(row.get("side"), {}).setdefault(row["participation"].value, []).append(row)

    def order(side: PageTerm | None) -> tuple[bool, str, str]:
        return (side is None, letters.get(side.value, "z") if side else "", side.value if side else "")

    return [(side, sorted(map(_with_posts, found[side].values()), key=_first)) for side in sorted(found, key=order)]


def _first(found: tuple[Row, list[PageTerm]]) -> int:
    """Sort the parties first, then heads of delegations; the others keep the order of the text."""
    capacity = found[0]["capacity"].value.rpartition("/")[2] if "capacity" in found[0] else ""
    return {"party": 0, "delegation-head": 1}.get(capacity, 2)


def _with_posts(rows: list[Row]) -> tuple[Row, list[PageTerm]]:
    return rows[0], _posts(rows)


def _posts(rows: Iterable[Row]) -> list[PageTerm]:
    return [*dict.fromkeys(row[each] for row in rows for each in ("post", "rank") if each in row)]


def _of(facts: Iterable[Row], term: str) -> list[Row]:
    return [row for row in facts if row["property"].value == str(CQ[term])]


def _related_events(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    found = []
    for relation, direction, title in RELATED_EVENTS:
        these = [
            row for row in rows if (row["relation"].value, row["direction"].value) == (str(CQ[relation]), direction)
        ]
        if these:
            found.append((title, distinct_rows(these, "happening")))
    return found
