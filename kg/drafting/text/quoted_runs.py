"""Quotation marks of a text: the text between a pair of them is a speaker's whole sentences or a part of one."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from kg.mapping.passages.text_spans import TextSpan

QUOTATION = re.compile(
    "“(?P<curly>[^“”]+?)(?:”|(?=(?<!\\n)\\n\\s*+“))"  # a quotation of several paragraphs opens in each
    "|„(?P<low>[^„“”]+)[“”]"
    "|«(?P<angle>[^«»]+)»"
    '|(?<![\\w.,!?])"(?P<straight>[^"\\n]+)(?:"|(?=\\n\\s*"))'
    '|(?<![\\w.,!?])"(?P<block>(?=\\S)[^"\\n]+(?:\\n(?:[ \\t]*\\n)?[^"\\n]+){1,3}(?<=[.,!?]))"(?=\\s|$)'
    "|``(?P<ticks>[^`\\n]+?)''"
    "|(?<!\\w)[‘'](?P<single>(?=\\S)[^\\n“”\"]{6,400}?[,.?!])[’'](?!\\w)"  # noqa: RUF001 -- British, and no apostrophe
)
END_OF_SPEECH = re.compile(r"[,.?!…—-][\"'’”]?\s*$")  # noqa: RUF001 -- the end of a quotation within one
MIN_WORDS_OF_SENTENCE = 3
SPEAKS = "(?:said|says|added|wrote|told|asked|replied|cried|returned|answered|continued|whispered|exclaimed)"
SPLIT = re.compile(
    rf",\W?\s+(?:{SPEAKS}|(?:he|she|they|(?:Mr|Mrs|Ms|Dr|Sen|Gov|Rep)\. [A-Z]\w+|[A-Z]\w+(?: [A-Z]\w+)?) {SPEAKS})\b"
)
"""What follows the first part of a quotation, however short, that continues after its speaker."""
OPENS_SENTENCE = re.compile(r"(?:\A|\n|[.!?][\"”’)]*\s)\s*\Z")  # noqa: RUF001 -- quotation marks
COMMA_AND_VERB = re.compile(
    r",\s+(?:[\w.'’-]+,? ){0,6}?(?:said|says|added|wrote|told|explained|claimed|stated|noted|warned|argued)\b"  # noqa: RUF001
)
"""What follows a quotation that opens a sentence and has the comma after its marks: `“It rained”, the mayor said`."""
SENTENCE_OR_LINE_END = re.compile(r"\n|(?<![^\w\s])(?=[^\w\s]*[.!?])[^\w\s]++\s")
"""A line end, or marks with a full stop among them before white space: from the first, so as not to be quadratic."""
MAX_WORDS_OF_TITLE = 6
WORKS = (
    "film|movie|book|novel|song|album|single|show|series|play|musical|opera|essay|article|column|poem|documentary|"
    "memoir|hymn|anthem|podcast|program|programme|headline|slogan|motto|painting|exhibition|game"
)
"""Nouns for what has a title."""
BEFORE_TITLE = re.compile(
    rf"(?:\b(?:of|in|on|the|a|an|by|with|for|at|called|titled|as|from|and|to|{WORKS})|[\w]['’]s) $"  # noqa: RUF001
)
"""What introduces the title of a book or broadcast, or what a crowd chants, without a comma."""
MIN_WORDS_INTRODUCED = 5
"""The fewest words of a whole quotation that does not end its sentence inside the marks."""


@dataclass(frozen=True)
class QuotedRun:
    """One pair of quotation marks, numbered from one in the order of the text."""

    number: int
    span: TextSpan
    inner: TextSpan
    is_whole: bool


def quoted_runs(text: str) -> list[QuotedRun]:
    """Return a text's pairs of quotation marks in order."""
    runs: list[QuotedRun] = []
    for match in QUOTATION.finditer(text):
        start, end = match.span(match.lastgroup or 0)
        content = text[start:end]
        inner = TextSpan(start + len(content) - len(content.lstrip()), start + len(content.rstrip()))
        if inner.start < inner.end and re.search(r"\w", content):
            span = TextSpan(*match.span())
            is_whole = _is_whole(content.strip()) and not _is_title(text, span, content)
            is_whole = is_whole or _is_introduced(text, span, content, runs)
            is_whole = is_whole or (content[0].isupper() and bool(SPLIT.match(text, span.end - 2)))
            is_whole = is_whole or _opens_and_is_said(text, span, content)
            runs.append(QuotedRun(len(runs) + 1, span, inner, is_whole))
    return runs


def run_node(run: QuotedRun) -> dict[str, str]:
    """Return a run as the node written to a document."""
    extent = "whole" if run.is_whole else "partial"
    return {"id": f"run/{run.number}", "runNumber": str(run.number), "extent": extent, "runSpan": str(run.span)}


def runs_in(runs: list[QuotedRun], span: TextSpan) -> list[QuotedRun]:
    """Return the runs, of a text's runs in order, that have a character in a passage."""
    first = bisect_right(runs, span.start, key=lambda run: run.span.end)
    return runs[first : bisect_left(runs, span.end, key=lambda run: run.span.start)]


def _is_title(text: str, span: TextSpan, content: str) -> bool:
    """Return whether a few words are what something is called or what is shouted: `the author of “The Owl.”`."""
    is_short = len(content.split()) <= MAX_WORDS_OF_TITLE
    return is_short and bool(BEFORE_TITLE.search(text[max(0, span.start - 20) : span.start]))


def _is_introduced(text: str, span: TextSpan, content: str, before: list[QuotedRun]) -> bool:
    """Return whether a comma or colon introduces a quotation, and a mark after it ends the sentence, as in Britain."""
    between = text[before[-1].span.end if before else 0 : span.start]
    goes_on = bool(before) and not SENTENCE_OR_LINE_END.search(between)
    ends = re.match(r"(?:\s*\(\(?\w+\)\)?)?[.,;!?]", text[span.end : span.end + 12])
    return bool(
        re.search(r"[,:]\s*$", between) and ends and len(content.split()) >= MIN_WORDS_INTRODUCED and not goes_on
    )


def _opens_and_is_said(text: str, span: TextSpan, content: str) -> bool:
    """Return whether a quotation opens a sentence, and a verb of speech follows after a comma outside its marks."""
    opens = OPENS_SENTENCE.search(text[max(0, span.start - 20) : span.start])
    return bool(opens and content[0].isupper() and COMMA_AND_VERB.match(text, span.end))


def _is_whole(content: str) -> bool:
    """Return whether the text between marks is a sentence, rather than a phrase, a title or a word in scare quotes."""
    begins = content[0].isupper() or not content[0].isalpha()
    ends = END_OF_SPEECH.search(content)
    words = len(content.split())
    return bool(begins and ((ends and words >= MIN_WORDS_OF_SENTENCE) or content[-1] in "?!"))
