"""How much work it takes to choose text fragments in texts that repeat themselves, counted in calls."""

from __future__ import annotations

from cProfile import Profile

import pytest

from kg.mapping.passages.text_fragments import text_fragments
from kg.mapping.passages.text_spans import TextSpan

MAX_GROWTH = 3.0
"""Of twice the text twice the work is expected; by its square it would be four times."""


def calls_to_choose(text: str, length: int) -> int:
    """Return how many functions are called to choose the fragments of passages of a length, one after the other."""
    spans = [TextSpan(start, start + length) for start in range(0, len(text) - length, 2 * length)]
    profile = Profile()
    profile.runcall(text_fragments, text, spans)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("repeated", ["(", "'a", "(a ", "“a” ", "- "])
def test_work_for_fragments_grows_with_the_length_of_a_text_that_repeats_itself(repeated: str) -> None:
    short, long = (calls_to_choose(repeated * (size // len(repeated)), 24) for size in (1_200, 2_400))
    assert long < MAX_GROWTH * short
