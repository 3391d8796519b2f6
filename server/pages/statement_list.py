"""The browser of claims: every statement by facets with counts, in an address that can be shared."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from kg.formats import CSV, GRAPH_FORMATS, JSON
from server.http.errors import HttpError
from server.http.parameters import Parameters, from_query_string
from server.pages.facets import FACETS, PREFIXES, Chosen, Facet, chosen, counting, patterns, spelling, words_of
from server.pages.list_documents import listed
from server.pages.page_queries import Asked, Findings, distinct
from server.pages.page_terms import Row, Term, from_cell
from server.pages.paging import Pager, current, number, to
from server.pages.rendering import page as html
from server.pages.select_rows import solutions
from server.search import indexed
from server.search.statement_index import Row as Place
from server.search.statement_index import Statements
from server.site import site

bp = Blueprint("claims", __name__)

A_PAGE = 25
MOST_VALUES = 12
"""Values of a facet that are shown at once; others fold out."""
SHOWN = 36
"""Values of a facet that a page has addresses for; rarer ones are found by words, or once the rest is narrower."""
ORDERS = {
    "place": ("where the article has it", "?article ?start", ""),
    "source": ("who says it", "?called ?article ?start", "?statement cq:source/cq:name ?called ."),
    "said": ("when it was said", "?unsaid ?said ?article ?start", ""),
}
SAID = "OPTIONAL { ?statement cq:saidEarliest ?said } BIND(!BOUND(?said) AS ?unsaid)"


@dataclass(frozen=True)
class Value:
    """A value of a facet on the page: how many statements have it, and the address that asks for it or no longer."""

    term: Term
    number: int
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Narrowing:
    """A facet on the page: its most frequent values, and how many others it has."""

    facet: Facet
    values: list[Value]
    others: int


@bp.get("/statements")
def claims() -> Response:
    """Answer with the statements that fit, page by page, or as rows or triples all at once."""
    parameters, version = from_query_string(), site().store.current()
    asked, words = chosen(parameters), (parameters.one("q") or "").strip()
    rows = rows_query(patterns(asked, words), _order(parameters))
    return listed(lambda: _page(parameters, asked, words), rows, "statement", version)


def rows_query(pattern: str, order: str, window: str = "") -> str:
    """Return the query for the statements of a pattern, one row each, in an order."""
    _, by, needs = ORDERS[order]
    said = SAID if "?said" in by else ""
    beside = " ".join(("?statement ?article", *(["?unsaid ?said"] if said else []), *(["?called"] if needs else [])))
    return f"""{PREFIXES}
SELECT ?statement ?gist ?source ?sourceName ?act ?polarity ?certainty ?occasion ?outer ?article ?passage ?start ?end
WHERE {{
  {{
    SELECT {beside} (MIN(?begin) AS ?start) WHERE {{
  {pattern}
      ?statement cq:statedIn ?article ; cq:evidence/oa:hasSelector/oa:start ?begin . {needs} {said}
    }}
    GROUP BY {beside}
    ORDER BY {by} ?statement {window}
  }}
  ?statement cq:gist ?gist ; cq:source ?source ; cq:act ?act ; cq:polarity ?polarity ; cq:certainty ?certainty .
  ?source cq:name ?sourceName .
  ?statement cq:evidence ?passage .
  ?passage oa:hasSelector ?selector .
  ?selector oa:start ?start ; oa:end ?end .
  OPTIONAL {{ ?statement cq:occasion ?occasion }}
  OPTIONAL {{ ?passing cq:relays ?statement ; cq:source ?outer }}
}}
ORDER BY {by} ?statement
"""


def _page(parameters: Parameters, asked: list[Chosen], words: str) -> Response:
    index, order = indexed(), _order(parameters)
    statements, findings = index.statements, Findings(index.version)
    found = statements.having(((each.facet.name, each.term) for each in asked), words_of(words))
    pager = Pager(number(parameters), A_PAGE, len(found))
    here = statements.ordered(found, order)[pager.here]
    _asked(findings, patterns(asked, words), pager.window, order)
    rows = _rows(findings, [statements.iris[each] for each in here], order)
    findings.also(each.value for each in asked if each.facet.prefix is not None)
    facets = [_narrowing(facet, statements, found, asked) for facet in FACETS if facet.shown]
    findings.also(value.term.value for each in facets for value in each.values if value.term.is_iri)
    values: dict[str, Any] = {
        "words": words,
        "order": order,
        "orders": [(name, words_) for name, (words_, _, _) in ORDERS.items()],
        "rows": rows,
        "pager": pager,
        "facets": [each for each in facets if each.values],
        "asked": [(each, without(each)) for each in asked],
        "most": MOST_VALUES,
        "kept": [(key, value) for key, value in current() if key not in ("q", "sort", "page")],
    }
    return html("claims.html", findings, (CSV, JSON, *GRAPH_FORMATS), **values)


def _asked(findings: Findings, pattern: str, window: str, order: str) -> None:
    """Have the page show the queries that find what the index has told it."""
    findings.asked.append(Asked("How many statements have each value", counting(pattern), []))
    findings.asked.append(Asked("The statements of this page", rows_query(pattern, order, window), []))


def _rows(findings: Findings, statements: list[str], order: str) -> list[Row]:
    """Return what a page tells of these statements; the limit has the engine look each up, not join whole tables."""
    if not statements:
        return []
    text = rows_query(f"VALUES ?statement {{ {' '.join(statements)} }}", order, f"LIMIT {4 * A_PAGE}")
    findings.asked[-1].rows.extend(solutions(text, findings.version))
    return distinct(findings.asked[-1].rows, "statement")


def _narrowing(facet: Facet, statements: Statements, found: Collection[Place], asked: list[Chosen]) -> Narrowing:
    wanted = {each.term for each in asked if each.facet is facet}
    counts = statements.counted(found, facet.name)
    values = [_value(facet, cell, number, cell in wanted) for cell, number in counts[:SHOWN]]
    return Narrowing(facet, values, max(0, len(counts) - SHOWN))


def _value(facet: Facet, cell: str, number: int, is_chosen: bool) -> Value:  # noqa: FBT001 -- named by its place in Value
    term = from_cell(cell)
    pair = (facet.name, spelling(facet, term.value))
    others = [each for each in current() if each != pair and each[0] != "page"]
    where = to(others if is_chosen else [*others, pair])
    return Value(term, number, where, is_chosen)


def without(asked: Chosen) -> str:
    """Return the address of this page with one value fewer."""
    return to([each for each in current() if each != (asked.facet.name, asked.spelled) and each[0] != "page"])


def _order(parameters: Parameters) -> str:
    order = parameters.one("sort") or "place"
    if order not in ORDERS:
        raise HttpError(400, f"The parameter 'sort' is '{order}': expected one of {', '.join(ORDERS)}.")
    return order
