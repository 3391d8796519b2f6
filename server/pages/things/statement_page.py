"""The page of a statement: its chain of sources, its interpretation, related statements and passages."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from kg.namespaces import CQ, SCHEME
from kg.sparql.query_terms import iri_in_query
from server.pages.queried_data.page_queries import rows_by, split_inferred
from server.pages.rendering.page_rendering import TemplateCall
from server.pages.terms.literal_words import statement_span
from server.pages.terms.page_terms import Row
from server.pages.things.quotation_parts import quotation_parts
from server.pages.things.related_statements import find_related
from server.pages.things.thing_queries import USUAL_VALUES, ThingQueries

# What the chain does not show: act, form, certainty and polarity are in the statement's own card.
INTERPRETATION_PROPERTIES = ("tense", "evidenceGrade", "sourceKind")
CONTEXT_PROPERTIES = ("onBehalfOf", "addressee", "speakingAs", "occasion", "about", "tellingOf")

POLARITIES = f"{SCHEME}polarity/"


def statement_page(statement: ThingQueries) -> TemplateCall:
    """Return the page of a statement."""
    term = iri_in_query(statement.iri)
    gists, chain = statement.values("gist"), chain_in_order(statement.select("statement-chain", these=term))
    times = {name: row["value"] for name in ("saidEarliest", "saidLatest") for row in statement.values(name)}
    values = statement.values_by_property((*INTERPRETATION_PROPERTIES, *CONTEXT_PROPERTIES))
    how = [(name, split_inferred(rows)) for name, rows in values if rows[0]["value"].value not in USUAL_VALUES]
    return "statement.html", {
        "gist": gists[0]["value"] if gists else None,
        "quotes": statement.values("quote"),
        "said_how": [(name, asserted) for name, (asserted, _) in how if asserted],
        "inferred": [(name, inferred) for name, (_, inferred) in how if inferred],
        "when": statement_span(times),
        "time_words": statement.values("timeWords"),
        "chain": chain,
        "own": next((rows[0] for rows in chain if rows[0]["statement"].value == statement.iri), None),
        "passed_on": _outer_polarities(chain, statement.iri),
        "became": statement.outcomes(),
        "said": statement.rows("statement-said", "proposition"),
        "roles": statement.rows("statement-roles", "proposition", "role", "value"),
        "related": find_related(statement, term, chain, statement.iri),
        "passages": statement.passages("passages"),
        "quotation": quotation_parts(statement.rows("statement-quotation", "part", "passage"), statement.version),
        "claim": any(row["value"].value == str(CQ.Claim) for row in statement.facts),
    }


def _outer_polarities(chain: list[list[Row]], iri: str) -> list[str]:
    """Return the polarities, by their labels, with which the statements before it in its chain pass a statement on."""
    outer = takewhile(lambda rows: rows[0]["statement"].value != iri, chain)
    return [rows[0]["polarity"].value.removeprefix(POLARITIES) for rows in outer if "polarity" in rows[0]]


def chain_in_order(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the rows of a chain of relayed statements, grouped by statement, the outermost first."""
    by_statement = rows_by(rows, "statement")
    relayed = {row["relays"].value for group in by_statement.values() for row in group if "relays" in row}
    waiting = sorted(by_statement.keys() - relayed)
    ordered: list[list[Row]] = []
    while waiting:
        if group := by_statement.pop(waiting.pop(0), None):
            ordered.append(group)
            waiting = sorted({row["relays"].value for row in group if "relays" in row}) + waiting
    return ordered
