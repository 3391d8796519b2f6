"""Finds the passages that an author identifies by their words, as in `first words … last words [2]`."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from kg.mapping.passages.text_folding import FoldedText, fold, phrase
from kg.mapping.passages.text_spans import TextSpan

ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)\s*")
ORDINAL = re.compile(r"\s*\[([1-9][0-9]{0,3})\]$")
MAX_CONTEXT_DISTANCE = 400
"""Code points around a passage within which the words before and after it are searched for."""


@dataclass(frozen=True)
class PassageWords:
    """The words by which an author identifies a passage: `first … last`, or all of them; `nth` counts from 1."""

    first: str
    last: str | None = None
    nth: int | None = None
    bare: str = ""
    """What was written, without the ordinal."""
    written: str = ""

    @classmethod
    def read(cls, written: str) -> PassageWords:
        """Read `first words … last words [2]`."""
        ordinal = ORDINAL.search(written)
        bare = (written[: ordinal.start()] if ordinal else written).strip()
        first, *rest = ELLIPSIS.split(bare, maxsplit=1)
        return cls(first, rest[0] if rest else None, int(ordinal[1]) if ordinal else None, bare, written.strip())

    def find(self, text: str) -> list[TextSpan]:
        """Return every span that the words select, compared by `fold`; spans may overlap.

        A text may itself contain an ellipsis or a number in brackets. So the words are first searched for exactly as
        written; only if they are not found is an ellipsis taken as a gap, and a number as the choice of a match.
        """
        if spans := [*spans_between(text, [self.written])]:
            return spans
        spans = self.find_all(text)
        return spans if self.nth is None else spans[self.nth - 1 : self.nth]

    def find_all(self, text: str) -> list[TextSpan]:
        """Return every span that the words select, regardless of `nth`."""
        gaps = [[self.bare[: gap.start()], self.bare[gap.end() :]] for gap in ELLIPSIS.finditer(self.bare)]
        alternatives = ([*spans_between(text, parts)] for parts in ([self.bare], *gaps))
        return next((spans for spans in alternatives if spans), [])

    def find_inside_words(self, text: str) -> list[TextSpan]:
        """Return where the words match, even as part of longer words or of characters of several code points."""
        pattern, folded = phrase(self.bare), fold(text)
        return [TextSpan(*folded.original_span(*place)) for place in folded.matches(pattern)] if pattern else []


def spans_of_words(words: str, text: str) -> list[TextSpan]:
    """Return where a text contains words as written, compared by `fold`, without gaps or numbers."""
    return [*spans_between(text, [words.strip()])]


def spans_between(text: str, parts: list[str], before: str = "", after: str = "") -> Iterator[TextSpan]:
    """Yield the spans from the first part to the nearest last one that are between the words before and after.

    The text is searched lazily, no further than the caller iterates.
    """
    folded, patterns = fold(text), [pattern for part in parts if (pattern := phrase(part))]
    if len(patterns) < len(parts):
        return
    # Compiled once rather than for each match: a text that repeats one word has as many matches as words.
    end_of_before = phrase(before, at_end=True)
    after_pattern = phrase(after)
    starts = (place for place in folded.whole_words(patterns[0]) if _follows(folded, place[0], end_of_before))
    last_parts = folded.whole_words(patterns[-1]) if len(parts) > 1 else starts
    ends = (place for place in last_parts if _precedes(folded, place[1], after_pattern))
    if len(parts) == 1:
        yield from (TextSpan(*folded.original_span(*place)) for place in ends)
        return
    # Matches come in the order of the text, so that the nearest end is found without looking at all of them.
    known_ends: list[tuple[int, int]] = []
    for start, end in starts:
        while not known_ends or known_ends[-1][0] < end:
            if (place := next(ends, None)) is None:
                break
            known_ends.append(place)
        index = bisect_left(known_ends, (end, 0))
        if index < len(known_ends):
            yield TextSpan(*folded.original_span(start, known_ends[index][1]))


def _follows(folded: FoldedText, start: int, end_of_before: re.Pattern[str] | None) -> bool:
    """Return whether a match comes right after words, given their `at_end` pattern; true without a pattern."""
    if end_of_before is None:
        return True
    # The search ends where the words have to end, so that only the last occurrence before it can match.
    return any(True for _ in folded.whole_words(end_of_before, start - MAX_CONTEXT_DISTANCE, start))


def _precedes(folded: FoldedText, end: int, after: re.Pattern[str] | None) -> bool:
    """Return whether a match comes right before the words `after`; true without a pattern."""
    if after is None:
        return True
    last = min(end + MAX_CONTEXT_DISTANCE, len(folded.text))
    start = end
    while start < last:
        match = after.match(folded.text, start, last)
        if match and folded.is_whole(*match.span()):
            return True
        if not folded.text[start].isspace():
            return False
        start += 1
    return False
