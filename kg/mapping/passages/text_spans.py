"""Passages as spans of code points, in the short form START-END, and the paragraphs that contain them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

OFFSETS_PATTERN = re.compile(r"(0|[1-9][0-9]{0,8})-(0|[1-9][0-9]{0,8})")
PARAGRAPH = re.compile(r"^[^\n]*\S", re.MULTILINE)


class TextSpan(NamedTuple):
    """A half-open range of code points of one text."""

    start: int
    end: int

    @classmethod
    def read(cls, short: str) -> TextSpan | None:
        """Read the short form START-END; return None if it has another form, is empty or runs backwards."""
        match = OFFSETS_PATTERN.fullmatch(short)
        span = cls(int(match[1]), int(match[2])) if match else None
        return span if span and span.start < span.end else None

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    def joined(self, spans: Iterable[TextSpan]) -> TextSpan:
        """Return the shortest span that contains this one and some others."""
        starts, ends = zip(self, *spans, strict=True)
        return TextSpan(min(starts), max(ends))

    def of(self, text: str) -> str:
        """Return the characters of a text that the span selects."""
        return text[self.start : self.end]

    def overlaps(self, *others: TextSpan) -> bool:
        """Return whether this span shares a character with one of some others."""
        return any(self.start < other.end and other.start < self.end for other in others)

    def takes_in(self, inner: TextSpan) -> bool:
        """Return whether this span contains another one."""
        return self.start <= inner.start and inner.end <= self.end


def paragraph_starts(text: str) -> list[int]:
    """Return where the paragraphs of a text begin: its lines that are not empty, the first of which is the title."""
    return [match.start() for match in PARAGRAPH.finditer(text)]


def paragraph_number(starts: Sequence[int], offset: int) -> int:
    """Return the number of the paragraph at an offset, from 1, given where the paragraphs begin."""
    return max(1, bisect_right(starts, offset))
