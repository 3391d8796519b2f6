"""Indirect speech and thought: verbs and nouns of speech with a clause, an infinitive or an object as their content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.drafting.attributions import Attribution, cue_phrase, sentence_span, source_phrase, subject_of
from kg.drafting.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.quoted_runs import QuotedRun
from kg.drafting.speech_words import ACT_OF_NOUN, ACT_OF_STATE, ACT_OF_VERB, THOUGHT_ACTS, WITH_INFINITIVE, WITH_OBJECT
from kg.mapping import TextSpan

JUDGING = frozenset({"call", "label", "dub", "describe", "consider"})
"""Verbs that say something where their object is said to be something."""
DENYING = frozenset({"deny", "refuse"})
"""Verbs that say something unless somebody is denied a thing."""


def indirect_attributions(
    parsed: ParsedText, runs: list[QuotedRun], direct: Iterable[Attribution]
) -> list[Attribution]:
    """Return the attributions outside whole quotations, but for those that introduce one."""
    used = {attribution.cue.index for attribution in direct if attribution.cue}
    quoted = [run.span for run in runs if run.is_whole]
    attributions = []
    for word in parsed.words:
        inside = any(span.start <= word.start < span.end for span in quoted)
        if word.index not in used and not inside:
            attributions += [*_of_word(parsed, word, runs)]
    return attributions


def _of_word(parsed: ParsedText, word: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    lemma = word.lemma.lower()
    if lemma == "accord" or word.text.lower() == "according":
        yield from _according_to(parsed, word, runs)
    elif word.is_verb and lemma in ACT_OF_VERB and word.relation not in {"aux", "auxpass", "amod", "compound"}:
        yield from _of_verb(parsed, word, lemma, runs)
    elif lemma in ACT_OF_STATE and (
        (word.tag == "VBN" and parsed.dependents(word, "auxpass")) or (word.tag == "JJ" and word.relation == "acomp")
    ):
        yield from _of_state(parsed, word, ACT_OF_STATE[lemma], runs)
    elif word.tag.startswith("NN") and lemma in ACT_OF_NOUN:
        yield from _of_noun(parsed, word, lemma, runs)


def _of_verb(parsed: ParsedText, verb: Word, lemma: str, runs: list[QuotedRun]) -> Iterator[Attribution]:
    clauses = [word for word in parsed.dependents(verb, "ccomp") if word.is_verb or parsed.dependents(word, *SUBJECTS)]
    rule, confidence = f"the verb “{lemma}” with a clause", 0.85
    if not clauses and verb.relation == "parataxis" and parsed.dependents(verb, *SUBJECTS):
        yield from _parenthetical(parsed, verb, runs)
        return
    if (
        not clauses
        and verb.relation == "advcl"
        and any(mark.text.lower() == "as" for mark in parsed.dependents(verb, "mark"))
    ):
        yield from _parenthetical(parsed, verb, runs)
        return
    if not clauses and lemma in WITH_INFINITIVE:
        clauses = [word for word in parsed.dependents(verb, "xcomp") if parsed.dependents(word, "aux")]
        rule, confidence = f"the verb “{lemma}” with an infinitive", 0.75
    if not clauses and lemma in WITH_OBJECT and not _is_naming(parsed, verb, lemma, runs):
        clauses = _objects(parsed, verb)
        rule, confidence = f"the verb “{lemma}” with an object", 0.6
    if not clauses:
        return
    source = subject_of(parsed, verb)
    indices = [index for clause in clauses for index in parsed.subtree(clause, _not_said(parsed, verb))]
    yield from _made(parsed, verb, source, indices, clauses, ACT_OF_VERB[lemma], runs, rule, confidence)


def _of_state(parsed: ParsedText, state: Word, act: str, runs: list[QuotedRun]) -> Iterator[Attribution]:
    """Yield what somebody is said to think by a state of mind, as in `is afraid that the bridge falls`."""
    if clauses := parsed.dependents(state, "ccomp"):
        verb = state if state.tag == "VBN" else parsed.words[state.head]
        indices = [index for clause in clauses for index in parsed.subtree(clause)]
        rule = f"“{state.text}” with a clause"
        yield from _made(parsed, state, subject_of(parsed, verb), indices, clauses, act, runs, rule, 0.75)


def _is_naming(parsed: ParsedText, verb: Word, lemma: str, runs: list[QuotedRun]) -> bool:
    """Tell whether a verb with an object says nothing, as in `a group called the Owls` or `was denied a visa`."""
    objects = parsed.dependents(verb, "dobj")
    if lemma in JUDGING:
        is_reduced = verb.tag == "VBN" and not parsed.dependents(verb, "aux", "auxpass", "agent")
        judgements = parsed.dependents(verb, "oprd", "xcomp", "ccomp", "acomp")
        judgements += [word for word in parsed.dependents(verb, "prep") if word.text.lower() == "as"]
        sentence = parsed.sentence_words(verb.sentence)
        is_quoted = any(verb.start < run.span.start < sentence[-1].end for run in runs)
        return is_reduced or not (judgements or len(objects) > 1 or is_quoted)
    return lemma in DENYING and bool(parsed.dependents(verb, "auxpass", "dative")) and bool(objects)


def _objects(parsed: ParsedText, verb: Word) -> list[Word]:
    """Return the objects of a verb with what is said of them, as in `called the pact a paper boat`."""
    objects = parsed.dependents(verb, "dobj", "oprd", "xcomp")
    nouns = [word for word in objects if word.tag not in {"PRP", "WP", "WDT"} or len(objects) > 1]
    prepositions = [
        word for word in parsed.dependents(verb, "prep") if word.text.lower() in {"of", "for", "as", "against"}
    ]
    return [*nouns, *prepositions] if nouns or (objects and prepositions) else []


def _not_said(parsed: ParsedText, verb: Word) -> list[int]:
    """Return the subject of a cue within its content, where a parenthesis stands inside what is said."""
    return [verb.index, *(word.index for word in parsed.dependents(verb, *SUBJECTS))]


def _parenthetical(parsed: ParsedText, verb: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    main = parsed.words[verb.head]
    indices = parsed.subtree(main, [verb.index])
    rule, act = f"“{verb.lemma}” in parenthesis", ACT_OF_VERB[verb.lemma.lower()]
    yield from _made(parsed, verb, subject_of(parsed, verb), indices, [main], act, runs, rule, 0.8)


def _of_noun(parsed: ParsedText, noun: Word, lemma: str, runs: list[QuotedRun]) -> Iterator[Attribution]:
    clauses = [
        clause
        for clause in parsed.dependents(noun, "acl", "ccomp")
        if any(mark.text.lower() in {"that", "to"} for mark in parsed.dependents(clause, "mark", "aux"))
        and parsed.dependents(clause, "mark")
    ]
    if not clauses:
        return
    owners = parsed.dependents(noun, "poss")
    owners += [
        word
        for by in parsed.dependents(noun, "prep")
        if by.lemma in {"of", "by", "from"}
        for word in parsed.dependents(by, "pobj")
    ]
    governor = parsed.words[noun.head]
    if noun.relation == "pobj":  # `came to the conclusion that`, `told the paper in a statement that`
        governor = parsed.words[governor.head]
    takes = governor.is_verb and noun.relation in {"dobj", "pobj"}
    source = owners[0] if owners else subject_of(parsed, governor) if takes else None
    indices = [index for clause in clauses for index in parsed.subtree(clause)]
    yield from _made(
        parsed, noun, source, indices, clauses, ACT_OF_NOUN[lemma], runs, f"the noun “{lemma}” with a clause", 0.6
    )


def _according_to(parsed: ParsedText, word: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    following = parsed.words[word.index + 1] if word.index + 1 < len(parsed.words) else word
    nouns = parsed.dependents(following, "pobj")
    if following.text.lower() != "to" or not nouns:
        return
    phrase = {*parsed.subtree(word), following.index, *parsed.subtree(nouns[0])}
    main = next((other for other in parsed.ancestors(word) if other.is_verb), None) or parsed.words[word.head]
    indices = [index for index in parsed.subtree(main) if index not in phrase]
    yield from _made(parsed, word, nouns[0], indices, [main], "assert", runs, "according to", 0.85)


def _made(  # noqa: PLR0913, PLR0917 -- the parts of an attribution
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
    """Yield the attribution of a content, given as words, if it has any outside its source and cue."""
    source_span = source_phrase(parsed, source) if source else None
    cue_span = (
        parsed.span(cue.index, cue.index + 2)
        if cue.lemma == "accord" or rule == "according to"
        else cue_phrase(parsed, cue)
    )
    content = [*_contiguous(parsed, sorted({*indices}), [cue_span, *([source_span] if source_span else [])])]
    if not content:
        return
    inside = tuple(run for run in runs if run.span.overlaps(*content))
    content = [_with_runs(span, inside) for span in content]
    yield Attribution(
        "mixed" if inside else "thought" if act in THOUGHT_ACTS else "indirect",
        tuple(content),
        sentence_span(parsed, *content, cue_span, source_span),
        rule,
        round(confidence - (0.0 if source else 0.2), 2),
        act,
        source,
        source_span,
        cue,
        cue_span,
        tuple(word.index for word in heads),
        tuple(run.number for run in inside),
    )


def _contiguous(parsed: ParsedText, indices: list[int], holes: list[TextSpan]) -> Iterator[TextSpan]:
    """Yield the passages of words, without those of the source and the cue."""
    outside_holes = [i for i in indices if not any(hole.start <= parsed.words[i].start < hole.end for hole in holes)]
    start = 0
    for place, index in enumerate(outside_holes):
        if place + 1 == len(outside_holes) or not _follows(parsed, index, outside_holes[place + 1], holes):
            span = parsed.span(outside_holes[start], index + 1)
            if span.start < span.end and any(letter.isalnum() for letter in span.of(parsed.text)):
                yield span
            start = place + 1


def _follows(parsed: ParsedText, index: int, following: int, holes: list[TextSpan]) -> bool:
    """Tell whether nothing but marks, or what the parser has put elsewhere, stands between two words."""
    between = TextSpan(parsed.words[index].end, parsed.words[following].start)
    return not between.overlaps(*holes)


def _with_runs(span: TextSpan, runs: tuple[QuotedRun, ...]) -> TextSpan:
    """Return a passage with the whole of each quoted run at its edges."""
    touching = [run.span for run in runs if run.span.overlaps(span)]
    return TextSpan(
        min([span.start, *(run.start for run in touching)]), max([span.end, *(run.end for run in touching)])
    )
