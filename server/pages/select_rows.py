"""Runs a SELECT query and parses its JSON results into rows of terms."""

from __future__ import annotations

import json

from kg.formats import JSON
from kg.sparql.protocol import Query
from kg.store.interfaces import Version
from server.pages.page_terms import Row, term_from_json
from server.site import site


def solutions(text: str, version: Version) -> list[Row]:
    """Return the solutions of a SELECT over a version."""
    answer = site().store.query(Query(text, JSON, None, version=version.name))
    bindings = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    return [{name: term_from_json(value) for name, value in binding.items()} for binding in bindings]
