"""The compiled rules infer what owlrl does, on the worked example, and on the shipped corpus too if asked.

`CORPORA` is on how many: one, which takes half a minute, or two (`make stress`).
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from kg.app import BuildOptions, build
from kg.store import EmbeddedStore

ROOT = Path(__file__).parents[2]
CORPORA = ("examples/harbour-talks", "mappings")[: int(os.environ.get("CORPORA", "1"))]


@pytest.mark.parametrize("corpus", CORPORA)
def test_a_corpus_of_the_repository_builds_with_a_cross_check(corpus: str, tmp_path: Path) -> None:
    steps: list[str] = []
    built = build(
        ROOT / corpus, partial(EmbeddedStore.open, tmp_path / "store"), BuildOptions(cross_check=True), steps.append
    )
    assert built.changed
    assert f"Comparing the {built.inferred:,} inferred triples with owlrl's" in steps
