"""The list of statements with facets, counts and a shareable URL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response

from kg.formats import CSV, GRAPH_FORMATS, JSON
from kg.store.interfaces import Version
from server.http.parameters import Parameters, query_parameters
from server.pages.lists.facets import ChosenValue, chosen_values, counts_query, statement_patterns, value_in_address
from server.pages.lists.mentions import mentions
from server.pages.paging.list_responses import STATEMENT_COLUMNS, list_response
from server.pages.paging.pager import Pager, address_with, current_pairs, page_number
from server.pages.queried_data.page_queries import PageQueries, distinct_rows
from server.pages.queried_data.select_queries import solutions
from server.pages.queried_data.thing_names import Names
from server.pages.rendering.page_rendering import page as html
from server.pages.terms.page_terms import PageTerm, Row, term_from_cell
from server.search.index_cache import current_index
from server.search.record_paths import PREFIXES
from server.search.statement_facets import FACETS, Facet
from server.search.statement_index import StatementIndex
from server.search.statement_orders import ORDERS
from server.search.statement_sets import StatementSet
from server.search.tsv_cells import iri
from server.search.version_index import Index

# The endpoint claims.claims is an operation's id in the OpenAPI description, by which generated clients name a method.
bp = Blueprint("claims", __name__)

STATEMENTS_PER_PAGE = 25
# The other values are folded.
MAX_VALUES_UNFOLDED = 12
# Rarer values appear when the list is narrowed.
MAX_VALUES_SHOWN = 36
COLUMNS_WITH_LABELS = (*(name for name in STATEMENT_COLUMNS if name != "source"), "outerPolarity")
# Contents are joined in a fixed order, since engines find values in different orders. The polarity is that of the
# content: the gist has its "not" already.
WORDS_PATTERN = """
  OPTIONAL { ?statement cq:quote ?quote }
  OPTIONAL {
    SELECT ?statement (GROUP_CONCAT(?part; SEPARATOR=" ") AS ?content) WHERE {
      SELECT DISTINCT ?statement ?part WHERE { ?statement cq:says/cq:gist ?part } ORDER BY ?part
    }
    GROUP BY ?statement
  }"""
SIDE_PATTERN = """
  OPTIONAL {{
    SELECT ?statement (GROUP_CONCAT(?party; SEPARATOR="; ") AS ?side) WHERE {{
      SELECT DISTINCT ?statement ?party WHERE {{
        {pattern}
        ?statement cq:sourceSide ?taken .
        FILTER EXISTS {{ ?participation cq:side ?taken }}
        ?taken cq:name ?party
      }}
      ORDER BY ?party
    }}
    GROUP BY ?statement
  }}"""


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


@bp.get("/statements", endpoint="claims")
def statements() -> Response:
    """Return a page of the matching statements, or all of them as rows or triples."""
    parameters = query_parameters()
    chosen, words = chosen_values(parameters), (parameters.get("q") or "").strip()
    order = parameters.choice("sort", ORDERS, "place")
    index = current_index()
    spelt = index.texts.spelt(words)
    pattern = statement_patterns(chosen, spelt)
    rows = rows_query(pattern, order, beside=WORDS_PATTERN + SIDE_PATTERN.format(pattern=pattern))
    return list_response(
        partial(_page, index, parameters, chosen, words, spelt, order), rows, "statement", COLUMNS_WITH_LABELS
    )


def rows_query(pattern: str, order: str, window: str = "", beside: str = "") -> str:
    """Return the query for the statements that match a pattern, in a sort order; `beside` has additional patterns."""
    sorting = ORDERS[order]
    ordered = f"?statement ?article {sorting.bound}"
    return f"""{PREFIXES}
SELECT ?statement ?gist ?source ?sourceName ?side ?quote ?content ?act ?polarity ?certainty ?behalf
  ?outer ?outerPolarity ?occasion ?article ?passage ?paragraph ?start ?end
