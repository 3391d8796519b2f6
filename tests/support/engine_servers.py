"""Engines of others as tests start them: each on an empty database, on ports of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.virtuoso import NAME, PASSWORD, program, virtuoso
from tests.support.oxigraph_server import oxigraph_server

ENGINES = ("oxigraph", "virtuoso")


@dataclass(frozen=True)
class EngineServer:
    """A running server: the address and login for graphs, and the address for queries."""

    graphs: str
    query: str
    options: tuple[str, ...] = ()


@contextmanager
def engine_server(name: str, folder: Path) -> Iterator[EngineServer]:
    """Run an engine; skip the test where it is not installed."""
    if name == "oxigraph":
        with oxigraph_server() as address:
            yield EngineServer(f"{address}/store", f"{address}/query")
        return
    if program() is None:
        pytest.skip("virtuoso-t is not installed (Debian's virtuoso-opensource-7-bin)")
    with virtuoso(folder) as (port, _):
        here, options = f"http://127.0.0.1:{port}", ("--user", f"{NAME}:{PASSWORD}", "--digest")
        yield EngineServer(f"{here}/sparql-graph-crud-auth", f"{here}/sparql", options)
