"""The store of the worked example, built once a run."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from kg.app import BuildOptions, build
from kg.store import EmbeddedStore
from tests.support.built_once import built_once

ROOT = Path(__file__).parents[2]
HARBOUR_BASE = "https://example.org/communique/"


def harbour_store(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the store; not to be written to."""
    corpus, options = ROOT / "examples" / "harbour-talks", BuildOptions(cross_check=False)
    return (
        built_once(
            factory, "harbour", lambda folder: build(corpus, partial(EmbeddedStore.open, folder / "store"), options)
        )
        / "store"
    )
