"""A quotation taken apart for its page: source, cue, content and quoted runs, and who said which of its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kg.mapping.passages.text_spans import TextSpan
from kg.namespaces import CQ
from kg.store.interfaces import Version
from server.pages.queried_data.passage_display import QUOTATION_MARKS, DisplayedPassage, displayed_passages, span_in_row
from server.pages.terms.page_terms import PageTerm, Row

PART_TITLES = {
    CQ.sourceSpan: "Who is named as saying it",
    CQ.cueSpan: "The words for how it is said",
    CQ.contentSpan: "What is said",
    CQ.quotedSpan: "Between quotation marks",
    CQ.insertionSpan: "Put in by the editor",
}
"""The parts of a quotation, in the order in which the page lists them, with their headings."""


@dataclass(frozen=True)
class ContentWords:
    """Consecutive words of a content that are all the speaker's, the reporter's or the editor's."""

    words: str
    whose: str
    starts: bool = False
    """Whether their passage begins with them, rather than with words before them."""


@dataclass(frozen=True)
class QuotationPart:
    """One part: which it is, its passages, and for the content, who said which words, if the text is at hand."""

    part: PageTerm
    title: str
    passages: list[DisplayedPassage] = field(default_factory=list)
    words: list[ContentWords] = field(default_factory=list)

    @property
    def speakers_words(self) -> str:
        """Return only the words of the speaker, as the article quotes them."""
        return " ".join(run.words.strip(f"{QUOTATION_MARKS} ") for run in self.words if run.whose == "speaker")


def quotation_parts(rows: Sequence[Row], version: Version) -> list[QuotationPart]:
    """Return the parts of a statement's quotation that the graph has."""
    passages = displayed_passages(rows, version)
    by_part = {part: [shown for shown in passages if shown.row["part"].value == str(part)] for part in PART_TITLES}
    quoted, inserted = by_part[CQ.quotedSpan], by_part[CQ.insertionSpan]
    return [
        QuotationPart(
            of_part[0].row["part"],
            PART_TITLES[part],
            of_part,
            [words for passage in of_part for words in _words_by_author(passage, quoted, inserted)]
            if part == CQ.contentSpan
            else [],
        )
        for part, of_part in by_part.items()
        if of_part
    ]


def _words_by_author(
    content: DisplayedPassage, quoted: list[DisplayedPassage], inserted: list[DisplayedPassage]
) -> Iterator[ContentWords]:
    """Yield a content's words, split by author; nothing without the text."""
    whole = span_in_row(content.row)
    inside = [span_in_row(passage.row) for passage in (*quoted, *inserted)]
    ends = (end for span in inside for end in (span.start, span.end))
    cuts = sorted({whole.start, whole.end, *(end for end in ends if whole.start < end < whole.end)})
    for start, end in pairwise(cuts):
        if words := content.words[start - whole.start : end - whole.start]:
            yield ContentWords(words, _author(TextSpan(start, end), quoted, inserted), starts=start == whole.start)


def _author(words: TextSpan, quoted: list[DisplayedPassage], inserted: list[DisplayedPassage]) -> str:
    # The editor first: an insertion is within the quoted words of the speaker.
    for whose, passages in (("editor", inserted), ("speaker", quoted)):
        if any(span_in_row(passage.row).takes_in(words) for passage in passages):
            return whose
    return "reporter"
