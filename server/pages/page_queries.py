"""The queries of a page and their results, and the names of all things in them.

Each query is a file. Its parameters, such as `$this`, are SPARQL variables, so that the file is a valid query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from kg.datasets import GraphNames
from kg.store.interfaces import Version
from server.pages.page_terms import PageTerm, Row
from server.pages.select_rows import solutions
from server.pages.thing_names import Names, names_of, side_letters
from server.site import site

QUERIES = Path(__file__).with_name("queries")


UNLABELLED_VARIABLES = frozenset(("graph", "passage", "link", "holding", "digest"))
"""Variables whose values pages show without a label."""


@dataclass(frozen=True)
class AnsweredQuery:
    """A query of a page: its title, its text as sent, and its rows."""

    title: str
    text: str
    rows: list[Row]


@dataclass
class PageQueries:
    """Runs the queries of one page on one version, and collects them with their results."""

    version: Version
    answered: list[AnsweredQuery] = field(default_factory=list)
    _extra_names: set[str] = field(default_factory=set)

    def select(self, name: str, **terms: str) -> list[Row]:
        """Return the rows of a query file, with SPARQL terms substituted for its `$` variables."""
        title, text = load_query(name, **terms)
        found = solutions(text, self.version)
        self.answered.append(AnsweredQuery(title, text, found))
        return found

    def add_names(self, iris: Iterable[str]) -> None:
        """Look up the names of these IRIs too."""
        self._extra_names.update(iris)

    @cached_property
    def names(self) -> Names:
        """Return the names of all IRIs in the results; looked up once, so access it after all queries."""
        cells = (cell for asked in self.answered for row in asked.rows for cell in row.items())
        found = {value.value for key, value in cells if value.is_iri and key not in UNLABELLED_VARIABLES}
        return names_of({*found, *self._extra_names, *side_letters(self.version)}, self.version)


def load_query(name: str, **terms: str) -> tuple[str, str]:
    """Return a query's title (its first comment) and its text with terms substituted for variables."""
    title, text = _read_query_file(name)
    return title, fill_variables(text, terms)


def fill_variables(text: str, terms: Mapping[str, str]) -> str:
    """Return a query with terms substituted for its `$` variables."""
    for variable, spelled in terms.items():
        text = re.sub(rf"\${variable}\b", lambda _, spelled=spelled: spelled, text)  # type: ignore[misc]
    return text


def origin(graph: PageTerm | None) -> str:
    """Return the origin of a graph's facts: asserted, inferred or outside."""
    names = GraphNames(site().base)
    kinds = {names.inferred: "inferred", names.outside: "outside"}
    return kinds.get(graph.value, "asserted") if graph else "asserted"


def distinct_rows(rows: Iterable[Row], *keys: str) -> list[Row]:
    """Return one row per combination of these variables, preferring asserted facts to inferred ones."""
    found: dict[tuple[PageTerm | None, ...], Row] = {}
    for row in sorted(rows, key=lambda each: ORIGIN_ORDER[origin(each.get("graph"))]):
        found.setdefault(tuple(row.get(key) for key in keys), row)
    return list(found.values())


ORIGIN_ORDER = {"asserted": 0, "outside": 1, "inferred": 2}


@cache
def _read_query_file(name: str) -> tuple[str, str]:
    text = (QUERIES / f"{name}.rq").read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    return first.lstrip("# ").strip(), rest.strip() + "\n"
