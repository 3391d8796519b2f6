"""What somebody says, thinks or wants as an attribution: its passages, without the words that only report it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.drafting.speech.attributions import Attribution, cue_phrase, sentence_span, source_phrase
from kg.drafting.speech.speech_sources import belongs_to_reporting_verb, continues_report, has_subject
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.text.quoted_runs import QuotedRun, runs_in
from kg.drafting.words.speech_words import ACT_OF_NOUN, ACT_OF_VERB, THOUGHT_ACTS
from kg.drafting.words.word_lists import words
from kg.mapping.passages.text_spans import TextSpan

PROPOSITIONS = words("stance policy move step position")
"""Nouns, besides those of speech, with which an author sums up what somebody says."""
MARKS_BEFORE_COMMENT = frozenset({",", "-", "--", "–", "—"})  # noqa: RUF001 -- dashes
DAYS = words("monday tuesday wednesday thursday friday saturday sunday yesterday")
BEFORE_DAY = words("on late early")
TIMES_OF_DAY = words("morning afternoon evening night")
EFFECTS = words(
    "contradict echo prompt draw spark deal defy signal undercut undermine reverse repeat reference refer allude "
    "distance"
)
"""Verbs for what a statement does or resembles, whose participle after it is the author's."""


def is_reported(parsed: ParsedText, word: Word) -> bool:
    """Return whether a word is within a clause that somebody says or thinks, or that a noun or state introduces."""
    return any(above.relation == "ccomp" for above in (word, *parsed.ancestors(word)))


def attributions_of(  # noqa: PLR0913, PLR0917 -- the parts of an attribution
    parsed: ParsedText,
    cue: Word,
    source: Word | None,
    indices: list[int],
    heads: list[Word],
    act: str,
    runs: list[QuotedRun],
    rule: str,
    confidence: float,
) -> Iterator[Attribution]:
    """Yield the attribution of a content, given as words, if any of them are outside its source and cue."""
    source_span = source_phrase(parsed, source, cue) if source else None
    cue_span = (
        parsed.span(cue.index, cue.index + 2)
        if cue.lemma == "accord" or rule == "according to"
        else cue_phrase(parsed, cue)
    )
    if source is not None and source.text.lower() == "you":
        return  # the reader, or anybody
    inside_content = {*indices} - _not_of_content(parsed, cue, heads)
    for head in heads:
        if head.index != cue.index and summary_before(parsed, head):
            clauses = (clause for clause in parsed.dependents(head, "ccomp") if clause.index < head.index)
            inside_content &= {index for clause in clauses for index in parsed.subtree(clause)}
    apart: list[TextSpan] = []
    for index in indices:
        word = parsed.words[index]
        is_apart = _is_comment(parsed, word) or _is_of_reporter(parsed, word) or _has_effect(parsed, word)
        if index > cue.index and is_apart:
            phrase = parsed.subtree(word)
            inside_content -= {*phrase}
            apart.append(parsed.span(phrase[0], phrase[-1] + 1))
    if (first := min((index for index in inside_content if index > cue.index), default=0)) > 0:
        inside_content -= {*range(first, after_day(parsed, first))}
    content = [
        *_contiguous(parsed, sorted(inside_content), [cue_span, *([source_span] if source_span else []), *apart])
    ]
    if not content:
        return
    whole = TextSpan(content[0].start, content[-1].end)
    inside = tuple(run for run in runs_in(runs, whole) if run.span.overlaps(*content))
    content = [_with_runs(span, inside) for span in content]
    yield Attribution(
        "mixed" if inside else "thought" if act in THOUGHT_ACTS else "indirect",
        tuple(content),
        sentence_span(parsed, *content, cue_span, source_span),
        rule,
        round(confidence - (0.0 if source else 0.2), 2),
        act=act,
        source=source,
        source_span=source_span,
        cue=cue,
        cue_span=cue_span,
        content_heads=tuple(word.index for word in heads),
        runs=tuple(run.number for run in inside),
    )


