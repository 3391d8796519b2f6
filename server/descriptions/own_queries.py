"""Queries that the server asks of its own store, for its pages and descriptions."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg.errors import RequestError
from kg.formats import JSON, NTRIPLES, Format
from kg.sparql.protocol import Query
from server.site import site

FORBIDDEN = frozenset('<>"{}|\\^`')


def iri(value: str) -> str:
    """Return an IRI as it stands in a query, or raise RequestError where it holds what no IRI holds."""
    if ":" not in value or any(character in FORBIDDEN or character <= " " for character in value):
        raise RequestError(f"'{value}' is not an absolute IRI.")
    return f"<{value}>"


def rows(text: str, version: str) -> list[dict[str, str]]:
    """Return the solutions of a SELECT over a version, each variable's value as a string."""
    answer = site().store.query(Query(text, JSON, None, version=version))
    bindings = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    return [{name: term["value"] for name, term in binding.items()} for binding in bindings]


def holds(text: str, version: str) -> bool:
    """Tell the answer of an ASK over a version."""
    answer = site().store.query(Query(text, JSON, None, version=version))
    return bool(json.loads(b"".join(answer.chunks))["boolean"])


def triples(text: str, version: str, row: Format = NTRIPLES) -> Iterator[bytes]:
    """Return what a CONSTRUCT over a version gives, in a format."""
    return site().store.query(Query(text, None, row, version=version)).chunks
