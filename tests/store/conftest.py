"""What the store's tests share: a store in a folder, a small dataset, and a function for queries."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import formats
from kg.datasets import GraphNames, Owner
from kg.store import EmbeddedStore, Query, Triple, read_graph

PREFIX = "PREFIX : <http://e.x/> "


def triples(turtle: str) -> list[Triple]:
    """Return the triples of a piece of Turtle in which `:` is a prefix."""
    return list(read_graph(f"{PREFIX}{turtle}".encode(), formats.TURTLE))


def rows(answering: Callable[[Query], object], text: str, **of_query: object) -> list[tuple[str, ...]]:
    """Return the solutions that a store's or transaction's `query` finds, as text, sorted."""
    query = Query(PREFIX + text, formats.CSV, formats.NTRIPLES, **of_query)  # type: ignore[arg-type]
    answer = answering(query)
    text = b"".join(answer.chunks).decode()  # type: ignore[attr-defined]
    return sorted(tuple(row) for row in list(csv.reader(io.StringIO(text)))[1:])


@pytest.fixture
def ask() -> Callable[..., list[tuple[str, ...]]]:
    return rows


@pytest.fixture
def turtle() -> Callable[[str], list[Triple]]:
    return triples


@pytest.fixture
def names() -> GraphNames:
    return GraphNames("http://e.x/")


@pytest.fixture
def store(tmp_path: Path, names: GraphNames) -> EmbeddedStore:
    """Return a store that nothing has been written to."""
    return EmbeddedStore.open(tmp_path / "store", names)


@pytest.fixture
def plain(tmp_path: Path, names: GraphNames) -> EmbeddedStore:
    """Return a plain store that nothing has been written to."""
    return EmbeddedStore.open(tmp_path / "plain", names, plain=True)


@pytest.fixture
def filled(original: Path, tmp_path: Path, names: GraphNames) -> EmbeddedStore:
    """Return a store with two articles and a client's graph that share a triple, and outside knowledge."""
    shutil.copytree(original, tmp_path / "store")
    return EmbeddedStore.open(tmp_path / "store", names)


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the store that tests have copies of."""
    names, folder = GraphNames("http://e.x/"), tmp_path_factory.mktemp("original")
    with EmbeddedStore.open(folder, names).write() as transaction:
        transaction.replace_graph(names.article("1"), triples(":a :p 1 . :a :p 2 ."), owner=Owner.BUILD)
        transaction.replace_graph(names.article("2"), triples(":a :p 1 . :b :p 3 ."), owner=Owner.BUILD)
        transaction.replace_graph(names.outside, triples(":a :p 9 ."), owner=Owner.BUILD)
        transaction.replace_graph("http://e.x/mine", triples(":a :p 1 . :c :p 4 ."))
        transaction.commit("filled", created="2025-01-01T00:00:00Z")
    return folder
