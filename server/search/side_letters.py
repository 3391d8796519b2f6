"""The two parties, and who belongs to them."""

from __future__ import annotations

from collections.abc import Mapping


def letters(counts: Mapping[str, int]) -> dict[str, str]:
    """Return the letters of the two sides on which most participants are, of how many are on each."""
    most = sorted(counts, key=lambda each: (-counts[each], each))[:2]
    return dict(zip(most, "ab", strict=False))
