"""Letters for the two main sides of a conflict."""

from __future__ import annotations

from collections.abc import Mapping


def assign_side_letters(counts: Mapping[str, int]) -> dict[str, str]:
    """Return the letters a and b for the two sides with the most participants."""
    main_sides = sorted(counts, key=lambda side: (-counts[side], side))[:2]
    return dict(zip(main_sides, "ab", strict=False))
