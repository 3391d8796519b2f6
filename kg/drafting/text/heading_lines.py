"""The separate lines at the head of an article: headline, byline, publisher and date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.drafting.words.name_words import COUNTRIES, COUNTRY_OF_ADJECTIVE

MAX_HEADING_LINES = 8
"""How many lines at the start of a text are searched for headings."""
MAX_CHARACTERS_OF_HEADING = 160
BYLINE = re.compile(r"(?:By|BY) [A-Z][\w.'’-]+ [A-Z]")  # noqa: RUF001 -- an apostrophe
STARTS_LINE = re.compile(r"[A-Z0-9\"“‘'(]")  # noqa: RUF001 -- quotation marks
GOES_ON = re.compile(r"(?:[,;:(–—-]|\b(?:the|a|an|of|in|on|at|to|for|by|and|or|with|from|that|as|is))$")  # noqa: RUF001

HEADLINE = re.compile(r"\s*+([^\n]{1,300})\n\s*\S")
LONG_WORD = 4
MIN_SHARE_OF_CAPITALS = 0.75
"""The share of capitals, among words of four letters or more, from which a headline's capitals mean nothing."""
WORD_OR_INITIALS = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]\b\.?)*")
WITHIN_SENTENCE = re.compile(r"(?<=[a-z,;] )[A-Z]\w*+")


def with_plain_headline(text: str) -> str:
    """Return a text, of the same length, whose headline has capitals only where its words are names.

    The parser takes the verbs of a headline that capitalizes all words for names: `Quill Refuses to Resign`. A name is
    what the article also writes with a capital inside a sentence, or never without one.
    """
    match = HEADLINE.match(text)
    long_words = [word for word in WORD_OR_INITIALS.findall(match[1] if match else "") if len(word) >= LONG_WORD]
    if not match or sum(word[:1].isupper() for word in long_words) < max(1, MIN_SHARE_OF_CAPITALS * len(long_words)):
        return text
    article = text[match.end(1) :]
    names, present = {*WITHIN_SENTENCE.findall(article)}, {*WORD_OR_INITIALS.findall(article)}
    is_loud = match[1].isupper()

    def plain(word: re.Match[str]) -> str:
        first, lower = word[0].capitalize(), word[0].lower()
        is_acronym = len(lower) > 1 and word[0].isupper() and (not is_loud or word[0] in present)
        is_name = first in names or word[0] in names or (first in present and lower not in present)
        is_name |= lower in COUNTRIES or lower in COUNTRY_OF_ADJECTIVE or not word.start()
        if is_acronym or len(lower) != len(word[0]) or (is_name and not is_loud):
            return word[0]
        return first if is_name else lower

    return text[: match.start(1)] + WORD_OR_INITIALS.sub(plain, match[1]) + article


def heading_ends(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a heading ends if no blank line follows it, and where the next line begins.

    A text of fixed width has such line ends too, but there the next line's first word would not have fitted.
    """
    width = max(map(len, text.split("\n")), default=0)
    start = 0
    for _ in range(MAX_HEADING_LINES):
        end = text.find("\n", start)
        if end < 0:
            return
        line, following = text[start:end].rstrip(), text[end + 1 :].split("\n", 1)[0]
        if line and following.strip() and _stands_alone(line, following, width):
            yield start + len(line), end + 1
        start = end + 1


def _stands_alone(line: str, following: str, width: int) -> bool:
    if len(line) > MAX_CHARACTERS_OF_HEADING or not STARTS_LINE.match(following.lstrip()):
        return False
    if BYLINE.match(line) or BYLINE.match(following):
        return True
    has_room = len(line) + 1 + len(following.split(maxsplit=1)[0]) <= width
    return has_room and not GOES_ON.search(line)
