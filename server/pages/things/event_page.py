"""The page of an event, a meeting or a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rdflib import SKOS

from kg.namespaces import CQ, SCHEME
from kg.sparql.query_terms import iri_in_query
from server.pages.drawings.diagrams import time_axis
from server.pages.queried_data.thing_names import side_letters
from server.pages.rendering.page_rendering import TemplateCall
from server.pages.terms.literal_words import row_span
from server.pages.terms.page_terms import PageTerm, Row
from server.pages.things.occurrence_accounts import FAILED_STATUSES, account_table
from server.pages.things.thing_queries import ThingQueries, by_relation
from server.search.timeline import TIME_PROPERTIES

RELATED_EVENTS = (
    ("subEventOf", "to", "Part of"),
    ("subEventOf", "from", "Its parts"),
    ("resultOf", "to", "Came of"),
    ("resultOf", "from", "Led to"),
)


# By relation to a scenario; one that was left unanswered is open.
FATES = {
    "realizes": "happened",
    "affirmsHappening": "happened",
    "meets": "happened",
    "callsOff": "failed",
    "deniesHappening": "failed",
    "makesMoot": "failed",
    "refuses": "failed",
}


def event_page(event: ThingQueries) -> TemplateCall:
    """Return the page of an event."""
    stamps = [(name, row["value"]) for name in TIME_PROPERTIES for row in event.values(name)]
    own_span = row_span(dict(stamps))
    around = event.rows("happening-around")
    axis = time_axis((own_span, *map(row_span, around))) if own_span.known else None
    became = event.outcomes()
    statements = event.rows("happening-said", "statement")
    occurrence = next((row["value"].value for row in event.values("accountOf")), "")
    return "happening.html", {
        "real": not any(row["value"].value == str(CQ.Scenario) for row in event.facts),
        "status": event.values("status"),
        "authors": event.select("scenario-authors", happenings=iri_in_query(event.iri)),
        "became": became,
        "fate": _fate(event, became),
        "happened_there": happened_in_its_article(event, became),
        "what": event.values("kind"),
        "places": event.values("place", "envisagedPlace"),
        "grades": event.values("timeGrade"),
        "notes": event.values(str(SKOS.editorialNote)),
        "when": own_span,
        "axis": axis,
        "bar": axis.bar(own_span) if axis else None,
        "stamps": stamps,
        "time_words": event.values("timeWords"),
        "sides": by_side(event.rows("happening-who"), side_letters(event.version)),
        "around": [(title, rows) for _, title, rows in by_relation(around, RELATED_EVENTS, "happening")],
        "here": [row for row in statements if row["at"].value == event.iri],
        "within": [row for row in statements if row["at"].value != event.iri],
        "about": event.rows("happening-about", "statement"),
        "accounts": account_table(event, occurrence) if occurrence else None,
        "passages": event.passages("passages"),
    }


def _fate(scenario: ThingQueries, became: Iterable[Row]) -> str:
    """Return "happened" or "failed" by the last article that states what became of a scenario, or "" if none does."""
    # What its own article calls denied or called off has failed too, unless it came true later.
    known = [FATES[name] for row in became if (name := row["relation"].value.removeprefix(str(CQ))) in FATES]
    statuses = {row["value"].value.removeprefix(f"{SCHEME}status/") for row in scenario.values("status")}
    return known[-1] if known else "failed" if statuses & FAILED_STATUSES else ""


def happened_in_its_article(scenario: ThingQueries, became: Iterable[Row]) -> bool:
    """Return whether the article of a scenario reports that it happened, by what became of it."""
    articles = [row["value"] for row in scenario.values("inArticle")]
    return any(row["relation"].value == str(CQ.realizes) and row.get("article") in articles for row in became)


def by_side(
    rows: Iterable[Row], letters: Mapping[str, str]
) -> list[tuple[PageTerm | None, list[tuple[Row, list[PageTerm]]]]]:
    """Return participations by side, the two main sides first, each with the participant's posts and ranks."""
    rows_by_side: dict[PageTerm | None, dict[str, list[Row]]] = {}
    for row in rows:
        rows_by_side.setdefault(row.get("side"), {}).setdefault(row["participation"].value, []).append(row)

    def order(side: PageTerm | None) -> tuple[bool, str, str]:
        return (side is None, letters.get(side.value, "z") if side else "", side.value if side else "")

    return [
        (side, sorted(map(_with_posts, rows_by_side[side].values()), key=_capacity_order))
        for side in sorted(rows_by_side, key=order)
    ]


def _capacity_order(participation: tuple[Row, list[PageTerm]]) -> int:
    """Return a sort key: the parties first, then heads of delegations; the others keep the order of the text."""
    row, _ = participation
    capacity = row["capacity"].value.rpartition("/")[2] if "capacity" in row else ""
    return {"party": 0, "delegation-head": 1}.get(capacity, 2)


def _with_posts(rows: list[Row]) -> tuple[Row, list[PageTerm]]:
    """Return a participation's first row, and the distinct posts and ranks in all its rows."""
    return rows[0], [*dict.fromkeys(row[name] for row in rows for name in ("post", "rank") if name in row)]
