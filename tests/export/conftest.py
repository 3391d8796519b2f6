"""A small dataset that holds what is hard to write, and the worked example's."""

from __future__ import annotations

import io
from pathlib import Path

import networkx as nx
import pytest

from kg import formats
from kg.app.corpus_dataset import read_corpus_dataset
from kg.app.export import export_projection
from kg.export.graph_documents import GraphsByName
from kg.export.projections import projection_by_name
from kg.formats import Format
from kg.store import open_store
from tests.support.corpus_stores import corpus_store
from tests.support.export_datasets import HARBOUR


@pytest.fixture(scope="session")
def harbour() -> GraphsByName:
    """Return the graphs that a build makes of the worked example, without what is inferred."""
    return dict(read_corpus_dataset(HARBOUR).built.items())


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store of the worked example."""
    return corpus_store(tmp_path_factory, "harbour")


def document(store: Path, name: str, format_: Format) -> bytes:
    """Return a projection of a store in a format."""
    return b"".join(export_projection(open_store(store), (), projection_by_name(name), format_))


def graph(store: Path, name: str) -> nx.MultiDiGraph:
    """Return a projection of a store as networkx reads it."""
    return nx.read_gexf(io.BytesIO(document(store, name, formats.GEXF)), version="1.3")
