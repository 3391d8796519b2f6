"""Lists of words, written as texts."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text that white space separates."""
    return frozenset(text.split())
