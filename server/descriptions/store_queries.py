"""Runs the server's own queries on its store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kg.formats import JSON, NTRIPLES, Format
from kg.sparql.protocol import Query
from server.site import site


def select(text: str, version: str) -> list[dict[str, str]]:
    """Return the rows of a SELECT on a version, with values as strings."""
    bindings = _json_results(text, version)["results"]["bindings"]
    return [{name: term["value"] for name, term in binding.items()} for binding in bindings]


def ask(text: str, version: str) -> bool:
    """Return the result of an ASK on a version."""
    return bool(_json_results(text, version)["boolean"])


def construct(text: str, version: str, row: Format = NTRIPLES) -> Iterator[bytes]:
    """Return the serialized result of a CONSTRUCT on a version."""
    return site().store.query(Query(text, None, row, version=version)).chunks


def _json_results(text: str, version: str) -> Any:  # noqa: ANN401 -- JSON
    answer = site().store.query(Query(text, JSON, None, version=version))
    return json.loads(b"".join(answer.chunks))
