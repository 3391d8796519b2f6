"""What a search finds in the texts at hand, and excerpts with the words that were searched for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.pages.page_terms import PageTerm, term_from_cell
from server.search.text_paragraphs import PARAGRAPH, ArticleTexts, Paragraph
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


def text_hits(words: Sequence[Sequence[str]], texts: ArticleTexts) -> list[TextHit]:
    """Return the first paragraphs of texts at hand that have all the words."""
    patterns = [_pattern([spellings]) for spellings in words]
    at_hand = site().settings.texts
    # Until its index is built again, a search may meet the words of a text that was taken away.
    paragraphs = [paragraph for paragraph in texts.paragraphs(words, MAX_TEXT_HITS) if paragraph.digest in at_hand]
    return [_text_hit(at_hand[paragraph.digest], paragraph, patterns) for paragraph in paragraphs]


def _text_hit(text: str, paragraph: Paragraph, patterns: Iterable[re.Pattern[str]]) -> TextHit:
    shown = PARAGRAPH.match(text, paragraph.start)
    words = shown[0] if shown else ""
    spans = [place.span() for place in (pattern.search(words) for pattern in patterns) if place]
    # A word is found whose edges are others here than where it was folded: it is somewhere in the paragraph.
    first, last = (min(spans)[0], max(end for _, end in spans)) if spans else (0, len(words))
    return TextHit(term_from_cell(paragraph.article), paragraph.start + first, paragraph.start + last, words)


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
