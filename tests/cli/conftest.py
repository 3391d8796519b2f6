"""A store of the tiny corpus, and copies of both to break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.command_line import TINY
from tests.support.corpus_stores import corpus_store


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of the tiny corpus; not to be written to."""
    return corpus_store(tmp_path_factory, "tiny")


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Path:
    """Return a store of one's own."""
    return Path(shutil.copytree(built, tmp_path / "store"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a copy of the tiny corpus."""
    return Path(shutil.copytree(TINY, tmp_path / "corpus"))
