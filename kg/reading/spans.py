"""Passages by code points: their short form, the words that find them, and the fragment that browsers follow."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

OFFSETS = re.compile(r"(0|[1-9][0-9]{0,8})-(0|[1-9][0-9]{0,8})")
ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)\s*")
ORDINAL = re.compile(r"\s*\[([1-9][0-9]{0,3})\]$")
ALIKE = str.maketrans("‘’‚‛“”„‟′″‐‑‒–—―−", "''''\"\"\"\"'\"-------")  # noqa: RUF001 - one character for one: offsets hold
FRAGMENT = "text="
SHAPES = [
    (side, lead, tail)
    for around in range(4)
    for side in (2, 3, 4)
    for lead, tail in dict.fromkeys([(around, 0), (0, around), (around, around)])
]
"""What a fragment may consist of, the shortest first: words of either end, words before, words after."""
LONGEST_RUN = 8
"""Words of a text in a row that a fragment may repeat: never enough to copy it."""
NEAR = 400
"""Code points around a passage in which the words before and after it are looked for."""


@dataclass(frozen=True, order=True)
class Span:
    """A run of code points of one text, half-open."""

    start: int
    end: int

    @classmethod
    def read(cls, short: str) -> Span | None:
        """Read the short form START-END; None where it is not one, or is empty or runs backwards."""
        match = OFFSETS.fullmatch(short)
        span = cls(int(match[1]), int(match[2])) if match else None
        return span if span and span.start < span.end else None

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    def of(self, text: str) -> str:
        """Return the characters of a text that the span selects."""
        return text[self.start : self.end]


@dataclass(frozen=True)
class Words:
    """The words by which an author names a passage: `first … last`, or all of them; `nth` counts from 1."""

    first: str
    last: str | None = None
    nth: int | None = None

    @classmethod
    def read(cls, written: str) -> Words:
        """Read `first words … last words [2]`."""
        ordinal = ORDINAL.search(written)
        bare = written[: ordinal.start()] if ordinal else written
        first, *rest = ELLIPSIS.split(bare.strip(), maxsplit=1)
        return cls(first, rest[0] if rest else None, int(ordinal[1]) if ordinal else None)

    def find(self, text: str) -> list[Span]:
        """Return every span that the words select; any white space and any shape of quotation mark or dash match."""
        if not self.first or self.last == "":
            return []
        spans = _between(text.translate(ALIKE), [self.first, *([self.last] if self.last else [])], [], [])
        return spans if self.nth is None else spans[self.nth - 1 : self.nth]


def _phrase(alike: str, phrase: str) -> Iterator[Span]:
    if not phrase.strip():
        return iter(())
    pattern = r"\s+".join(re.escape(word) for word in phrase.translate(ALIKE).split())
    before = r"(?<!\w)" if re.match(r"\w", phrase) else ""
    after = r"(?!\w)" if re.search(r"\w$", phrase) else ""
    return (Span(*match.span()) for match in re.finditer(before + pattern + after, alike))


def digest(text: str) -> str:
    """Return the SHA-256 of a text as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def fragment(text: str, span: Span) -> str:
    """Return the text fragment that leads a browser to a passage, as short as it can be and still be found.

    WICG Scroll to Text Fragment, section 3.1: `text=before-,start,end,-after`, with the words before and after only
    where start and end alone lead elsewhere too. Where all of these stand in two places, it leads to the first.
    """
    trimmed = _trimmed(text, span)
    tried = [written for shape in SHAPES if (written := of_shape(text, trimmed, *shape))]
    unique = (each for each in tried if refind(text, each) == [trimmed])
    first = (each for each in tried if refind(text, each)[:1] == [trimmed])
    return next(unique, None) or next(first, tried[-1])


def _trimmed(text: str, span: Span) -> Span:
    inside = span.of(text)
    return Span(span.start + len(inside) - len(inside.lstrip()), span.end - len(inside) + len(inside.rstrip()))


def of_shape(text: str, span: Span, side: int, lead: int, tail: int) -> str:
    """Write a fragment of `side` words of either end; nothing where it would copy more words in a row than it may."""
    words = span.of(text).split()
    whole = len(words) < 2 * side
    run = lead + len(words) + tail if len(words) <= 2 * side else max(lead, tail) + side
    if run > LONGEST_RUN:
        return ""
    before, after = _before(text, span.start, lead), _after(text, span.end, tail)
    if any(around and not re.search(r"\w", "".join(around)) for around in (before, after)):
        return ""  # a comma alone leads no browser anywhere
    parts = [words] if whole else [words[:side], words[-side:]]
    written = [_escaped(part) for part in parts]
    return FRAGMENT + ",".join(
        [*([f"{_escaped(before)}-"] if before else []), *written, *([f"-{_escaped(after)}"] if after else [])]
    )


def _escaped(words: list[str]) -> str:
    return quote(" ".join(words), safe="").replace("-", "%2D")


def refind(text: str, written: str) -> list[Span]:
    """Return the spans of a text to which a fragment can lead, the one that a browser takes first."""
    parts = written.removeprefix(FRAGMENT).split(",")
    lead = parts.pop(0)[:-1] if len(parts) > 1 and parts[0].endswith("-") else ""
    tail = parts.pop()[1:] if len(parts) > 1 and parts[-1].startswith("-") else ""
    before, after = (unquote(part).translate(ALIKE).split() for part in (lead, tail))
    return _between(text.translate(ALIKE), [unquote(part) for part in parts], before, after)


def _between(alike: str, parts: list[str], before: list[str], after: list[str]) -> list[Span]:
    starts = [span for span in _phrase(alike, parts[0]) if _before(alike, span.start, len(before)) == before]
    last = [*_phrase(alike, parts[-1])] if len(parts) > 1 else starts
    ends = [span for span in last if _after(alike, span.end, len(after)) == after]
    if len(parts) == 1:
        return [span for span in starts if span in ends]
    pairs = ((span.start, next((each.end for each in ends if each.start >= span.end), None)) for span in starts)
    return [Span(start, end) for start, end in pairs if end is not None]


def _before(text: str, start: int, count: int) -> list[str]:
    return text[max(0, start - NEAR) : start].split()[-count:] if count else []


def _after(text: str, end: int, count: int) -> list[str]:
    return text[end : end + NEAR].split()[:count]
