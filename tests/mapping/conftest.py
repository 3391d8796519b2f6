"""A small corpus in a folder of its own, into which a test writes its article's document."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.mapping.corpora.corpus_reader import Corpus, read_corpus

HERE = Path(__file__).parent

Write = Callable[[str | bytes], Path]
Read = Callable[..., Corpus]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a corpus whose article's document is still to be written."""
    return Path(shutil.copytree(HERE / "corpus", tmp_path / "corpus"))


@pytest.fixture
def write(folder: Path) -> Write:
    """Write the article's document of the corpus and return its path."""

    def write_article(content: str | bytes) -> Path:
        document = folder / "article.yaml"
        document.write_bytes(content.encode() if isinstance(content, str) else content)
        return document

    return write_article


@pytest.fixture
def read(folder: Path, write: Write) -> Read:
    """Read the corpus with the given article's document in it."""

    def read_article(content: str | bytes, sources: Path | None = None) -> Corpus:
        write(content)
        return read_corpus(folder / "corpus.yaml", sources)

    return read_article


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Return a folder of the reader's own, with the text of `valid/everything.yaml` in it."""
    return Path(shutil.copytree(HERE / "sources", tmp_path / "texts"))


@pytest.fixture(scope="session")
def everything() -> str:
    """Return the document that has every key, anchored."""
    return (HERE / "valid" / "everything.yaml").read_text("utf-8")
