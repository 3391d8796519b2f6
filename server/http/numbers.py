"""Whole numbers in texts from outside: Python refuses those of more than 4,300 digits with an error of its own."""

from __future__ import annotations

import re

DIGITS = re.compile(r"[0-9]{1,15}")


def whole_number(text: str) -> int | None:
    """Return the number that a text of up to 15 ASCII digits spells, None for any other text."""
    return int(text) if DIGITS.fullmatch(text) else None
