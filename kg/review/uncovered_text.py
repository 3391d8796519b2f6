"""Text that no item covers: sentences without statements or events, and quotations that are in no statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.drafting.text.quoted_runs import quoted_runs
from kg.mapping.passages.text_spans import TextSpan

SENTENCE = re.compile(r"\S(?:.*?[.!?]+[\"'”’)\]]*(?=\s|$)|.*$)", re.DOTALL)  # noqa: RUF001 -- marks of quotation
PARAGRAPH = re.compile(r"\S(?:.(?!\n[ \t]*\n))*.?", re.DOTALL)
ABBREVIATION = re.compile(r"(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Sgt|Lt|Capt|Rep|Sen|Gov|St|No|vs|[A-Z])\.$")
MIN_WORDS = 3
"""The minimum number of words in a sentence, as opposed to a heading or a name."""


@dataclass(frozen=True)
class UncoveredText:
    """A sentence or a quotation that no item covers."""

    kind: str
    start: int
    end: int


def sentences_of(text: str) -> Iterator[TextSpan]:
    """Yield the sentences of a text by punctuation; none extends beyond its paragraph."""
    for paragraph in PARAGRAPH.finditer(text):
        start = paragraph.start()
        while match := SENTENCE.search(text, start, paragraph.end()):
            end = match.end()
            # A full stop after an abbreviation does not end a sentence.
            while ABBREVIATION.search(text[match.start() : end]) and (
                more := SENTENCE.search(text, end, paragraph.end())
            ):
                end = more.end()
            yield TextSpan(match.start(), end)
            start = end


def sentence_around(text: str, span: TextSpan) -> TextSpan:
    """Return the sentences around a passage, or the passage itself if it is in none."""
    around = [sentence for sentence in sentences_of(text) if sentence.overlaps(span)]
    return TextSpan(around[0].start, around[-1].end) if around else span


def uncovered_text(
    text: str, passages: Iterable[TextSpan], statement_passages: Iterable[TextSpan]
) -> list[UncoveredText]:
    """Return the uncovered text, in order.

    `passages` are those of statements, events and posts, and those that the reviewer marked as without a statement;
    `statement_passages` are those of statements only, and also the marked ones.
    """
    covered, of_statements = [*passages], [*statement_passages]
    missing = [
        UncoveredText("quotation", run.span.start, run.span.end)
        for run in quoted_runs(text)
        if not run.inner.overlaps(*of_statements)
    ]
    missing += [
        UncoveredText("sentence", span.start, span.end)
        for span in sentences_of(text)
        if len(span.of(text).split()) >= MIN_WORDS
        and not span.overlaps(*covered)
        and not any(quotation.start < span.end and span.start < quotation.end for quotation in missing)
    ]
    return sorted(missing, key=lambda uncovered: (uncovered.start, uncovered.end))
