"""Runs a SELECT query and parses its JSON results into rows of terms."""

from __future__ import annotations

from kg.formats import JSON
from kg.sparql.protocol import Query
from kg.store.interfaces import Version
from kg.store.query_rows import json_results
from server.pages.page_terms import Row, term_from_json
from server.site import site


def solutions(text: str, version: Version) -> list[Row]:
    """Return the solutions of a SELECT over a version."""
    return variables_and_solutions(text, version)[1]


def variables_and_solutions(text: str, version: Version) -> tuple[list[str], list[Row]]:
    """Return the variables of a SELECT in its order, and its solutions over a version."""
    results = json_results(site().store, Query(text, JSON, None, version=version.name))
    rows = [{name: term_from_json(value) for name, value in row.items()} for row in results["results"]["bindings"]]
    return results["head"]["vars"], rows
