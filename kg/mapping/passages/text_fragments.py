"""Text fragments (WICG Scroll to Text Fragment), by which browsers find a passage on a page, and we in a copy.

Together with their offsets, the fragments of a document disclose words of its text. They are chosen together, so that
what they disclose stays islands of a few words with several undisclosed words between any two, and so that passages
that overlap or are close to each other never both have a fragment.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from urllib.parse import quote, unquote

from kg.mapping.passages.passage_words import MAX_CONTEXT_DISTANCE, spans_between
from kg.mapping.passages.text_folding import is_word_edge, trimmed, words_of
from kg.mapping.passages.text_spans import TextSpan

FRAGMENT_PREFIX = "text="
MAX_ISLAND_WORDS = 3
"""How many consecutive words all fragments of a text together may disclose."""
MIN_GAP_WORDS = 5
"""How many undisclosed words separate two such islands, and two passages that have a fragment."""
FRAGMENT_SHAPES = sorted(
    (
        (end_words, before, after)
        for before, after in ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2))
        for end_words in (1, 2, 3)
        if end_words + max(before, after) <= MAX_ISLAND_WORDS
    ),
    key=lambda shape: 2 * shape[0] + shape[1] + shape[2],
)
"""What a fragment may consist of, least disclosure first: words of either end, words before, words after."""

Words = list[tuple[int, int]]


def text_fragments(text: str, spans: Iterable[TextSpan]) -> dict[TextSpan, str]:
    """Return the text fragments of the passages that can have one together; longer passages take precedence.

    A fragment is `text=before-,start,end,-after` (section 3.1), and leads a browser to its passage and nowhere else.
    """
    words = words_of(text, 0, len(text))
    disclosed: set[int] = set()
    covered: set[int] = set()
    fragments: dict[TextSpan, str] = {}
    # Only one of several overlapping passages has a fragment: the longest, which locates more of the text.
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
        inner = TextSpan(*trimmed(text, span.start, span.end))
        own = _indices(words, inner.start, inner.end)
        if not covered.isdisjoint(range(own.start - MIN_GAP_WORDS, own.stop + MIN_GAP_WORDS)):
            continue
        if not (is_word_edge(text, inner.start) and is_word_edge(text, inner.end)):
            continue  # a passage that begins or ends inside a word cannot be found by whole words
        own_words = words_of(text, inner.start, inner.end)
        for shape in FRAGMENT_SHAPES:
            runs = _runs(text, inner, own_words, shape)
            islands = {index for run in runs if run for index in _indices(words, run[0][0], run[-1][1])}
            if runs and _are_islands(disclosed | islands) and _leads_to(text, fragment := _written(text, runs), inner):
                fragments[span] = fragment
                disclosed |= islands
                covered.update(own)
                break
    return fragments


def _leads_to(text: str, fragment: str, span: TextSpan) -> bool:
    """Return whether a fragment leads to this passage only; two matches are enough to decide that it does not."""
    return bool(fragment) and [*islice(find_fragment(text, fragment), 2)] == [span]


def _runs(text: str, span: TextSpan, words: Words, shape: tuple[int, int, int]) -> list[Words]:
    """Return the words before a passage, of its start, of its end (none if the start is all of it) and after it."""
    end_words, before, after = shape
    if len(words) > MAX_ISLAND_WORDS:
        start, end = words[:end_words], words[-end_words:]
    elif len(words) + before + after <= MAX_ISLAND_WORDS:
        start, end = words, []
    else:
        return []
    words_before = words_of(text, max(0, span.start - MAX_CONTEXT_DISTANCE), span.start)[-before:] if before else []
    words_after = words_of(text, span.end, min(len(text), span.end + MAX_CONTEXT_DISTANCE))[:after]
    return [words_before, start, end, words_after]


def _indices(words: Words, start: int, end: int) -> range:
    """Return the indices of the words that a range of the text touches."""
    return range(bisect_right(words, start, key=itemgetter(0)) - 1, bisect_left(words, end, key=itemgetter(0)))


def _are_islands(disclosed: set[int]) -> bool:
    """Return whether runs of disclosed words are short and far from each other."""
    length, previous = 0, None
    for index in sorted(disclosed):
        gap = 0 if previous is None else index - previous - 1
        if 0 < gap < MIN_GAP_WORDS:
            return False
        length = length + 1 if previous is not None and not gap else 1
        if length > MAX_ISLAND_WORDS:
            return False
        previous = index
    return True


def _written(text: str, runs: list[Words]) -> str:
    """Return the fragment of these words; empty if a browser would not find them."""
    prefix, start, end, suffix = (_escaped(text, run) for run in runs)
    if any(context and not re.search(r"\w", unquote(context)) for context in (prefix, suffix)):
        return ""  # browsers match words only: a comma alone leads nowhere
    context = ([f"{prefix}-"] if prefix else [], [f"-{suffix}"] if suffix else [])
    return FRAGMENT_PREFIX + ",".join([*context[0], start, *([end] if end else []), *context[1]])


def _escaped(text: str, words: Words) -> str:
    run = text[words[0][0] : words[-1][1]] if words else ""
    # A hyphen beside a comma marks context (section 3.1), so hyphens of the text are escaped.
    return quote(" ".join(run.split()), safe="").replace("-", "%2D")


def find_fragment(text: str, fragment: str) -> Iterator[TextSpan]:
    """Yield the spans of a text to which a fragment can lead, starting with the one that a browser takes."""
    prefix, ends, suffix = _parts(fragment)
    return spans_between(text, ends, prefix, suffix)


def fragment_words(fragment: str) -> list[str]:
    """Return the words of a passage that its fragment contains: those of its start and end, or all of them."""
    return [*filter(None, _parts(fragment)[1])]


def _parts(fragment: str) -> tuple[str, list[str], str]:
    """Return the words before a passage, the words of its ends, and the words after it."""
    parts = fragment.removeprefix(FRAGMENT_PREFIX).split(",")
    prefix = parts.pop(0)[:-1] if len(parts) > 1 and parts[0].endswith("-") else ""
    suffix = parts.pop()[1:] if len(parts) > 1 and parts[-1].startswith("-") else ""
    return unquote(prefix), [unquote(part) for part in parts], unquote(suffix)
