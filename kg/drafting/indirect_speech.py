"""Indirect speech and thought: verbs and nouns of speech with a clause, an infinitive or an object as their content."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.drafting.attributions import (
    Attribution,
    catenative_of,
    cue_phrase,
    is_reduced,
    sentence_span,
    source_phrase,
    speaker_of,
    subject_of,
)
from kg.drafting.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.quoted_runs import QuotedRun, runs_in
from kg.drafting.speech_words import (
    ACT_OF_NOUN,
    ACT_OF_STATE,
    ACT_OF_VERB,
    MAKING_KNOWN,
    THOUGHT_ACTS,
    VERBS_WITH_PREPOSITIONS,
    WITH_ADDRESSEE,
    WITH_INFINITIVE,
    WITH_OBJECT,
)
from kg.drafting.word_lists import words
from kg.mapping import TextSpan

JUDGING = words("call label dub describe characterize characterise consider see view regard portray cast depict")
"""Verbs that say something where their object is said to be something."""
DENYING = frozenset({"deny", "refuse"})
"""Verbs that say something unless somebody is denied a thing."""
OF_WHAT_IS_KNOWN = words("deny confirm reject dispute dismiss")
"""Verbs whose object may be a pronoun: what was said before is denied."""
RAISED = words("believe think say report allege expect understand estimate rumor rumour")
"""Verbs whose passive with an infinitive says something of the subject: `is believed to be ill`."""
SAYING_NOTHING = words("comment elaborate name identify speak talk discuss answer respond")
"""Verbs of speech that tell nothing of what is said: `declined to comment`, `asked not to be named`."""
MIN_WORDS_OF_SPEECH = 4
"""Words of a quoted part of a sentence that may say something of itself."""
CLAIMED = words("responsibility credit victory innocence ignorance success")
"""What one claims by saying so; one claims asylum or a prize otherwise."""
TOLD_THINGS = words("story tale joke lie truth secret thing something")
"""What is told, rather than whom it is told."""
MAX_WORDS_OF_LIGHT_CUE = 4
"""Words from a verb to the noun with which it is one cue."""
GOING_ON = words("add note say cite stress explain call describe insist argue warn predict promise vow point")
"""Verbs whose participle after a comma goes on with what somebody says."""


def indirect_attributions(
    parsed: ParsedText, runs: list[QuotedRun], direct: Iterable[Attribution]
) -> list[Attribution]:
    """Return the attributions outside whole quotations; of a verb that introduces one, what it says besides."""
    used = {attribution.cue.index for attribution in direct if attribution.cue}
    quoted = [run.span for run in runs if run.is_whole]
    phrases = [run.span for run in runs if len(run.inner.of(parsed.text).split()) >= MIN_WORDS_OF_SPEECH]
    of_somebody_quoted = parsed.words_in([*quoted, *phrases])
    attributions = []
    for word in parsed.words:
        # What somebody quoted says of others' words is his.
        if word.index in of_somebody_quoted:
            continue
        if word.index in used:
            attributions += [*_besides_quotation(parsed, word, runs, quoted)]
        else:
            attributions += [*_of_word(parsed, word, runs)]
    return attributions


def _besides_quotation(
    parsed: ParsedText, verb: Word, runs: list[QuotedRun], quoted: list[TextSpan]
) -> Iterator[Attribution]:
    """Yield what stands between a verb and the quotation that it introduces: `said that it rained: “…”`."""
    following = bisect_right(quoted, verb.start, key=lambda span: span.start)
    end = quoted[following].start if following < len(quoted) else None
    for attribution in _of_word(parsed, verb, runs):
        spans = [span for span in attribution.content if end is not None and verb.end <= span.start < end]
        is_object = attribution.rule.endswith("object") and verb.lemma not in JUDGING
        if end is None or is_object or not spans or len(spans) < len(attribution.content):
            continue
        words_before = parsed.words[parsed.word_at(spans[0].start) : parsed.word_at(end - 1)]
        if attribution.rule.endswith("clause") and not any(_has_subject(parsed, word) for word in words_before):
            continue  # the clause is the quotation
        last = end - len(parsed.text[spans[-1].start : end]) + len(parsed.text[spans[-1].start : end].rstrip(" ,:;\n"))
        spans[-1] = TextSpan(spans[-1].start, min(spans[-1].end, last))
        numbers = tuple(run.number for run in runs if run.number in attribution.runs and run.span.end <= last)
        form = attribution.form if numbers or attribution.form != "mixed" else "indirect"
        span = sentence_span(parsed, *spans, attribution.cue_span, attribution.source_span)
        yield replace(attribution, content=tuple(spans), runs=numbers, form=form, span=span)


def _of_word(parsed: ParsedText, word: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    lemma = word.lemma.lower()
    if lemma == "accord" or word.text.lower() == "according":
        yield from _according_to(parsed, word, runs)
    elif word.is_verb and word.relation not in {"aux", "auxpass", "amod", "compound"} and _can_say(parsed, word, lemma):
        yield from _of_verb(parsed, word, lemma, runs)
    elif lemma in ACT_OF_STATE and (
        (word.tag == "VBN" and parsed.dependents(word, "auxpass")) or (word.tag == "JJ" and word.relation == "acomp")
    ):
        yield from _of_state(parsed, word, ACT_OF_STATE[lemma], runs)
    elif word.tag.startswith("NN") and lemma in ACT_OF_NOUN:
        yield from _of_noun(parsed, word, lemma, runs)


def _can_say(parsed: ParsedText, verb: Word, lemma: str) -> bool:
    """Tell whether a verb stands for an act of speech, unless nobody is told to do it: `asked, the minister said …`."""
    is_known = lemma in ACT_OF_VERB or lemma in VERBS_WITH_PREPOSITIONS
    return is_known and not (is_reduced(parsed, verb) and speaker_of(parsed, verb) is None)


def _of_verb(parsed: ParsedText, verb: Word, lemma: str, runs: list[QuotedRun]) -> Iterator[Attribution]:
    clauses = _clauses(parsed, verb) if lemma in ACT_OF_VERB else []
    if not clauses and lemma in ACT_OF_VERB and _is_parenthesis(parsed, verb):
        yield from _parenthetical(parsed, verb, runs)
        return
    if not clauses and (phrase := _phrase_after(parsed, verb, lemma)):
        yield from _of_verb_with_preposition(parsed, verb, phrase, runs)
        return
    rule, confidence = f"the verb “{lemma}” with a clause", 0.85
    if not clauses and (infinitives := _infinitives(parsed, verb, lemma)):
        clauses = infinitives
        rule, confidence = f"the verb “{lemma}” with an infinitive", 0.75
    is_infinitive = any(word.tag == "TO" for word in parsed.dependents(verb, "aux"))
    if not clauses and lemma in WITH_OBJECT and not is_infinitive and not _is_naming(parsed, verb, lemma, runs):
        clauses = _objects(parsed, verb, lemma)
        rule, confidence = f"the verb “{lemma}” with an object", 0.6
    if not clauses:
        return
    indices = [index for clause in clauses for index in parsed.subtree(clause, _not_said(parsed, verb))]
    if clauses[0].relation == "xcomp":
        indices = _with_doer(parsed, verb, clauses[0], indices)
    elif clauses[0].relation == "ccomp" and lemma not in WITH_ADDRESSEE and not _has_subject(parsed, clauses[0]):
        # `found yields fell`, where the parser takes what fell for what was found
        objects = [word for word in parsed.dependents(verb, "dobj") if verb.index < word.index < clauses[0].index]
        indices += [index for word in objects for index in parsed.subtree(word)]
    act = "refuse" if _leaves_unsaid(parsed, verb) else ACT_OF_VERB[lemma]
    yield from _made(parsed, verb, _source_of(parsed, verb), indices, clauses, act, runs, rule, confidence)


def _is_parenthesis(parsed: ParsedText, verb: Word) -> bool:
    """Tell whether a verb says what stands around it: `the bridge, she says, is shut`, `as she says`."""
    is_as = verb.relation == "advcl" and any(mark.text.lower() == "as" for mark in parsed.dependents(verb, "mark"))
    return is_as or (verb.relation == "parataxis" and _has_subject(parsed, verb))


def _has_subject(parsed: ParsedText, verb: Word) -> bool:
    return bool(parsed.dependents(verb, *SUBJECTS))


def _source_of(parsed: ParsedText, verb: Word) -> Word | None:
    """Return who says what a verb stands for; who `said that …, adding that …` is the subject of the first verb."""
    governor = parsed.words[verb.head]
    saying = parsed.words[governor.head]
    is_outside = _goes_on(parsed, verb) or _is_of_outer_verb(parsed, verb)
    if is_outside and governor.relation == "ccomp" and saying.lemma.lower() in ACT_OF_VERB:
        return speaker_of(parsed, saying)
    return speaker_of(parsed, verb)


def _goes_on(parsed: ParsedText, verb: Word) -> bool:
    """Tell whether a participle after a comma goes on with what somebody says: `…, adding that it rained`."""
    is_after_comma = verb.index > 0 and parsed.words[verb.index - 1].text == ","
    return verb.tag == "VBG" and verb.relation == "advcl" and verb.lemma in GOING_ON and is_after_comma


def _is_of_outer_verb(parsed: ParsedText, verb: Word) -> bool:
    """Tell whether a past form stands beside an infinitive, with which it cannot share a subject's auxiliary.

    In `said he would wait and promised to come`, `promised` goes on with `said`.
    """
    governor = parsed.words[verb.head]
    is_past = verb.tag == "VBD" and verb.relation == "conj" and not _has_subject(parsed, verb)
    return is_past and governor.tag == "VB" and any(word.tag == "MD" for word in parsed.dependents(governor, "aux"))


def _clauses(parsed: ParsedText, verb: Word) -> list[Word]:
    """Return the clauses that a verb has as its object, also where the parser hangs them from a noun beside it.

    Such nouns are whom it is told (`told a briefing that`) and where it stands (`said in a statement that`).
    """
    clauses = [word for word in parsed.dependents(verb, "ccomp") if word.is_verb or _has_subject(parsed, word)]
    if clauses:
        return clauses
    beside = [
        word for word in parsed.dependents(verb, "conj") if word.index > verb.index and _has_subject(parsed, word)
    ]
    between = parsed.words[verb.index : beside[0].index] if beside else []
    is_joined = any(word.relation == "cc" or word.text in {";", ":"} for word in between)
    # What stands beside a verb of speech without `and` is its content, whatever the parser takes it for.
    is_phrase = _phrase_after(parsed, verb, verb.lemma.lower()) is not None
    if beside and not is_joined and not is_phrase and not parsed.dependents(verb, "dobj"):
        return beside
    return [
        clause
        for noun in _nouns_after(parsed, verb)
        for clause in parsed.dependents(noun, "acl", "relcl", "ccomp")
        if _is_of_verb(parsed, clause, noun)
    ]


def _is_of_verb(parsed: ParsedText, clause: Word, noun: Word) -> bool:
    """Tell whether a clause after a noun is what is said: it has a subject of its own, and `that` is none of its nouns.

    The parser takes `told a briefing that it rained` for a briefing that it rained.
    """
    if any(mark.text.lower() in {"that", "whether"} for mark in parsed.dependents(clause, "mark")):
        return True
    first = parsed.words[parsed.subtree(clause)[0]]
    subjects = parsed.dependents(clause, *SUBJECTS)
    is_addressed = noun.relation == "dobj" and noun.lemma not in TOLD_THINGS
    return is_addressed and first.text.lower() == "that" and bool(subjects) and first not in subjects


def _nouns_after(parsed: ParsedText, verb: Word) -> Iterator[Word]:
    """Yield what stands between a verb and its clause: whom it tells, and where and how it is said."""
    waiting = parsed.dependents(verb, "prep", "dative", "pobj")
    waiting += [word for word in parsed.dependents(verb, "dobj") if verb.lemma in WITH_ADDRESSEE]
    # A quoted name of a broadcast may be parsed as if it were a sentence: `told “Meet the Guild” that …`.
    waiting += [word for word in parsed.dependents(verb, "xcomp", "ccomp") if word.name_kind == "WORK_OF_ART"]
    while waiting:
        word = waiting.pop(0)
        if word.index < verb.index or (word.lemma in ACT_OF_VERB and not word.tag.startswith("NN")):
            continue
        if word.is_noun or word.name_kind == "WORK_OF_ART":
            yield word
        waiting += parsed.dependents(word, "prep", "pobj", "dative")


def _infinitives(parsed: ParsedText, verb: Word, lemma: str) -> list[Word]:
    """Return the infinitives that are a verb's content, but for what is not said: `declined to comment`."""
    is_passive = bool(parsed.dependents(verb, "auxpass"))
    if lemma not in (WITH_INFINITIVE | RAISED if is_passive else WITH_INFINITIVE):
        return []
    infinitives = [word for word in parsed.dependents(verb, "xcomp") if parsed.dependents(word, "aux")]
    return [word for word in infinitives if word.lemma not in SAYING_NOTHING and not _says_itself(parsed, word)]


