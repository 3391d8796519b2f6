"""The queries of a page and their results, and the names of all things in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from kg.datasets import GraphNames
from kg.iterables import grouped
from kg.sparql.query_terms import literal_in_query
from kg.store.interfaces import Version
from server.pages.queried_data.passage_display import DisplayedPassage, displayed_passages
from server.pages.queried_data.select_queries import load_query, select_rows, solutions
from server.pages.queried_data.thing_names import Names, names_of, side_letters
from server.pages.terms.page_terms import PageTerm, Row
from server.site import site

UNLABELLED_VARIABLES = frozenset(("graph", "passage", "link", "holding", "digest"))


@dataclass(frozen=True)
class AnsweredQuery:
    """A query of a page: its title, its text as sent, and its rows."""

    title: str
    text: str
    rows: list[Row]

    @property
    def is_cut(self) -> bool:
        """Return whether it has as many rows as its LIMIT allows, so that there may be more."""
        # The limit of the whole query is at its end; that of a subquery is not.
        limit = re.search(r"\bLIMIT (\d+)\s*\Z", self.text)
        return limit is not None and len(self.rows) >= int(limit[1])


@dataclass
class PageQueries:
    """Runs the queries of one page on one version, and collects them with their results."""

    version: Version
    answered: list[AnsweredQuery] = field(default_factory=list)
    _extra_names: set[str] = field(default_factory=set)

    def select(self, name: str, **terms: str) -> list[Row]:
        """Return the rows of a query file, with SPARQL terms substituted for its `$` variables.

        `$collections` is the value of `collections_term()`.
        """
        return self.run(*load_query(name, collections=collections_term(), **terms))

    def run(self, title: str, text: str) -> list[Row]:
        """Return the rows of a query, which is run once, and list it among those of the page."""
        # Parts of a page run the same query independently of each other.
        known = next((query.rows for query in self.answered if query.text == text), None)
        return self.add(title, text, solutions(text, self.version)) if known is None else known

    def add(self, title: str, text: str, rows: list[Row]) -> list[Row]:
        """Add a query and its rows to those that the page lists; things in the rows get names. Return the rows."""
        self.answered.append(AnsweredQuery(title, text, rows))
        return rows

    def add_names(self, iris: Iterable[str]) -> None:
        """Look up the names of these IRIs too, immediately if other names have been looked up."""
        new = {*iris}
        self._extra_names |= new
        if "names" in vars(self) and (unknown := new - self.names.known.keys()):
            self.names.known.update(names_of(unknown, self.version).known)

    @cached_property
    def names(self) -> Names:
        """Return the names of all IRIs in the results and of those added; use it only after all queries."""
        cells = (cell for query in self.answered for row in query.rows for cell in row.items())
        iris = {value.value for key, value in cells if value.is_iri and key not in UNLABELLED_VARIABLES}
        return names_of({*iris, *self._extra_names, *side_letters(self.version)}, self.version)

    @cached_property
    def passages_shown(self) -> dict[str, DisplayedPassage]:
        """Return the passages in the results, by IRI; looked up once, like the names."""
        passages = {row["passage"].sparql for query in self.answered for row in query.rows if "passage" in row}
        if not passages:
            return {}
        rows = select_rows("passages-shown", self.version, passages=" ".join(sorted(passages)))
        shown = displayed_passages(rows, self.version)
        return {passage.row["passage"].value: passage for passage in shown}


def collections_term() -> str:
    """Return what the names of collections' graphs start with, in SPARQL: these have no facts of the articles."""
    return literal_in_query(GraphNames(site().base).collection(""))


def origin(graph: PageTerm | None) -> str:
    """Return the origin of a graph's facts: asserted, inferred or outside."""
    names = GraphNames(site().base)
    kinds = {names.inferred: "inferred", names.outside: "outside"}
    return kinds.get(graph.value, "asserted") if graph else "asserted"


def split_inferred(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows that are not inferred, and those that are, each in order."""
    listed = [(row, origin(row.get("graph")) == "inferred") for row in rows]
    return [row for row, inferred in listed if not inferred], [row for row, inferred in listed if inferred]


def rows_by(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    """Return rows grouped by the value of a variable."""
    return grouped((row[key].value, row) for row in rows)


def distinct_rows(rows: Iterable[Row], *keys: str) -> list[Row]:
    """Return one row per combination of these variables, preferring asserted facts to inferred ones."""
    distinct: dict[tuple[PageTerm | None, ...], Row] = {}
    for row in sorted(rows, key=lambda row: ORIGIN_ORDER[origin(row.get("graph"))]):
        distinct.setdefault(tuple(row.get(key) for key in keys), row)
    return list(distinct.values())


ORIGIN_ORDER = {"asserted": 0, "outside": 1, "inferred": 2}
