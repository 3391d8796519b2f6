"""A store of the worked example."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.corpus_stores import corpus_store


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its folder."""
    return corpus_store(tmp_path_factory, "harbour")
