"""What a search finds in the texts at hand, and excerpts with the words that were searched for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from kg.store.interfaces import Version
from server.pages.page_terms import PageTerm
from server.pages.query_files import load_query
from server.pages.select_rows import solutions
from server.site import site

MAX_TEXT_HITS = 20
"""Places in texts that a search lists."""
EXCERPT_CHARACTERS = 180
"""Characters of a text that are shown around the words."""
ExcerptPart = tuple[str, bool]
"""Some characters of an excerpt, and whether they were searched for."""


@dataclass(frozen=True)
class TextHit:
    """A place in an article's text: from the first of the words to the last, and the words around."""

    article: PageTerm
    start: int
    end: int
    paragraph: str


def text_hits(words: Sequence[Sequence[str]], version: Version) -> list[TextHit]:
    """Return the first paragraphs of texts at hand that have all the words."""
    texts = site().settings.texts
    if not texts or not words:
        return []
    rows = solutions(load_query("article-digests")[1], version)
    hits = (_text_hits(row["article"], texts.get(row["digest"].value, ""), words) for row in rows)
    return [*islice(chain.from_iterable(hits), MAX_TEXT_HITS)]


def words_in_texts(words: Iterable[str]) -> set[str]:
    """Return which of these words some text at hand has."""
    texts = site().settings.texts.values()
    return {word for word in words if any(map(_pattern([[word]]).search, texts))}


def _text_hits(article: PageTerm, text: str, words: Sequence[Sequence[str]]) -> Iterator[TextHit]:
    patterns = [_pattern([spellings]) for spellings in words]
    for paragraph in re.finditer(r"[^\n]+", text):
        spans = [place.span() for place in (pattern.search(paragraph[0]) for pattern in patterns) if place]
        if len(spans) == len(words):
            first, last = min(spans)[0], max(end for _, end in spans)
            yield TextHit(article, paragraph.start() + first, paragraph.start() + last, paragraph[0])


def excerpt(text: str, words: Sequence[Sequence[str]]) -> list[ExcerptPart]:
    """Return the part of a text around the first of the words, cut where they begin and end."""
    pattern = _pattern(words)
    first = pattern.search(text)
    start = max(0, (first.start() if first else 0) - EXCERPT_CHARACTERS // 3)
    start = text.rfind(" ", 0, start) + 1
    shown = text[start : start + EXCERPT_CHARACTERS]
    if start + EXCERPT_CHARACTERS < len(text):
        shown = f"{shown.rpartition(' ')[0] or shown} …"
    parts = pattern.split(f"… {shown}" if start else shown)
    return [(part, bool(number % 2)) for number, part in enumerate(parts) if part]


def _pattern(words: Sequence[Sequence[str]]) -> re.Pattern[str]:
    """Return a pattern of one group: any spelling of any of the words, the longest first."""
    spellings = sorted({spelling for word in words for spelling in word}, key=len, reverse=True)
    # Folding left full stops out, so that `us` is found in U.S., and made one space of what is between words.
    dotted = "|".join(r"\.?".join(spelling).replace(" ", r"[\W_]+") for spelling in spellings)
    return re.compile(rf"\b({dotted or '(?!)'})", re.IGNORECASE)
