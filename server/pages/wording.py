"""How the words that one telling quotes differ from those of the fullest: shortened, changed, or the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

SINGLE_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
MIN_SHARED_WORDS = 0.3
"""The share of words in common from which what differs is told word by word."""
SAME, FULLEST = "the same words", "the fullest of them"
REPORTED = "in the reporter\u2019s words"


def fullest(wordings: Sequence[str]) -> str:
    """Return the wording with most words, the first of several."""
    return max(wordings, key=lambda wording: len(_words(wording)), default="")


def wording_difference(words: str, fuller: str) -> str:
    """Return how a wording differs from the fullest, as in "leaves out \u201cand not one day longer\u201d"."""
    own, others = _words(words), _words(fuller)
    matcher = SequenceMatcher(None, _folded(others), _folded(own), autojunk=False)
    if matcher.ratio() == 1:
        return FULLEST if words == fuller else SAME
    if matcher.ratio() < MIN_SHARED_WORDS:
        return "in other words"
    return "; ".join(_differences(matcher, others, own))


def _differences(matcher: SequenceMatcher[str], others: list[str], own: list[str]) -> Iterator[str]:
    for change, start, end, own_start, own_end in matcher.get_opcodes():
        there, here = (f"\u201c{' '.join(words)}\u201d" for words in (others[start:end], own[own_start:own_end]))
        if change == "delete":
            yield f"leaves out {there}"
        elif change == "insert":
            yield f"adds {here}"
        elif change == "replace":
            yield f"has {here} for {there}"


def _words(text: str) -> list[str]:
    return SINGLE_WORD.findall(text)


def _folded(words: list[str]) -> list[str]:
    return [word.casefold() for word in words]
