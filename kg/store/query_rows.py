"""Complete answers to the program's own queries over a store."""

from __future__ import annotations

import json
from typing import Any

from kg.formats import JSON
from kg.sparql.protocol import STORED, Query, RequestDataset
from kg.store.interfaces import Store


def json_results(store: Store, query: Query) -> Any:  # noqa: ANN401 -- JSON
    """Return the answer to a SELECT or ASK in the structure of SPARQL JSON, which must be the query's format."""
    return json.loads(b"".join(store.query(query).chunks))


def select_rows(
    store: Store, text: str, version: str | None = None, dataset: RequestDataset = STORED
) -> list[dict[str, str]]:
    """Return the rows of a SELECT, with values as strings."""
    results = json_results(store, Query(text, JSON, None, dataset, version))
    return [{name: term["value"] for name, term in row.items()} for row in results["results"]["bindings"]]
