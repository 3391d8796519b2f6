"""The compiled rules infer what owlrl does, on both corpora of the repository."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from kg.app.build_options import BuildOptions
from kg.app.builds.build import build
from kg.store import EmbeddedStore

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("corpus", ["mappings", "examples/harbour-talks"])
def test_a_corpus_of_the_repository_builds_with_a_cross_check(corpus: str, tmp_path: Path) -> None:
    steps: list[str] = []
    built = build(
        ROOT / corpus, partial(EmbeddedStore.open, tmp_path / "store"), BuildOptions(cross_check=True), steps.append
    )
    assert built.changed
    assert f"Comparing the {built.inferred:,} inferred triples with owlrl's" in steps