def attributions_after_preposition(  # noqa: PLR0913, PLR0917 -- the parts of an attribution
    parsed: ParsedText,
    word: Word,
    acts: dict[str, str],
    source: Word | None,
    start: int,
    runs: list[QuotedRun],
) -> Iterator[Attribution]:
    """Yield what follows an adjective or noun with one of its prepositions: `critical of it`, `a call for calm`."""
    for preposition in parsed.dependents(word, "prep"):
        act, heads = acts.get(preposition.text.lower()), parsed.dependents(preposition, "pobj", "pcomp")
        if act is None or preposition.index != word.index + 1 or any(head.text == "own" for head in heads):
            continue
        indices = [index for head in heads for index in parsed.subtree(head)]
        rule = f"“{word.text} {preposition.text}”"
        for made in attributions_of(parsed, word, source, indices, heads, act, runs, rule, 0.6):
            yield replace(made, cue_span=TextSpan(start, preposition.end))


def after_day(parsed: ParsedText, start: int) -> int:
    """Return where a content begins that the parser begins with the day of saying it: `said Monday revenue grew`."""
    index = start
    while index < len(parsed.words) - 1 and parsed.words[index].text.lower() in BEFORE_DAY:
        index += 1
    day, following = parsed.words[index], parsed.words[min(index + 1, len(parsed.words) - 1)]
    end = index + 2 if following.text.lower() in TIMES_OF_DAY else index + 1
    is_subject = parsed.words[end - 1].relation in SUBJECTS
    is_day = day.text.lower() in DAYS and not is_subject and following.tag != "POS"
    return start if not is_day or day.relation == "conj" or following.relation == "cc" else end


def _not_of_content(parsed: ParsedText, cue: Word, heads: list[Word]) -> set[int]:
    """Return what the parser attaches to a content but belongs to the saying: its time, and how the speaker continues.

    Examples are `said on Monday it had rained` and `said that it had rained, adding that …`.
    """
    indices: set[int] = set()
    for head in heads:
        subject = next((word.index for word in parsed.dependents(head, *SUBJECTS)), 0)
        marks = parsed.dependents(head, "mark")
        if first := next((word for word in marks if word.text.lower() == "that" and word.index > cue.index), None):
            indices |= {index for index in parsed.subtree(head) if cue.index < index < first.index}
        times = [word for word in parsed.dependents(head, "prep", "npadvmod") if cue.index < word.index < subject]
        for word in times:
            inside = parsed.subtree(word)
            names = {parsed.words[index].name_kind for index in inside if parsed.words[index].relation != "prep"}
            if not marks and names <= {"DATE", "TIME"} and inside[0] == cue.index + 1:
                indices |= {*inside}
        for word in parsed.dependents(head, "advcl", "conj"):
            is_apart = (
                continues_report(parsed, word)
                or belongs_to_reporting_verb(parsed, word)
                or _is_when_asked(parsed, word)
            )
            is_apart = is_apart or _says_otherwise(parsed, word)
            if word.index > cue.index and is_apart:
                indices |= {*parsed.subtree(word)}
    return indices


