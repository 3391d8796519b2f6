"""Text fragments (WICG Scroll to Text Fragment): how a browser finds a passage on a page, and so do we in a copy."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from kg.mapping.text_folding import trimmed, words_of
from kg.mapping.text_spans import MAX_CONTEXT_DISTANCE, TextSpan, find_between

FRAGMENT_PREFIX = "text="
FRAGMENT_SHAPES = [
    (end_words, before, after)
    for around in range(4)
    for end_words in (2, 3, 4)
    for before, after in dict.fromkeys([(around, 0), (0, around), (around, around)])
]
"""What a fragment may consist of, the shortest first: words of either end, words before, words after."""
MAX_FRAGMENT_RUN_WORDS = 8
"""Consecutive words of a text that a fragment may repeat: never enough to copy it."""


def text_fragment(text: str, span: TextSpan) -> str:
    """Return the shortest text fragment that leads a browser to a passage.

    Its form is `text=before-,start,end,-after` (section 3.1), with the words before and after only if start and end
    alone lead elsewhere too. If every fragment fits two places, the shortest whose first place is the passage.
    """
    inner = TextSpan(*trimmed(text, span.start, span.end))
    fragments = [fragment for shape in FRAGMENT_SHAPES if (fragment := fragment_of_shape(text, inner, *shape))]
    unique = (fragment for fragment in fragments if find_fragment(text, fragment) == [inner])
    first = (fragment for fragment in fragments if find_fragment(text, fragment)[:1] == [inner])
    return next(unique, None) or next(first, fragments[-1])


def fragment_of_shape(text: str, span: TextSpan, end_words: int, before: int, after: int) -> str:
    """Return a fragment of so many words at either end, before and after; empty if it would repeat too long a run."""
    words = words_of(text, span.start, span.end)
    whole = len(words) < 2 * end_words
    run = before + len(words) + after if len(words) <= 2 * end_words else max(before, after) + end_words
    if run > MAX_FRAGMENT_RUN_WORDS:
        return ""
    words_before = words_of(text, max(0, span.start - MAX_CONTEXT_DISTANCE), span.start)[-before:] if before else []
    words_after = words_of(text, span.end, min(len(text), span.end + MAX_CONTEXT_DISTANCE))[:after]
    middle = [words] if whole else [words[:end_words], words[-end_words:]]
    prefix, *parts, suffix = [_escaped(text, part) for part in (words_before, *middle, words_after)]
    if any(context and not re.search(r"\w", unquote(context)) for context in (prefix, suffix)):
        return ""  # browsers match words only: a comma alone leads nowhere
    return FRAGMENT_PREFIX + ",".join(
        [*([f"{prefix}-"] if prefix else []), *parts, *([f"-{suffix}"] if suffix else [])]
    )


def _escaped(text: str, words: list[tuple[int, int]]) -> str:
    run = text[words[0][0] : words[-1][1]] if words else ""
    return quote(" ".join(run.split()), safe="").replace("-", "%2D")


def find_fragment(text: str, fragment: str) -> list[TextSpan]:
    """Return the spans of a text to which a fragment can lead, the one that a browser takes first."""
    parts = fragment.removeprefix(FRAGMENT_PREFIX).split(",")
    prefix = parts.pop(0)[:-1] if len(parts) > 1 and parts[0].endswith("-") else ""
    suffix = parts.pop()[1:] if len(parts) > 1 and parts[-1].startswith("-") else ""
    return find_between(text, [unquote(part) for part in parts], unquote(prefix), unquote(suffix))
