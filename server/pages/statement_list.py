"""The list of statements with facets, counts and a shareable URL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from kg.formats import CSV, GRAPH_FORMATS, JSON
from server.http.errors import HttpError
from server.http.parameters import Parameters, query_parameters
from server.pages.facets import (
    FACETS,
    PREFIXES,
    ChosenValue,
    Facet,
    chosen_values,
    counts_query,
    search_words,
    statement_patterns,
    value_in_address,
)
from server.pages.list_documents import list_response
from server.pages.page_queries import AnsweredQuery, PageQueries, distinct_rows
from server.pages.page_terms import PageTerm, Row, term_from_cell
from server.pages.paging import Pager, address_with, current_pairs, page_number
from server.pages.rendering import page as html
from server.pages.select_rows import solutions
from server.search import current_index
from server.search.statement_index import StatementIndex
from server.search.statement_index import StatementNumber as Place

bp = Blueprint("claims", __name__)

STATEMENTS_PER_PAGE = 25
MAX_VALUES_UNFOLDED = 12
"""Values of a facet that are visible at first; the others are folded."""
MAX_VALUES_SHOWN = 36
"""Values of a facet that a page links to; rarer values appear when the list is narrowed."""
SORT_ORDERS = {
    "place": ("where the article has it", "?article ?start", ""),
    "source": ("who says it", "?called ?article ?start", "?statement cq:source/cq:name ?called ."),
    "said": ("when it was said", "?unsaid ?said ?article ?start", ""),
}
COLUMNS_WITH_LABELS = ("act", "polarity", "certainty", "occasion", "outer", "article")
SAID_TIME_PATTERN = "OPTIONAL { ?statement cq:saidEarliest ?said } BIND(!BOUND(?said) AS ?unsaid)"


@dataclass(frozen=True)
class FacetValue:
    """A facet value on the page, its number of statements, and the URL that selects or deselects it."""

    term: PageTerm
    number: int
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class FacetChoices:
    """A facet on the page: its most frequent values and the number of other values."""

    facet: Facet
    values: list[FacetValue]
    others: int


@bp.get("/statements")
def claims() -> Response:
    """Return a page of the matching statements, or all of them as rows or triples."""
    parameters = query_parameters()
    asked, words = chosen_values(parameters), (parameters.get("q") or "").strip()
    rows = rows_query(statement_patterns(asked, words), _requested_order(parameters))
    return list_response(lambda: _page(parameters, asked, words), rows, "statement", COLUMNS_WITH_LABELS)


def rows_query(pattern: str, order: str, window: str = "") -> str:
    """Return the query for the statements that match a pattern, in a sort order."""
    _, by, needs = SORT_ORDERS[order]
    said = SAID_TIME_PATTERN if "?said" in by else ""
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


def _page(parameters: Parameters, asked: list[ChosenValue], words: str) -> Response:
    index, order = current_index(), _requested_order(parameters)
    statements, queries = index.statements, PageQueries(index.version)
    found = statements.matching(((each.facet.name, each.term) for each in asked), search_words(words))
    pager = Pager(page_number(parameters), STATEMENTS_PER_PAGE, len(found))
    here = statements.in_order(found, order)[pager.here]
    _show_queries(queries, statement_patterns(asked, words), pager.window, order)
    rows = _rows(queries, [statements.iris[each] for each in here], order)
    queries.add_names(each.value for each in asked if each.facet.prefix is not None)
    facets = [_facet_choices(facet, statements, found, asked) for facet in FACETS if facet.shown]
    queries.add_names(value.term.value for each in facets for value in each.values if value.term.is_iri)
    values: dict[str, Any] = {
        "words": words,
        "order": order,
        "orders": [(name, words_) for name, (words_, _, _) in SORT_ORDERS.items()],
        "rows": rows,
        "pager": pager,
        "facets": [each for each in facets if each.values],
        "asked": [(each, address_without(each)) for each in asked],
        "most": MAX_VALUES_UNFOLDED,
        "kept": [(key, value) for key, value in current_pairs() if key not in ("q", "sort", "page")],
    }
    return html("claims.html", queries, (CSV, JSON, *GRAPH_FORMATS), **values)


def _show_queries(queries: PageQueries, pattern: str, window: str, order: str) -> None:
    """List the queries that are equivalent to the index lookups, for the page's data menu."""
    queries.answered.append(AnsweredQuery("How many statements have each value", counts_query(pattern), []))
    queries.answered.append(AnsweredQuery("The statements of this page", rows_query(pattern, order, window), []))


def _rows(queries: PageQueries, statements: list[str], order: str) -> list[Row]:
    """Return the rows of these statements; the LIMIT makes the engine look up each, not join whole tables."""
    if not statements:
        return []
    text = rows_query(f"VALUES ?statement {{ {' '.join(statements)} }}", order, f"LIMIT {4 * STATEMENTS_PER_PAGE}")
    queries.answered[-1].rows.extend(solutions(text, queries.version))
    return distinct_rows(queries.answered[-1].rows, "statement")


def _facet_choices(
    facet: Facet, statements: StatementIndex, found: Collection[Place], asked: list[ChosenValue]
) -> FacetChoices:
    wanted = {each.term for each in asked if each.facet is facet}
    counts = statements.value_counts(found, facet.name)
    values = [_facet_value(facet, cell, number, cell in wanted) for cell, number in counts[:MAX_VALUES_SHOWN]]
    return FacetChoices(facet, values, max(0, len(counts) - MAX_VALUES_SHOWN))


def _facet_value(facet: Facet, cell: str, number: int, is_chosen: bool) -> FacetValue:  # noqa: FBT001 -- named by its place in Value
    term = term_from_cell(cell)
    pair = (facet.name, value_in_address(facet, term.value))
    others = [each for each in current_pairs() if each != pair and each[0] != "page"]
    where = address_with(others if is_chosen else [*others, pair])
    return FacetValue(term, number, where, is_chosen)


def address_without(asked: ChosenValue) -> str:
    """Return the URL of this page without one of the chosen values."""
    return address_with(
        [each for each in current_pairs() if each != (asked.facet.name, asked.spelled) and each[0] != "page"]
    )


def _requested_order(parameters: Parameters) -> str:
    order = parameters.get("sort") or "place"
    if order not in SORT_ORDERS:
        raise HttpError(400, f"The parameter 'sort' is '{order}': expected one of {', '.join(SORT_ORDERS)}.")
    return order
