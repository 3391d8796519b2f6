"""The page of a statement: its chain of sources, its interpretation, related statements and passages."""

from __future__ import annotations

from collections.abc import Iterable

from kg.namespaces import CQ
from server.pages.page_terms import Row
from server.pages.quotation_parts import quotation_parts
from server.pages.rendering import TemplateCall
from server.pages.thing_queries import ThingQueries, by_relation
from server.pages.time_formatting import statement_span
from server.search.disagreement_index import OPPOSING_RELATIONS

INTERPRETATION_PROPERTIES = ("act", "form", "certainty", "polarity", "tense", "evidenceGrade", "sourceKind")
CONTEXT_PROPERTIES = ("onBehalfOf", "addressee", "speakingAs", "occasion", "about")
RELATION_TITLES = (
    ("contradicts", "to", "Contradicts"),
    ("opposes", "to", "Opposes"),
    ("says", "with", "Also said of the same proposition"),
    ("respondsTo", "to", "Answers"),
    ("respondsTo", "from", "Answered by"),
    ("supports", "to", "Gives the reason for"),
    ("supports", "from", "Supported by"),
    ("strengthens", "to", "Puts more strongly"),
    ("strengthens", "from", "Put more strongly by"),
)


def statement_page(statement: ThingQueries) -> TemplateCall:
    """Return the page of a statement."""
    gists = statement.values("gist")
    times = {name: row["value"] for name in ("saidEarliest", "saidLatest") for row in statement.values(name)}
    return "statement.html", {
        "gist": gists[0]["value"] if gists else None,
        "quotes": statement.values("quote"),
        "interpretation": statement.values_by_property(INTERPRETATION_PROPERTIES),
        "context": statement.values_by_property(CONTEXT_PROPERTIES),
        "when": statement_span(times),
        "time_words": statement.values("timeWords"),
        "chain": chain_in_order(statement.rows("statement-chain")),
        "said": statement.rows("statement-said", "proposition"),
        "related": _related(statement.rows("statement-related")),
        "passages": statement.passages("passages"),
        "quotation": quotation_parts(statement.rows("statement-quotation", "part", "passage"), statement.version),
        "claim": any(row["value"].value == str(CQ.Claim) for row in statement.facts),
    }


def chain_in_order(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the rows of a chain of relayed statements, grouped by statement, the outermost first."""
    by_statement: dict[str, list[Row]] = {}
    for row in rows:
        by_statement.setdefault(row["statement"].value, []).append(row)
    relayed = {row["relays"].value for group in by_statement.values() for row in group if "relays" in row}
    waiting = sorted(by_statement.keys() - relayed)
    ordered: list[list[Row]] = []
    while waiting:
        if group := by_statement.pop(waiting.pop(0), None):
            ordered.append(group)
            waiting = sorted({row["relays"].value for row in group if "relays" in row}) + waiting
    return ordered


def _related(rows: list[Row]) -> list[tuple[str, str, list[Row]]]:
    """Return related statements by relation, without repeating opposing ones among those on the same proposition."""
    related = by_relation(rows, RELATION_TITLES, "statement")
    opposing = {row["statement"] for relation, _, group in related if relation in OPPOSING_RELATIONS for row in group}
    shown = (
        (relation, title, [row for row in group if relation != "says" or row["statement"] not in opposing])
        for relation, title, group in related
    )
    return [group for group in shown if group[2]]
