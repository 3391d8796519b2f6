"""Headlines that attribute themselves with a colon: `Quill: No talks before the vote`, `Poll: Few trust the guild`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.drafting.speech.attributions import Attribution, sentence_span
from kg.drafting.text.noun_kinds import is_for_people
from kg.drafting.text.parsed_text import ParsedText, Word
from kg.drafting.text.quoted_runs import QuotedRun, runs_in
from kg.drafting.words.name_words import OFFICES
from kg.drafting.words.word_lists import words
from kg.mapping.passages.text_spans import TextSpan

HEADLINE = re.compile(r"\s*(?P<source>[^\n:“”\"?!]{2,60}): +(?P<content>\S[^\n]{8,160}?)[.\s]*(?:\n|$)")
REPORTS = words("poll survey report study camp campaign newspaper")
"""Nouns, besides those for people and offices, that stand before the colon of a headline for who says what follows."""
MAX_WORDS_OF_SOURCE = 6
OF_NAMES = frozenset({"DT", "JJ", "NN", "NNS", "NNP", "NNPS", "POS", "HYPH", "CD", "VBG"})
"""Tags of the words of such a source, since `What to know about Quill: …` has none."""


def headline_attributions(parsed: ParsedText, runs: list[QuotedRun]) -> Iterator[Attribution]:
    """Yield what a text's headline reports after a colon, if somebody is named before it."""
    match = HEADLINE.match(parsed.text)
    if not match or not parsed.text[match.end() :].strip():
        return
    source, content = TextSpan(*match.span("source")), TextSpan(*match.span("content"))
    named = parsed.words_at(source)
    colon = parsed.words[parsed.word_at(source.end)]
    inside = tuple(runs_in(runs, content))
    if colon.text != ":" or not _is_source(parsed, named) or any(run.is_whole for run in inside):
        return
    cue = TextSpan(colon.start, colon.end)
    yield Attribution(
        "mixed" if inside else "indirect",
        (content.joined(run.span for run in inside),),
        sentence_span(parsed, source, content),
        "a headline after a colon",
        0.6,
        source=named[-1],
        source_span=source,
        cue=colon,
        cue_span=cue,
        content_heads=_heads(parsed, content),
        runs=tuple(run.number for run in inside),
    )


def _heads(parsed: ParsedText, content: TextSpan) -> tuple[int, ...]:
    inside = parsed.words_at(content)
    indices = {word.index for word in inside}
    return tuple(word.index for word in inside if word.head not in indices or word.head == word.index)


def _is_source(parsed: ParsedText, named: list[Word]) -> bool:
    """Return whether words before a colon name who says what is after it, rather than what it is about."""
    last = named[-1]
    # A surname alone, however it is tagged, is a name by the article's full one: `Quill: …`, and then `Ada Quill`.
    surnames = {
        parsed.words[name.end - 1].text for name in parsed.names if name.kind == "PERSON" and name.start > last.index
    }
    if len(named) == 1 and last.text in surnames:
        return True
    if len(named) > MAX_WORDS_OF_SOURCE or any(word.tag not in OF_NAMES for word in named):
        return False
    lemma = last.lemma.lower()
    is_common = lemma in REPORTS or lemma in OFFICES or (is_for_people(lemma) and last.tag.startswith("NN"))
    return is_common or (last.tag.startswith("NNP") and last.text in surnames)
