"""The page of a statement: who says that who says it, how, what speaks against it, and where the article has it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Response

from kg.namespaces import CQ
from server.descriptions.own_queries import iri
from server.pages.page_queries import Findings, distinct
from server.pages.page_terms import Row
from server.pages.passage_display import shown
from server.pages.rendering import page as html
from server.pages.time_formatting import saying

READ = ("act", "form", "certainty", "polarity", "tense", "evidenceGrade", "sourceKind")
NAMED = ("onBehalfOf", "addressee", "speakingAs", "occasion", "about")
RELATED = (
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


def page(name: str, findings: Findings) -> Response:
    """Answer with everything about one statement."""
    this = iri(name)
    facts = findings.facts(name)
    chain = in_order(findings.ask("statement-chain", this=this))
    values: dict[str, Any] = {
        "gist": next((row["value"] for row in _of(facts, "gist")), None),
        "quotes": _of(facts, "quote"),
        "read": [(each, found) for each in READ if (found := _of(facts, each))],
        "named": [(each, found) for each in NAMED if (found := _of(facts, each))],
        "when": saying({short: row["value"] for short in ("saidEarliest", "saidLatest") for row in _of(facts, short)}),
        "chain": chain,
        "said": distinct(findings.ask("statement-said", this=this), "proposition"),
        "related": _related(findings.ask("statement-related", this=this)),
        "passages": shown(distinct(findings.ask("passages", this=this), "passage"), findings.version),
        "claim": any(row["value"].value == str(CQ.Claim) for row in facts),
    }
    findings.also([name, *(str(CQ[each]) for each in (*READ, *NAMED))])
    return html("statement.html", findings, this=name, **values)


def in_order(rows: Iterable[Row]) -> list[list[Row]]:
    """Return a chain's statements from the outermost to the innermost, the rows of each together."""
    by_statement = {key: [*found] for key, found in groupby(sorted(rows, key=_statement), key=_statement)}
    relayed = {row["relays"].value for found in by_statement.values() for row in found if "relays" in row}
    waiting = sorted(each for each in by_statement if each not in relayed)
    ordered: list[list[Row]] = []
    while waiting:
        found = by_statement.pop(waiting.pop(0), None)
        if found:
            ordered.append(found)
            waiting = sorted({row["relays"].value for row in found if "relays" in row}) + waiting
    return ordered


def _statement(row: Row) -> str:
    return row["statement"].value


def _of(facts: Iterable[Row], term: str) -> list[Row]:
    return [row for row in facts if row["property"].value == str(CQ[term])]


def _related(rows: list[Row]) -> list[tuple[str, str, list[Row]]]:
    """Return what is related by kind of relation; what contradicts it is not listed beside it too."""
    seen: set[str] = set()
    found = []
    for relation, direction, title in RELATED:
        these = [
            row for row in rows if (row["relation"].value, row["direction"].value) == (str(CQ[relation]), direction)
        ]
        new = [row for row in distinct(these, "statement") if relation != "says" or row["statement"].value not in seen]
        seen.update(row["statement"].value for row in new)
        if new:
            found.append((relation, title, new))
    return found
