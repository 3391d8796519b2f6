"""Runs the server's own queries on its store."""

from __future__ import annotations

from collections.abc import Iterator

from kg.formats import JSON, NTRIPLES, Format
from kg.sparql.protocol import Query
from kg.store.query_rows import json_results, select_rows
from server.site import site


def select(text: str, version: str) -> list[dict[str, str]]:
    """Return the rows of a SELECT on a version, with values as strings."""
    return select_rows(site().store, text, version)


def ask(text: str, version: str) -> bool:
    """Return the result of an ASK on a version."""
    return bool(json_results(site().store, Query(text, JSON, None, version=version))["boolean"])


def construct(text: str, version: str, format_: Format = NTRIPLES) -> Iterator[bytes]:
    """Return the serialized result of a CONSTRUCT on a version."""
    return site().store.query(Query(text, None, format_, version=version)).chunks