def _says_otherwise(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a clause sets what others say against what is said: `…, while officials said that it did not`."""
    marks = [word.text.lower() for word in parsed.dependents(verb, "mark")]
    has_other = any(word.tag != "PRP" for word in parsed.dependents(verb, "nsubj"))
    is_against = verb.relation == "advcl" and any(mark in {"while", "whereas", "though", "although"} for mark in marks)
    return is_against and has_other and verb.lemma in {"say", "tell", "insist", "argue", "claim", "report", "note"}


def _is_when_asked(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a clause is about what somebody was asked before they answered: `“Yes” when asked if …`."""
    is_asked = verb.lemma == "ask" and verb.tag == "VBN" and not has_subject(parsed, verb)
    return is_asked and parsed.words[parsed.subtree(verb)[0]].text.lower() in {"when", "asked"}


def summary_before(parsed: ParsedText, verb: Word) -> Word | None:
    """Return the noun that sums up the text before it, if the parser takes the noun's clause for the main one.

    An example is `it will rain, a theory that many reject` without `that`.
    """
    subjects = parsed.dependents(verb, "nsubj")
    if not subjects:
        return None
    subject = subjects[-1]
    nouns = [*subjects[:-1], *(word for word in parsed.dependents(verb, "dobj") if word.index < subject.index)]
    nouns += [word for word in parsed.dependents(subject, "compound", "nmod") if word.tag == "NN"]
    for noun in nouns:
        if _sums_up(parsed, noun):
            return noun
    return None


def _is_comment(parsed: ParsedText, noun: Word) -> bool:
    """Return whether an apposition to what is said is the author's: `…, a charge that officials call baseless`."""
    is_beside = noun.relation in {"appos", "npadvmod", "dep", "dobj"} and bool(parsed.children[noun.index])
    return is_beside and _sums_up(parsed, noun)


def start_of_summary(parsed: ParsedText, noun: Word) -> int:
    """Return where the phrase of a noun begins whose article the parser may attach to another word."""
    return min(parsed.noun_phrase(noun)[0], noun.index - (parsed.words[noun.index - 1].tag == "DT"))


def _sums_up(parsed: ParsedText, noun: Word) -> bool:
    """Return whether an indefinite noun of speech after a comma or dash refers to what comes before: `…, a charge`."""
    start = start_of_summary(parsed, noun)
    is_indefinite = start > 0 and parsed.words[start].text.lower() in {"a", "an"}
    is_of_speech = noun.lemma in ACT_OF_NOUN or noun.lemma in PROPOSITIONS
    return is_indefinite and is_of_speech and parsed.words[start - 1].text in MARKS_BEFORE_COMMENT


def _is_of_reporter(parsed: ParsedText, word: Word) -> bool:
    """Return whether a relative clause after a comma is the author's: `the truce, which he said was weak`."""
    if word.relation != "relcl" or word.lemma not in ACT_OF_VERB:
        return False
    first = parsed.words[parsed.subtree(word)[0]]
    is_after_comma = parsed.words[first.index - 1].text == "," and first.tag == "WDT"
    return is_after_comma and any(subject.tag == "PRP" for subject in parsed.dependents(word, "nsubj"))


def _has_effect(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a participle after a comma tells what the statement does: `…, contradicting his assertions`."""
    return (
        verb.relation == "advcl"
        and verb.tag == "VBG"
        and verb.lemma in EFFECTS
        and parsed.words[verb.index - 1].text == ","
    )


def _contiguous(parsed: ParsedText, indices: list[int], holes: list[TextSpan]) -> Iterator[TextSpan]:
    """Yield the passages that the words form, without those of the source and the cue."""
    outside_holes = [i for i in indices if not any(hole.start <= parsed.words[i].start < hole.end for hole in holes)]
    start = 0
    for place, index in enumerate(outside_holes):
        if place + 1 == len(outside_holes) or not _follows(parsed, index, outside_holes[place + 1], holes):
            last = outside_holes[place - 1] if place > start and parsed.words[index].tag == "CC" else index
            # `But it will rain, according to Quill`
            first = start + (start < place and parsed.words[outside_holes[start]].text in {"But", "And", "Yet"})
            span = parsed.span(outside_holes[first], last + 1)
            if span.start < span.end and any(letter.isalnum() for letter in span.of(parsed.text)):
                yield span
            start = place + 1


def _follows(parsed: ParsedText, index: int, following: int, holes: list[TextSpan]) -> bool:
    """Return whether there are only marks, or words that the parser has put elsewhere, between two words."""
    between = TextSpan(parsed.words[index].end, parsed.words[following].start)
    return not between.overlaps(*holes)


def _with_runs(span: TextSpan, runs: tuple[QuotedRun, ...]) -> TextSpan:
    """Return a passage extended to the whole of each quoted run at its edges."""
    return span.joined(run.span for run in runs if run.span.overlaps(span))
