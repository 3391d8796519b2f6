"""A store that queries easily overload, and its workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.store import EmbeddedStore
from kg.workers.pooled_store import PooledStore
from tests.support.worker_pool import NAMES, TRIPLES, Opening, fill, opened


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store of one version."""
    folder = tmp_path_factory.mktemp("pool") / "store"
    fill(EmbeddedStore.open(folder, NAMES), TRIPLES, "first")
    return folder


@pytest.fixture
def opening(folder: Path) -> Opening:
    """Return what opens workers over the store, with limits of one's own."""
    return lambda **limits: opened(folder, **limits)


@pytest.fixture(scope="session")
def shared(folder: Path) -> Iterator[PooledStore]:
    """Return workers for what harms none."""
    with opened(folder) as store:
        yield store
