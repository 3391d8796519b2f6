"""The SELECT queries of pages: one file each, with `$` variables in place of terms; filters; and solutions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from rdflib import XSD

from kg.formats import JSON
from kg.moments import Moment
from kg.sparql.protocol import Query
from kg.store.interfaces import Version
from kg.store.query_rows import json_results
from server.pages.terms.page_terms import Row, term_from_json
from server.site import site

QUERIES_FOLDER = Path(__file__).parents[1] / "queries"


def load_query(name: str, **terms: str) -> tuple[str, str]:
    """Return a query's title (its first comment) and its text with terms substituted for variables."""
    title, text = _read_query_file(name)
    return title, fill_variables(text, terms)


def fill_variables(text: str, terms: Mapping[str, str]) -> str:
    """Return a query with terms substituted for its `$` variables."""
    # In one pass: a term may itself contain a dollar sign and a name.
    return re.sub(r"\$(\w+)", lambda variable: terms.get(variable[1], variable[0]), text)


@cache
def _read_query_file(name: str) -> tuple[str, str]:
    text = (QUERIES_FOLDER / f"{name}.rq").read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    return first.lstrip("# ").strip(), rest.strip() + "\n"


def with_filters(text: str, filters: Iterable[str]) -> str:
    """Return a query with additional patterns at the end of its WHERE clause."""
    # Solution modifiers have no braces: the last one closes the WHERE clause.
    head, _, tail = text.rpartition("}")
    return "\n  ".join((head.rstrip(), *filters)) + "\n}" + tail


def in_utc(variable: str) -> str:
    """Return an expression that adds UTC if a moment has no offset: SPARQL cannot compare the two kinds of moments."""
    dated = f'STRDT(CONCAT(STR(<{XSD.dateTime}>({variable})), "Z"), <{XSD.dateTime}>)'
    return f'IF(TZ({variable}) = "", {dated}, {variable})'


def moment_in_query(when: Moment) -> str:
    """Return a moment in SPARQL syntax."""
    return f'"{when}"^^<{XSD.dateTime}>'


def select_rows(name: str, version: Version, **terms: str) -> list[Row]:
    """Return the solutions of a query file, with terms substituted for its variables, over a version."""
    return solutions(load_query(name, **terms)[1], version)


def solutions(text: str, version: Version) -> list[Row]:
    """Return the solutions of a SELECT over a version."""
    return variables_and_solutions(text, version)[1]


def variables_and_solutions(text: str, version: Version) -> tuple[list[str], list[Row]]:
    """Return the variables of a SELECT, in order, and its solutions over a version."""
    results = json_results(site().store, Query(text, JSON, None, version=version.name))
    rows = [{name: term_from_json(value) for name, value in row.items()} for row in results["results"]["bindings"]]
    return results["head"]["vars"], rows