WHERE {{
  {{
    SELECT {ordered} (MIN(?begin) AS ?start) WHERE {{
  {pattern}
      ?statement cq:statedIn ?article ; cq:evidence/oa:hasSelector/oa:start ?begin . {sorting.pattern}
    }}
    GROUP BY {ordered}
    ORDER BY {sorting.variables} {window}
  }}
  ?statement cq:gist ?gist ; cq:source ?source ; cq:act ?act ; cq:polarity ?polarity ; cq:certainty ?certainty .
  ?source cq:name ?sourceName .
  ?statement cq:evidence ?passage .
  ?passage oa:hasSelector ?selector .
  ?selector oa:start ?start ; oa:end ?end .
  OPTIONAL {{ ?passage cq:paragraph ?paragraph }}
  OPTIONAL {{ ?statement cq:onBehalfOf ?behalf }}
  OPTIONAL {{ ?statement cq:occasion ?occasion }}
  OPTIONAL {{ ?passing cq:relays ?statement ; cq:source ?outer OPTIONAL {{ ?passing cq:polarity ?outerPolarity }} }}
  {beside}
}}
ORDER BY {sorting.variables}
"""


def _page(  # noqa: PLR0913, PLR0917 -- what the address says
    index: Index,
    parameters: Parameters,
    chosen: list[ChosenValue],
    words: str,
    spelt: Sequence[Sequence[str]],
    order: str,
) -> Response:
    statements, queries = index.statements, PageQueries(index.version)
    matching = _matching(statements, chosen, spelt)
    pager = Pager(page_number(parameters), STATEMENTS_PER_PAGE, len(matching))
    here = statements.iris(statements.in_order(matching, order, pager.here))
    # Listed for the reader, not run: they are equivalent to the lookup in the index, and then by IRI.
    pattern = statement_patterns(chosen, spelt)
    queries.add("How many of these statements have each value", counts_query(pattern), [])
    listed = rows_query(pattern, order, pager.window)
    rows = queries.add("The statements of this page", listed, _rows(here, order, index.version))
    leads = mentions(index, chosen, words)
    facets = [_facet_choices(facet, statements, matching, chosen, spelt) for facet in FACETS if facet.shown]
    queries.add_names(value.value for value in chosen if value.facet.prefix is not None)
    queries.add_names(lead.thing.value for lead in leads)
    queries.add_names(value.term.value for facet in facets for value in facet.values if value.term.is_iri)
    # Whether values share a name depends on the names found here: the articles' own are looked up afterwards.
    articles = _articles_of_alike(facets, statements, queries.names)
    queries.add_names(articles.values())
    values = {
        "articles": articles,
        "words": words,
        "order": order,
        "orders": [(name, sorting.title) for name, sorting in ORDERS.items()],
        "rows": distinct_rows(rows, "statement"),
        "pager": pager,
        "facets": [facet for facet in facets if facet.values],
        "mentions": leads,
        "chosen": [(value, address_with(_pairs_without((value.facet.name, value.spelled)))) for value in chosen],
        "max_unfolded": MAX_VALUES_UNFOLDED,
        "hidden_fields": [(key, value) for key, value in current_pairs() if key not in ("q", "sort", "page")],
    }
    return html("statements.html", queries, (CSV, JSON, *GRAPH_FORMATS), **values)


def _rows(statements: list[str], order: str, version: Version) -> list[Row]:
    """Return the rows of statements: one for each passage and each party on whose behalf it is made."""
    if not statements:
        return []
    # The LIMIT makes the engine look up each statement rather than join whole tables.
    text = rows_query(f"VALUES ?statement {{ {' '.join(statements)} }}", order, f"LIMIT {4 * STATEMENTS_PER_PAGE}")
    return solutions(text, version)


def _matching(
    statements: StatementIndex, chosen: Iterable[ChosenValue], words: Iterable[Sequence[str]]
) -> StatementSet:
    return statements.matching(((value.facet.name, value.term) for value in chosen), words)


def _facet_choices(
    facet: Facet,
    statements: StatementIndex,
    matching: StatementSet,
    chosen: list[ChosenValue],
    words: Sequence[Sequence[str]],
) -> FacetChoices:
    """Return the values of a facet among the statements that match the other facets and the words."""
    chosen_terms = {value.term for value in chosen if value.facet is facet}
    if chosen_terms:
        matching = _matching(statements, (value for value in chosen if value.facet is not facet), words)
    # Chosen values come first, since they can only be deselected if they are shown.
    counts, total = statements.value_counts(matching, facet.name, MAX_VALUES_SHOWN, chosen_terms)
    values = [_facet_value(facet, cell, number, is_chosen=cell in chosen_terms) for cell, number in counts]
    return FacetChoices(facet, values, max(0, total - MAX_VALUES_SHOWN))


def _articles_of_alike(
    facets: Iterable[FacetChoices], statements: StatementIndex, names: Names
) -> dict[tuple[str, str], str]:
    """Return by facet and value the article of values that share a name in one box, if it is a single article."""
    # Each article has a voice of its own, and all of them are called the article.
    articles: dict[tuple[str, str], str] = {}
    for choices in facets:
        things = [value.term.value for value in choices.values if value.term.is_iri]
        labels = Counter(names[thing].label for thing in things)
        for thing in (thing for thing in things if labels[names[thing].label] > 1):
            if article := statements.only_article(choices.facet.name, f"<{thing}>"):
                articles[choices.facet.name, thing] = iri(article)
    return articles


def _facet_value(facet: Facet, cell: str, number: int, *, is_chosen: bool) -> FacetValue:
    term = term_from_cell(cell)
    pair = (facet.name, value_in_address(facet, term.value))
    others = _pairs_without(pair)
    return FacetValue(term, number, address_with(others if is_chosen else [*others, pair]), is_chosen)


def _pairs_without(pair: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the parameters of the current URL without one of them, for the first page of that list."""
    return [(key, value) for key, value in current_pairs() if (key, value) != pair and key != "page"]