def _says_itself(parsed: ParsedText, infinitive: Word) -> bool:
    """Tell whether an infinitive is a cue with the verb before it: `declined to say whether …`."""
    return (
        infinitive.lemma in ACT_OF_VERB
        and catenative_of(parsed, infinitive) is not None
        and bool(_clauses(parsed, infinitive))
    )


def _with_doer(parsed: ParsedText, verb: Word, infinitive: Word, indices: list[int]) -> list[int]:
    """Return the words of an infinitive with who is to do it, where that stands right before, or is the subject."""
    before = {*indices, *(index - 1 for index in indices)}
    doers = [word for word in parsed.dependents(verb, "dobj", "dative") if max(parsed.subtree(word)) in before]
    if parsed.dependents(verb, "auxpass") and verb.lemma in RAISED:
        doers += parsed.dependents(verb, "nsubjpass")
    return [*(index for word in doers if word.index != infinitive.index for index in parsed.subtree(word)), *indices]


def _leaves_unsaid(parsed: ParsedText, verb: Word) -> bool:
    """Tell whether somebody does not say something: `has not said whether`, `declined to say`."""
    governor = catenative_of(parsed, verb)
    is_declined = governor is not None and governor.lemma in {"decline", "refuse"}
    return verb.lemma in MAKING_KNOWN and (is_declined or bool(parsed.dependents(verb, "neg")))


