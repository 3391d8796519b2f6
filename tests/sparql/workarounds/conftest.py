"""What the tests of rewritings share: a plain store to ask and to write to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import formats
from kg.datasets import GraphNames
from kg.store import EmbeddedStore, Query

PREFIX = "PREFIX : <http://e.x/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
Solve = Callable[[str], list[dict[str, str]]]


def solutions(store: EmbeddedStore, text: str) -> list[dict[str, str]]:
    """Return a query's solutions in their order, each term as Turtle writes it."""
    answer = store.query(Query(PREFIX + text, formats.JSON, None))
    results = ox.parse_query_results(b"".join(answer.chunks), ox.QueryResultsFormat.JSON)
    assert isinstance(results, ox.QuerySolutions)
    names = [variable.value for variable in results.variables]
    return [{name: str(row[name]) for name in names if row[name] is not None} for row in results]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Return a plain store that a module's tests share."""
    folder: Path = tmp_path_factory.mktemp("workarounds")
    return EmbeddedStore.open(folder, GraphNames(""), plain=True)


@pytest.fixture(scope="module")
def solve(store: EmbeddedStore) -> Solve:
    """Return what answers a query with its solutions."""
    return lambda text: solutions(store, text)
