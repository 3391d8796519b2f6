"""The compiled rules infer what owlrl does, on the shipped corpus, and on the worked example too if asked.

Every rule that infers something from the worked example does so from the shipped corpus, and 36 more do. `CORPORA` is
on how many of them: one, or both (`make stress`).
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from kg.app import BuildOptions, build
from kg.store import EmbeddedStore

ROOT = Path(__file__).parents[2]
CORPORA = ("mappings", "examples/harbour-talks")[: int(os.environ.get("CORPORA", "1"))]


@pytest.mark.parametrize("corpus", CORPORA)
def test_a_corpus_of_the_repository_builds_with_a_cross_check(corpus: str, tmp_path: Path) -> None:
    steps: list[str] = []
    built = build(
        ROOT / corpus, partial(EmbeddedStore.open, tmp_path / "store"), BuildOptions(cross_check=True), steps.append
    )
    assert built.changed
    assert f"Comparing the {built.inferred:,} inferred triples with owlrl's" in steps
