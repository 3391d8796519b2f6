"""A store of the worked example."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from kg.app import build
from kg.store import EmbeddedStore
from tests.support.built_once import built_once
from tests.support.export_datasets import HARBOUR
from tests.support.tiny_corpus import QUICKLY


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its folder."""
    return built_once(
        tmp_path_factory, "projected", lambda folder: build(HARBOUR, partial(EmbeddedStore.open, folder), QUICKLY)
    )