def _phrase_after(parsed: ParsedText, verb: Word, lemma: str) -> Word | None:
    """Return the preposition or particle that makes a verb one of speech: `call for`, `point to`, `rule out`."""
    words = parsed.dependents(verb, "prep", "prt")
    return next((word for word in words if word.text.lower() in VERBS_WITH_PREPOSITIONS.get(lemma, {})), None)


def _of_verb_with_preposition(
    parsed: ParsedText, verb: Word, preposition: Word, runs: list[QuotedRun]
) -> Iterator[Attribution]:
    """Yield what stands after `calls for`, `calls on` or `points to`."""
    heads = parsed.dependents(preposition, "pobj", "pcomp")
    if preposition.relation == "prt":
        heads = parsed.dependents(verb, "dobj", "xcomp")
    infinitives = [word for word in parsed.dependents(verb, "xcomp", "advcl") if parsed.dependents(word, "aux")]
    heads += infinitives if preposition.text.lower() in {"on", "upon"} else []
    indices = [index for head in heads for index in parsed.subtree(head)]
    act = VERBS_WITH_PREPOSITIONS[verb.lemma.lower()][preposition.text.lower()]
    rule = f"the verb “{verb.lemma} {preposition.text.lower()}”"
    for made in _made(parsed, verb, _source_of(parsed, verb), indices, heads, act, runs, rule, 0.6):
        is_beside = preposition.index == verb.index + 1
        cue_span = TextSpan(cue_phrase(parsed, verb).start, preposition.end)
        yield replace(made, cue_span=cue_span) if is_beside else made


