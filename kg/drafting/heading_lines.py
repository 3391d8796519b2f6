"""The separate lines at the head of an article: headline, byline, publisher and date."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_HEADING_LINES = 8
"""How many lines at the start of a text are searched for headings."""
MAX_CHARACTERS_OF_HEADING = 160
BYLINE = re.compile(r"(?:By|BY) [A-Z][\w.'’-]+ [A-Z]")  # noqa: RUF001 -- an apostrophe
STARTS_LINE = re.compile(r"[A-Z0-9\"“‘'(]")  # noqa: RUF001 -- quotation marks
GOES_ON = re.compile(r"(?:[,;:(–—-]|\b(?:the|a|an|of|in|on|at|to|for|by|and|or|with|from|that|as|is))$")  # noqa: RUF001


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
