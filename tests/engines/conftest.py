"""The shipped graph in a store of ours, and pushed onto each engine of others that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import here
from tests.support.corpus_stores import corpus_store
from tests.support.engine_servers import ENGINES, EngineServer, engine_server


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of the shipped corpus."""
    return corpus_store(tmp_path_factory, "shipped")


@pytest.fixture(scope="session", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shipped: Path
) -> Iterator[EngineServer]:
    """Start an engine that has the shipped graph; skip where it is not installed."""
    with engine_server(request.param, tmp_path_factory.mktemp("engine")) as server:
        pushed = here("push", server.graphs, "--store", shipped, *server.options)
        assert pushed.status == 0, pushed.err
        yield server
