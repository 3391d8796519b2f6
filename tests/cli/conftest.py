"""The real `kg`, run as a process or within this one, and a store that it has built from the tiny corpus."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.command_line import TINY, kg


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store that `kg build` has made of the tiny corpus; not to be written to."""
    store = tmp_path_factory.mktemp("built") / "store"
    ran = kg("build", TINY, "--store", store, "--no-cross-check")
    assert ran.status == 0, ran.err
    return store


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Path:
    """Return a store of one's own."""
    return Path(shutil.copytree(built, tmp_path / "store"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a copy of the tiny corpus."""
    return Path(shutil.copytree(TINY, tmp_path / "corpus"))
