"""Queries of the server on its own store, for pages and descriptions."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg.errors import RequestError
from kg.formats import JSON, NTRIPLES, Format
from kg.sparql.protocol import Query
from server.site import site

FORBIDDEN_IN_IRI = frozenset('<>"{}|\\^`')


def iri_in_query(value: str) -> str:
    """Return an IRI in SPARQL syntax. Raises RequestError if it is not an absolute IRI."""
    if ":" not in value or any(character in FORBIDDEN_IN_IRI or character <= " " for character in value):
        raise RequestError(f"'{value}' is not an absolute IRI.")
    return f"<{value}>"


def rows(text: str, version: str) -> list[dict[str, str]]:
    """Return the rows of a SELECT on a version, with values as strings."""
    answer = site().store.query(Query(text, JSON, None, version=version))
    bindings = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    return [{name: term["value"] for name, term in binding.items()} for binding in bindings]


def holds(text: str, version: str) -> bool:
    """Return the result of an ASK on a version."""
    answer = site().store.query(Query(text, JSON, None, version=version))
    return bool(json.loads(b"".join(answer.chunks))["boolean"])


def triples(text: str, version: str, row: Format = NTRIPLES) -> Iterator[bytes]:
    """Return the serialized result of a CONSTRUCT on a version."""
    return site().store.query(Query(text, None, row, version=version)).chunks
