"""A tiny corpus, built once for all tests of this folder, and copies of it to break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.corpus_stores import corpus_store
from tests.support.tiny_corpus import TINY


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store that holds the tiny corpus; not to be written to."""
    return corpus_store(tmp_path_factory, "tiny")


@pytest.fixture
def folder(first: Path, tmp_path: Path) -> Path:
    """Return a store of one's own that holds the tiny corpus."""
    return Path(shutil.copytree(first, tmp_path / "store"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a copy of the tiny corpus."""
    return Path(shutil.copytree(TINY, tmp_path / "corpus"))
