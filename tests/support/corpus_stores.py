"""Stores of corpora of the repository, each built once a run; not to be written to."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from kg.app.builds.build import build
from kg.shipped_files import mappings_folder
from kg.store import EmbeddedStore
from tests.support.built_once import built_once
from tests.support.tiny_corpus import QUICKLY, TINY

EXAMPLES = Path(__file__).parents[2] / "examples"
CORPORA = {
    "tiny": TINY,
    "shipped": mappings_folder(),
    "harbour": EXAMPLES / "harbour-talks",
    "series": EXAMPLES / "strait-series",
    "wikinews": EXAMPLES / "wikinews",
}


def corpus_store(factory: pytest.TempPathFactory, name: str) -> Path:
    """Return the folder of the store of a corpus."""

    def build_corpus(folder: Path) -> object:
        return build(CORPORA[name], partial(EmbeddedStore.open, folder / "store"), QUICKLY)

    return built_once(factory, f"corpus-{name}", build_corpus) / "store"