def _of_state(parsed: ParsedText, state: Word, act: str, runs: list[QuotedRun]) -> Iterator[Attribution]:
    """Yield what somebody is said to think by a state of mind, as in `is afraid that the bridge falls`."""
    if clauses := parsed.dependents(state, "ccomp"):
        verb = state if state.tag == "VBN" else parsed.words[state.head]
        indices = [index for clause in clauses for index in parsed.subtree(clause)]
        rule = f"“{state.text}” with a clause"
        for made in _made(parsed, state, subject_of(parsed, verb), indices, clauses, act, runs, rule, 0.75):
            group = cue_phrase(parsed, verb)
            is_beside = group.end == state.end or parsed.text[group.end : state.start].isspace()
            yield replace(made, cue_span=TextSpan(group.start, state.end)) if is_beside else made


def _is_naming(parsed: ParsedText, verb: Word, lemma: str, runs: list[QuotedRun]) -> bool:
    """Tell whether a verb with an object says nothing, as in `a group called the Owls` or `was denied a visa`."""
    objects = parsed.dependents(verb, "dobj")
    if lemma in JUDGING:
        is_reduced = verb.tag == "VBN" and not parsed.dependents(verb, "aux", "auxpass", "agent")
        judgements = [
            word
            for word in parsed.dependents(verb, "oprd", "xcomp", "ccomp", "acomp")
            if not any(to.tag == "TO" for to in parsed.dependents(word, "aux"))
        ]
        judgements += [word for word in parsed.dependents(verb, "prep") if word.text.lower() == "as"]
        judged = {parsed.words[index].start for word in objects for index in parsed.subtree(word)}
        beside = runs_in(runs, TextSpan(min(judged), max(judged) + 1)) if judged else []
        is_quoted = any(run.span.start in judged or run.inner.start in judged for run in beside)
        return is_reduced or not (judgements or len(objects) > 1 or is_quoted)
    if lemma == "offer":
        return verb.tag not in {"VBD", "VBN"}  # what a place or a course `offers` is no offer
    if lemma == "claim":
        return not any(word.lemma in CLAIMED for word in objects)
    return lemma in DENYING and bool(parsed.dependents(verb, "auxpass", "dative")) and bool(objects)


