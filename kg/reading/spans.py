"""Passages by code points: their short form, the words that find them, and the fragment that browsers follow."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote, unquote

OFFSETS = re.compile(r"(0|[1-9][0-9]{0,8})-(0|[1-9][0-9]{0,8})")
ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)\s*")
ORDINAL = re.compile(r"\s*\[([1-9][0-9]{0,3})\]$")
ALIKE = str.maketrans("‘’‚‛“”„‟′″‐‑‒–—―−", "''''\"\"\"\"'\"-------")  # noqa: RUF001 - one character for one: offsets hold
FRAGMENT = "text="
MOST_SIDE = 4
"""Words that a fragment takes from either end of a passage: never enough to copy it."""


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
        alike = text.translate(ALIKE)
        spans = [*_phrase(alike, self.first)]
        if self.last is not None:
            ends = [span.end for span in _phrase(alike, self.last)]
            spans = [Span(span.start, end) for span in spans if (end := _after(ends, span.end)) is not None]
        return spans if self.nth is None else spans[self.nth - 1 : self.nth]


def _phrase(alike: str, phrase: str) -> Iterator[Span]:
    pattern = r"\s+".join(re.escape(word) for word in phrase.translate(ALIKE).split())
    before = r"(?<!\w)" if re.match(r"\w", phrase) else ""
    after = r"(?!\w)" if re.search(r"\w$", phrase) else ""
    return (Span(*match.span()) for match in re.finditer(before + pattern + after, alike))


def _after(ends: list[int], start: int) -> int | None:
    return next((end for end in ends if end > start), None)


def digest(text: str) -> str:
    """Return the SHA-256 of a text as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def fragment(text: str, span: Span) -> str:
    """Return the text fragment that leads a browser to a passage, as short as it can be and still be found.

    WICG Scroll to Text Fragment, section 3.1: `text=start,end`, here with the words before it where these alone lead
    elsewhere. Where these stand in two places with the same words before them too, it leads to the first.
    """
    trimmed = _trimmed(text, span)
    tried = (_written(text, trimmed, side, before) for before, side in product(range(4), range(2, MOST_SIDE + 1)))
    found = (each for each in tried if refind(text, each)[:1] == [trimmed])
    return next(found, _written(text, trimmed, MOST_SIDE, 0))


def _trimmed(text: str, span: Span) -> Span:
    inside = span.of(text)
    return Span(span.start + len(inside) - len(inside.lstrip()), span.end - len(inside) + len(inside.rstrip()))


def _written(text: str, span: Span, side: int, before: int) -> str:
    words = [match.span() for match in re.finditer(r"\S+", span.of(text))]
    if not words:
        return FRAGMENT
    inside = span.of(text)
    parts = [inside] if len(words) <= side else [inside[: words[side - 1][1]], inside[words[-side][0] :]]
    lead = _before(text, span.start, before)
    prefix = f"{_escaped(' '.join(lead))}-," if lead else ""
    return FRAGMENT + prefix + ",".join(_escaped(" ".join(part.split())) for part in parts)


def _escaped(phrase: str) -> str:
    return quote(phrase, safe="").replace("-", "%2D")


def refind(text: str, written: str) -> list[Span]:
    """Return the spans of a text to which a fragment can lead, the one that a browser takes first."""
    parts = [unquote(part) for part in written.removeprefix(FRAGMENT).split(",")]
    lead = parts.pop(0)[:-1] if len(parts) > 1 and parts[0].endswith("-") else ""
    spans = Words(parts[0].strip(), parts[1].strip() if len(parts) > 1 else None).find(text)
    wanted = [word.translate(ALIKE) for word in lead.split()]
    return [span for span in spans if _before(text.translate(ALIKE), span.start, len(wanted)) == wanted]


def _before(text: str, start: int, count: int) -> list[str]:
    return text[max(0, start - 400) : start].split()[-count:] if count else []
