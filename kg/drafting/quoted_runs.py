"""Quotation marks of a text: what stands between a pair of them, whole sentences of a speaker's or a part of one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.mapping import TextSpan

QUOTATION = re.compile(
    "“(?P<curly>[^“”]+?)(?:”|(?=\\n\\s*“))"  # a quotation of several paragraphs opens in each and closes in the last
    "|„(?P<low>[^„“”]+)[“”]"
    "|«(?P<angle>[^«»]+)»"
    '|(?<!\\w)"(?P<straight>[^"\\n]+)"'
    "|``(?P<ticks>[^`\\n]+?)''"
    "|(?<!\\w)[‘'](?P<single>(?=\\S)[^\\n“”\"]{6,400}?[,.?!])[’'](?!\\w)"  # noqa: RUF001 -- British, and no apostrophe
)
END_OF_SPEECH = re.compile(r"[,.?!…—-]\s*$")
MIN_WORDS_OF_SENTENCE = 3


@dataclass(frozen=True)
class QuotedRun:
    """One pair of quotation marks, by its place among all of the text from one."""

    number: int
    span: TextSpan
    inner: TextSpan
    is_whole: bool


def quoted_runs(text: str) -> list[QuotedRun]:
    """Return the pairs of quotation marks of a text in order."""
    runs: list[QuotedRun] = []
    for match in QUOTATION.finditer(text):
        start, end = match.span(match.lastgroup or 0)
        content = text[start:end]
        inner = TextSpan(start + len(content) - len(content.lstrip()), start + len(content.rstrip()))
        if inner.start < inner.end and re.search(r"\w", content):
            runs.append(QuotedRun(len(runs) + 1, TextSpan(*match.span()), inner, _is_whole(content.strip())))
    return runs


def _is_whole(content: str) -> bool:
    """Tell whether what stands between marks is a sentence, rather than a phrase, a title or a word held off."""
    begins = content[0].isupper() or not content[0].isalpha()
    ends = END_OF_SPEECH.search(content)
    words = len(content.split())
    return bool(begins and ((ends and words >= MIN_WORDS_OF_SENTENCE) or content[-1] in "?!"))