def _objects(parsed: ParsedText, verb: Word, lemma: str) -> list[Word]:
    """Return the objects of a verb with what is said of them, as in `called the pact a paper boat`."""
    objects = parsed.dependents(verb, "dobj", "oprd", "xcomp")
    nouns = [
        word
        for word in objects
        if word.tag not in {"PRP", "WP", "WDT"} or len(objects) > 1 or (lemma in OF_WHAT_IS_KNOWN and word.tag == "PRP")
    ]
    prepositions = [
        word for word in parsed.dependents(verb, "prep") if word.text.lower() in {"of", "for", "as", "against"}
    ]
    is_passive = bool(parsed.dependents(verb, "agent"))
    return [*nouns, *prepositions] if nouns or ((objects or is_passive) and prepositions) else []


def _not_said(parsed: ParsedText, verb: Word) -> list[int]:
    """Return the subject of a cue within its content, where a parenthesis stands inside what is said."""
    return [verb.index, *(word.index for word in parsed.dependents(verb, *SUBJECTS))]


def _parenthetical(parsed: ParsedText, verb: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    main = parsed.words[verb.head]
    indices = parsed.subtree(main, [verb.index])
    rule, act = f"“{verb.lemma}” in parenthesis", ACT_OF_VERB[verb.lemma.lower()]
    yield from _made(parsed, verb, speaker_of(parsed, verb), indices, [main], act, runs, rule, 0.8)


def _of_noun(parsed: ParsedText, noun: Word, lemma: str, runs: list[QuotedRun]) -> Iterator[Attribution]:
    clauses = [
        clause
        for clause in parsed.dependents(noun, "acl", "ccomp")
        if any(mark.text.lower() in {"that", "to"} for mark in parsed.dependents(clause, "mark", "aux"))
        and parsed.dependents(clause, "mark")
    ]
    if not clauses:
        return
    owners = [*parsed.dependents(noun, "poss"), *parsed.objects_after(noun, "of", "by", "from", relations=("prep",))]
    governor = parsed.words[noun.head]
    if noun.relation == "pobj":  # `came to the conclusion that`, `told the paper in a statement that`
        governor = parsed.words[governor.head]
        if governor.lemma in ACT_OF_VERB and clauses == _clauses(parsed, governor):
            return  # `said in a statement that`: the verb's own
    takes = governor.is_verb and noun.relation in {"dobj", "pobj"} and governor.index < noun.index
    source = owners[0] if owners else subject_of(parsed, governor) if takes else None
    indices = [index for clause in clauses for index in parsed.subtree(clause)]
    rule = f"the noun “{lemma}” with a clause"
    for made in _made(parsed, noun, source, indices, clauses, ACT_OF_NOUN[lemma], runs, rule, 0.6):
        is_light = takes and not owners and noun.index - governor.index <= MAX_WORDS_OF_LIGHT_CUE
        start = cue_phrase(parsed, governor).start
        # `came to the conclusion that`, `made the claim that`: verb and noun are one cue
        yield replace(made, cue_span=TextSpan(start, noun.end)) if is_light and made.cue_span else made


def _according_to(parsed: ParsedText, word: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    following = parsed.words[word.index + 1] if word.index + 1 < len(parsed.words) else word
    nouns = parsed.dependents(following, "pobj")
    if following.text.lower() != "to" or not nouns:
        return
    phrase = {*parsed.subtree(word), following.index, *parsed.subtree(nouns[0])}
    main = next((other for other in parsed.ancestors(word) if other.is_verb), None) or parsed.words[word.head]
    while main.relation == "conj" and parsed.words[main.head].is_verb:
        main = parsed.words[main.head]  # it is said of the whole sentence, not of its last clause alone
    marks = [mark.index for mark in parsed.dependents(main, "mark")]
    indices = [index for index in parsed.subtree(main, marks) if index not in phrase]
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
    source_span = source_phrase(parsed, source, cue) if source else None
    cue_span = (
        parsed.span(cue.index, cue.index + 2)
        if cue.lemma == "accord" or rule == "according to"
        else cue_phrase(parsed, cue)
    )
    if source is not None and source.text.lower() == "you":
        return  # the reader, or anybody
    inside_content = {*indices} - _not_of_content(parsed, cue, heads)
    content = [*_contiguous(parsed, sorted(inside_content), [cue_span, *([source_span] if source_span else [])])]
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
        act,
        source,
        source_span,
        cue,
        cue_span,
        tuple(word.index for word in heads),
        tuple(run.number for run in inside),
    )


def _not_of_content(parsed: ParsedText, cue: Word, heads: list[Word]) -> set[int]:
    """Return what the parser hangs from a content and is of the saying: when it is said, and how it goes on.

    Examples are `said on Monday it had rained` and `said that it had rained, adding that …`.
    """
    indices: set[int] = set()
    for head in heads:
        subject = next((word.index for word in parsed.dependents(head, *SUBJECTS)), 0)
        marks = parsed.dependents(head, "mark")
        times = [word for word in parsed.dependents(head, "prep", "npadvmod") if cue.index < word.index < subject]
        for word in times:
            inside = parsed.subtree(word)
            names = {parsed.words[index].name_kind for index in inside if parsed.words[index].relation != "prep"}
            if not marks and names <= {"DATE", "TIME"} and inside[0] == cue.index + 1:
                indices |= {*inside}
        for word in parsed.dependents(head, "advcl", "conj"):
            if word.index > cue.index and (_goes_on(parsed, word) or _is_of_outer_verb(parsed, word)):
                indices |= {*parsed.subtree(word)}
    return indices


def _contiguous(parsed: ParsedText, indices: list[int], holes: list[TextSpan]) -> Iterator[TextSpan]:
    """Yield the passages of words, without those of the source and the cue."""
    outside_holes = [i for i in indices if not any(hole.start <= parsed.words[i].start < hole.end for hole in holes)]
    start = 0
    for place, index in enumerate(outside_holes):
        if place + 1 == len(outside_holes) or not _follows(parsed, index, outside_holes[place + 1], holes):
            last = outside_holes[place - 1] if place > start and parsed.words[index].tag == "CC" else index
            span = parsed.span(outside_holes[start], last + 1)
            if span.start < span.end and any(letter.isalnum() for letter in span.of(parsed.text)):
                yield span
            start = place + 1


def _follows(parsed: ParsedText, index: int, following: int, holes: list[TextSpan]) -> bool:
    """Tell whether nothing but marks, or what the parser has put elsewhere, stands between two words."""
    between = TextSpan(parsed.words[index].end, parsed.words[following].start)
    return not between.overlaps(*holes)


def _with_runs(span: TextSpan, runs: tuple[QuotedRun, ...]) -> TextSpan:
    """Return a passage with the whole of each quoted run at its edges."""
    return span.joined(run.span for run in runs if run.span.overlaps(span))
