"""The page of a statement: its chain of sources, its interpretation, related statements and passages."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Response

from kg.namespaces import CQ
from server.descriptions.store_queries import iri_in_query
from server.pages.page_queries import PageQueries, distinct_rows
from server.pages.page_terms import Row
from server.pages.passage_display import displayed_passages
from server.pages.quotation_parts import quotation_parts
from server.pages.rendering import page as html
from server.pages.time_formatting import statement_span

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


def page(name: str, queries: PageQueries) -> Response:
    """Return the page of a statement."""
    this = iri_in_query(name)
    facts = queries.facts(name)
    chain = chain_in_order(queries.select("statement-chain", this=this))
    values: dict[str, Any] = {
        "gist": next((row["value"] for row in _of(facts, "gist")), None),
        "quotes": _of(facts, "quote"),
        "read": [(each, found) for each in INTERPRETATION_PROPERTIES if (found := _of(facts, each))],
        "named": [(each, found) for each in CONTEXT_PROPERTIES if (found := _of(facts, each))],
        "when": statement_span(
            {short: row["value"] for short in ("saidEarliest", "saidLatest") for row in _of(facts, short)}
        ),
        "chain": chain,
        "said": distinct_rows(queries.select("statement-said", this=this), "proposition"),
        "related": _related(queries.select("statement-related", this=this)),
        "passages": displayed_passages(
            distinct_rows(queries.select("passages", this=this), "passage"), queries.version
        ),
        "quotation": quotation_parts(
            distinct_rows(queries.select("statement-quotation", this=this), "part", "passage"), queries.version
        ),
        "claim": any(row["value"].value == str(CQ.Claim) for row in facts),
    }
    queries.add_names([name, *(str(CQ[each]) for each in (*INTERPRETATION_PROPERTIES, *CONTEXT_PROPERTIES))])
    return html("statement.html", queries, this=name, **values)


def chain_in_order(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the rows of a chain of relayed statements, grouped by statement, the outermost first."""
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
    """Return related statements by relation, without repeating opposing ones among those on the same proposition."""
    seen: set[str] = set()
    found = []
    for relation, direction, title in RELATION_TITLES:
        these = [
            row for row in rows if (row["relation"].value, row["direction"].value) == (str(CQ[relation]), direction)
        ]
        new = [
            row for row in distinct_rows(these, "statement") if relation != "says" or row["statement"].value not in seen
        ]
        seen.update(row["statement"].value for row in new)
        if new:
            found.append((relation, title, new))
    return found
