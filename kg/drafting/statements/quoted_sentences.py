"""A quotation of several sentences as several statements by one source, one for what each sentence says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from kg.drafting.speech.attributions import Attribution
from kg.drafting.text.parsed_text import ParsedText
from kg.drafting.text.quoted_runs import QuotedRun
from kg.mapping.passages.text_spans import TextSpan

SENTENCE_END = re.compile(r"[.!?…](?: *\[(?:\.\.\.|…)\])?\s+|(?<=\s)\[(?:\.\.\.|…)\]\s+")
"""Where a sentence may end, including a mark that words are left out."""
STARTS_SENTENCE = re.compile(r"[\"“‘(\[]*[A-Z]")  # noqa: RUF001 -- quotation marks
MIN_WORDS = 5
"""The fewest words of a sentence that is a statement of its own: `I was wrong.` joins its neighbour."""


def by_sentence(parsed: ParsedText, attribution: Attribution, runs: list[QuotedRun]) -> Iterator[Attribution]:
    """Yield the statements of an attribution: one for each sentence of a direct quotation, otherwise the attribution.

    Only the first one has the passages of source and cue: the others have only what they say.
    """
    parts = _sentences(parsed, attribution.content) if attribution.form == "direct" else []
    if len(parts) <= 1:
        yield attribution
        return
    for number, content in enumerate(parts):
        inside = tuple(run.number for run in runs if run.number in attribution.runs and run.span.overlaps(*content))
        heads = tuple(head for head in attribution.content_heads if _is_in(content, parsed.words[head].start))
        part = replace(attribution, content=content, runs=inside, content_heads=heads)
        span = TextSpan(content[0].start, content[-1].end)
        yield replace(part, span=span, source_span=None, cue_span=None) if number else part


def _sentences(parsed: ParsedText, content: tuple[TextSpan, ...]) -> list[tuple[TextSpan, ...]]:
    """Return the passages of each sentence; a sentence that the speaker's verb interrupts has several."""
    sentences: list[tuple[TextSpan, ...]] = []
    passages: tuple[TextSpan, ...] = ()
    for span in content:
        *whole, last = _split(parsed, span)
        for part in whole:
            sentences.append((*passages, part))
            passages = ()
        passages = (*passages, last)
    return [*sentences, passages]


def _split(parsed: ParsedText, span: TextSpan) -> list[TextSpan]:
    text, parts, start = parsed.text, list[TextSpan](), span.start
    first, words = parsed.word_at(span.start), parsed.words_at(span)
    # Counted once, since each end of a sentence needs the counts of everything before and after it.
    verbs = [0, *accumulate(word.is_verb for word in words)]
    spoken = [0, *accumulate(word.text[:1].isalnum() for word in words)]

    def says_something(start: int, end: int) -> bool:
        low = parsed.word_at(start) - first
        high = min(parsed.word_at(max(start, end - 1)) + 1 - first, len(words))
        return low < high and verbs[high] > verbs[low] and spoken[high] - spoken[low] >= MIN_WORDS

    for match in SENTENCE_END.finditer(text, span.start, span.end):
        end = match.start() + 1 if match[0][0] in ".!?…" else start + len(text[start : match.start()].rstrip())
        is_own = says_something(start, end) and says_something(match.end(), span.end)
        if is_own and ("[" in match[0] or _starts_sentence(parsed, match.end())):
            parts.append(TextSpan(start, end))
            start = match.end()
    return [*parts, TextSpan(start, span.end)]


def _starts_sentence(parsed: ParsedText, offset: int) -> bool:
    """Return whether a sentence begins at an offset, by its capital and the parser: none begins after `Mr.`."""
    word = parsed.words[parsed.word_at(offset)]
    before = parsed.words[word.index - 1] if word.index else word
    is_after_end = word.sentence != before.sentence or before.tag == "."
    return is_after_end and bool(STARTS_SENTENCE.match(parsed.text, offset))


def _is_in(content: tuple[TextSpan, ...], offset: int) -> bool:
    return any(span.start <= offset < span.end for span in content)
