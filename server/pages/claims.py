"""The browser of claims: every statement by facets with counts, in an address that can be shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from kg.formats import CSV, GRAPH_FORMATS, JSON
from server.http.errors import HttpError
from server.http.parameters import Parameters, from_query_string
from server.pages.documents import listed
from server.pages.facets import CAP, FACETS, PREFIXES, Chosen, Facet, chosen, counting, patterns, spelling
from server.pages.findings import Asked, Findings, distinct
from server.pages.rendering import page as html
from server.pages.solutions import solutions
from server.pages.terms import Row, Term
from server.site import site

bp = Blueprint("claims", __name__)

A_PAGE = 25
MOST_VALUES = 12
"""Values of a facet that are shown at once; the rest fold out."""
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


@bp.get("/statements")
def claims() -> Response:
    """Answer with the statements that fit, page by page, or as rows or triples all at once."""
    parameters, version = from_query_string(), site().store.current()
    asked, words = chosen(parameters), (parameters.one("q") or "").strip()
    pattern = patterns(asked, words)
    rows = rows_query(pattern, _order(parameters))
    return listed(lambda: _page(Findings(version), parameters, asked, words), rows, "statement", version)


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
  OPTIONAL {{ ?statement cq:occasion ?occasion }}
  OPTIONAL {{ ?passing cq:relays ?statement ; cq:source ?outer }}
  OPTIONAL {{
    ?statement cq:evidence ?passage .
    ?passage oa:hasSelector ?selector .
    ?selector oa:start ?start ; oa:end ?end .
  }}
}}
ORDER BY {by} ?statement
"""


def _page(findings: Findings, parameters: Parameters, asked: list[Chosen], words: str) -> Response:
    pattern, order, number = patterns(asked, words), _order(parameters), _number(parameters)
    counts = _ask(findings, "How many statements have each value", counting(pattern))
    window = f"LIMIT {A_PAGE} OFFSET {(number - 1) * A_PAGE}"
    rows = _ask(findings, "The statements of this page", rows_query(pattern, order, window))
    total = next((int(row["number"].value) for row in counts if row["facet"].value == "all"), 0)
    findings.also(each.value for each in asked if each.facet.prefix is not None)
    values: dict[str, Any] = {
        "words": words,
        "order": order,
        "orders": [(name, words_) for name, (words_, _, _) in ORDERS.items()],
        "rows": distinct(rows, "statement"),
        "total": total,
        "cap": CAP,
        "number": number,
        "pages": max(1, -(-min(total, CAP) // A_PAGE)),
        "first": (number - 1) * A_PAGE + 1,
        "facets": [(facet, found) for facet in FACETS if facet.shown and (found := _values(facet, counts, asked))],
        "asked": [(each, without(each)) for each in asked],
        "turn": turn,
        "most": MOST_VALUES,
        "kept": [(key, value) for key, value in _current() if key not in ("q", "sort", "page")],
    }
    return html("claims.html", findings, (CSV, JSON, *GRAPH_FORMATS), **values)


def _ask(findings: Findings, title: str, text: str) -> list[Row]:
    found = solutions(text, findings.version)
    findings.asked.append(Asked(title, text, found))
    return found


def _values(facet: Facet, counts: list[Row], asked: list[Chosen]) -> list[Value]:
    wanted = {each.value for each in asked if each.facet is facet}
    rows = [row for row in counts if row["facet"].value.rpartition("#")[2] == facet.name]
    return [_value(facet, row, row["value"].value in wanted) for row in rows]


def _value(facet: Facet, row: Row, is_chosen: bool) -> Value:  # noqa: FBT001 -- named by its place in Value
    pair = (facet.name, spelling(facet, row["value"].value))
    others = [each for each in _current() if each != pair and each[0] != "page"]
    where = _address(others if is_chosen else [*others, pair])
    return Value(row["value"], int(row["number"].value), where, is_chosen)


def without(asked: Chosen) -> str:
    """Return the address of this page with one value fewer."""
    return _address([each for each in _current() if each != (asked.facet.name, asked.spelled) and each[0] != "page"])


def turn(number: int) -> str:
    """Return the address of another page of these statements."""
    return _address([*(each for each in _current() if each[0] != "page"), ("page", str(number))])


def _current() -> list[tuple[str, str]]:
    return [(key, value) for key, value in request.args.items(multi=True) if value and key != "format"]


def _address(pairs: list[tuple[str, str]]) -> str:
    return f"{request.path}?{urlencode(pairs, safe='/')}" if pairs else request.path


def _order(parameters: Parameters) -> str:
    order = parameters.one("sort") or "place"
    if order not in ORDERS:
        raise HttpError(400, f"The parameter 'sort' is '{order}': expected one of {', '.join(ORDERS)}.")
    return order


def _number(parameters: Parameters) -> int:
    number = parameters.one("page") or "1"
    if not number.isdecimal() or not 0 < int(number) <= CAP:
        raise HttpError(400, f"The parameter 'page' is '{number}': expected a number from 1 to {CAP}.")
    return int(number)
