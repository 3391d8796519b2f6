"""The shipped graph in a store of ours, and pushed onto each engine of others that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from kg.app import BuildOptions, build
from kg.shipped_files import mappings_folder
from kg.store import EmbeddedStore
from tests.support.built_once import built_once
from tests.support.command_line import kg
from tests.support.engine_servers import ENGINES, EngineServer, engine_server


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of the shipped corpus."""

    def built(folder: Path) -> object:
        return build(mappings_folder() / "corpus.yaml", partial(EmbeddedStore.open, folder / "store"), BuildOptions())

    return built_once(tmp_path_factory, "shipped-for-engines", built) / "store"


@pytest.fixture(scope="session", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shipped: Path
) -> Iterator[EngineServer]:
    """Start an engine that has the shipped graph; skip where it is not installed."""
    with engine_server(request.param, tmp_path_factory.mktemp("engine")) as server:
        pushed = kg("push", server.graphs, "--store", shipped, *server.options)
        assert pushed.status == 0, pushed.err
        yield server
