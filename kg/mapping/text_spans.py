"""Passages by code points: their short form, the words that find them, and the fragment that browsers follow."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from dataclasses import dataclass
from urllib.parse import quote, unquote

from kg.mapping.text_folding import FoldedText, fold, phrase, trimmed, words_of

OFFSETS_PATTERN = re.compile(r"(0|[1-9][0-9]{0,8})-(0|[1-9][0-9]{0,8})")
ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)\s*")
ORDINAL = re.compile(r"\s*\[([1-9][0-9]{0,3})\]$")
FRAGMENT = "text="
FRAGMENT_SHAPES = [
    (side, lead, tail)
    for around in range(4)
    for side in (2, 3, 4)
    for lead, tail in dict.fromkeys([(around, 0), (0, around), (around, around)])
]
"""What a fragment may consist of, the shortest first: words of either end, words before, words after."""
MAX_FRAGMENT_RUN_WORDS = 8
"""Words of a text in a row that a fragment may repeat: never enough to copy it."""
MAX_CONTEXT_DISTANCE = 400
"""Code points around a passage in which the words before and after it are looked for."""


@dataclass(frozen=True, order=True)
class TextSpan:
    """A run of code points of one text, half-open."""

    start: int
    end: int

    @classmethod
    def read(cls, short: str) -> TextSpan | None:
        """Read the short form START-END; None where it is not one, or is empty or runs backwards."""
        match = OFFSETS_PATTERN.fullmatch(short)
        span = cls(int(match[1]), int(match[2])) if match else None
        return span if span and span.start < span.end else None

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    def of(self, text: str) -> str:
        """Return the characters of a text that the span selects."""
        return text[self.start : self.end]


@dataclass(frozen=True)
class PassageWords:
    """The words by which an author names a passage: `first … last`, or all of them; `nth` counts from 1."""

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
        """Return every span that the words select, compared as `fold` says; spans may overlap.

        A text may hold an ellipsis or a number in brackets itself: words that stand in it as they were written are
        those, and only where they do not is an ellipsis a gap, or a number the choice of a place.
        """
        if spans := _between(text, [self.written]):
            return spans
        spans = self.anywhere(text)
        return spans if self.nth is None else spans[self.nth - 1 : self.nth]

    def anywhere(self, text: str) -> list[TextSpan]:
        """Return every span that the words select, whichever of them `nth` chooses."""
        gaps = [[self.bare[: gap.start()], self.bare[gap.end() :]] for gap in ELLIPSIS.finditer(self.bare)]
        readings = (_between(text, parts) for parts in ([self.bare], *gaps))
        return next((spans for spans in readings if spans), [])

    def inside(self, text: str) -> list[TextSpan]:
        """Return where the characters of the words stand inside longer words, or inside characters."""
        pattern, folded = phrase(self.bare), fold(text)
        return [TextSpan(*folded.back(*place)) for place in folded.loose(pattern)] if pattern else []


def digest(text: str) -> str:
    """Return the SHA-256 of a text as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def text_fragment(text: str, span: TextSpan) -> str:
    """Return the text fragment that leads a browser to a passage, as short as it can be and still be found.

    WICG Scroll to Text Fragment, section 3.1: `text=before-,start,end,-after`, with the words before and after only
    where start and end alone lead elsewhere too. Where all of these stand in two places, it leads to the first.
    """
    inner = TextSpan(*trimmed(text, span.start, span.end))
    tried = [written for shape in FRAGMENT_SHAPES if (written := fragment_of_shape(text, inner, *shape))]
    unique = (each for each in tried if find_fragment(text, each) == [inner])
    first = (each for each in tried if find_fragment(text, each)[:1] == [inner])
    return next(unique, None) or next(first, tried[-1])


def fragment_of_shape(text: str, span: TextSpan, side: int, lead: int, tail: int) -> str:
    """Write a fragment of `side` words of either end; nothing where it would copy more words in a row than it may."""
    words = words_of(text, span.start, span.end)
    whole = len(words) < 2 * side
    run = lead + len(words) + tail if len(words) <= 2 * side else max(lead, tail) + side
    if run > MAX_FRAGMENT_RUN_WORDS:
        return ""
    before = words_of(text, max(0, span.start - MAX_CONTEXT_DISTANCE), span.start)[-lead:] if lead else []
    after = words_of(text, span.end, min(len(text), span.end + MAX_CONTEXT_DISTANCE))[:tail]
    written = [_escaped(text, part) for part in (before, *([words] if whole else [words[:side], words[-side:]]), after)]
    if any(around and not re.search(r"\w", unquote(around)) for around in (written[0], written[-1])):
        return ""  # a comma alone leads no browser anywhere
    lead_part, *parts, tail_part = written
    return FRAGMENT + ",".join(
        [*([f"{lead_part}-"] if lead_part else []), *parts, *([f"-{tail_part}"] if tail_part else [])]
    )


def _escaped(text: str, words: list[tuple[int, int]]) -> str:
    run = text[words[0][0] : words[-1][1]] if words else ""
    return quote(" ".join(run.split()), safe="").replace("-", "%2D")


def find_fragment(text: str, written: str) -> list[TextSpan]:
    """Return the spans of a text to which a fragment can lead, the one that a browser takes first."""
    parts = written.removeprefix(FRAGMENT).split(",")
    lead = parts.pop(0)[:-1] if len(parts) > 1 and parts[0].endswith("-") else ""
    tail = parts.pop()[1:] if len(parts) > 1 and parts[-1].startswith("-") else ""
    return _between(text, [unquote(part) for part in parts], unquote(lead), unquote(tail))


def _between(text: str, parts: list[str], lead: str = "", tail: str = "") -> list[TextSpan]:
    """Return the spans from the first part to the nearest last one, with these words before and after them."""
    folded, patterns = fold(text), [pattern for part in parts if (pattern := phrase(part))]
    if len(patterns) < len(parts):
        return []
    starts = [place for place in folded.places(patterns[0]) if _follows(folded, place[0], phrase(lead))]
    last = [*folded.places(patterns[-1])] if len(parts) > 1 else starts
    ends = [place for place in last if _precedes(folded, place[1], phrase(tail))]
    if len(parts) == 1:
        return [TextSpan(*folded.back(*place)) for place in ends]
    firsts = [start for start, _ in ends]
    pairs = ((start, bisect_left(firsts, end)) for start, end in starts)
    return [TextSpan(*folded.back(start, ends[place][1])) for start, place in pairs if place < len(ends)]


def _follows(folded: FoldedText, start: int, lead: re.Pattern[str] | None) -> bool:
    """Tell whether words stand right before a place; without words, they do."""
    return lead is None or any(
        end <= start and not folded.text[end:start].strip()
        for _, end in folded.places(lead, start - MAX_CONTEXT_DISTANCE, start)
    )


def _precedes(folded: FoldedText, end: int, tail: re.Pattern[str] | None) -> bool:
    """Tell whether words stand right after a place; without words, they do."""
    return tail is None or any(
        not folded.text[end:start].strip() for start, _ in folded.places(tail, end, end + MAX_CONTEXT_DISTANCE)
    )
