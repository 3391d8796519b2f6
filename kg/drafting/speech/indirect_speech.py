"""Indirect speech and thought: verbs and nouns of speech whose content is a clause, an infinitive or an object."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.drafting.speech.attributions import (
    ASKING,
    Attribution,
    catenative_of,
    cue_phrase,
    is_reduced,
    questions_before,
    sentence_span,
    speaker_of,
    subject_of,
)
from kg.drafting.speech.headline_speech import headline_attributions
from kg.drafting.speech.noun_cues import OF_WHAT_IS_KNOWN, clauses_of_noun, in_view, of_noun
from kg.drafting.speech.speech_content import (
    PROPOSITIONS,
    after_day,
    attributions_after_preposition,
    attributions_of,
    is_reported,
    start_of_summary,
    summary_before,
)
from kg.drafting.speech.speech_sources import has_subject, source_of
from kg.drafting.speech.unsaid_speech import act_of, is_left_unsaid, is_unsaid, verb_of_cue
from kg.drafting.speech.verb_clauses import clauses_of, is_first_parenthesis, phrase_after
from kg.drafting.text.noun_kinds import QUANTITIES, is_somebody
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.text.quoted_runs import QuotedRun, runs_in
from kg.drafting.words.name_words import OFFICES, TEXTS
from kg.drafting.words.speech_words import (
    ACT_OF_NOUN,
    ACT_OF_STATE,
    ACT_OF_STATE_WITH_INFINITIVE,
    ACT_OF_VERB,
    JUDGING,
    NOUNS_WITH_PREPOSITIONS,
    STATES_WITH_PREPOSITIONS,
    VERBS_WITH_PREPOSITIONS,
    WITH_ADDRESSEE,
    WITH_INFINITIVE,
    WITH_OBJECT,
)
from kg.drafting.words.word_lists import words
from kg.mapping.passages.text_spans import TextSpan

DISMISSING = words("dismiss reject denounce condemn describe")
"""Verbs whose object may come after `as` and how it is judged."""
DENYING = frozenset({"deny", "refuse"})
"""Verbs that are statements unless somebody is denied a thing."""
RAISED = words("believe think say report allege expect understand estimate rumor rumour")
"""Verbs whose passive with an infinitive is a statement about the subject: `is believed to be ill`."""
SAYING_NOTHING = words("comment elaborate name identify speak talk discuss answer respond")
"""Verbs of speech without content: `declined to comment`, `asked not to be named`."""
OF_OTHERS = {
    "question": frozenset[str](),
    "quote": TEXTS,
    "admit": frozenset[str](),
    "cite": TEXTS,
    "request": frozenset({"anonymity"}),
    "confirm": frozenset[str](),
    "dismiss": frozenset[str](),
    "threaten": frozenset[str](),
    "warn": frozenset[str](),
    "welcome": frozenset[str](),
}
"""Verbs that say nothing if their object is somebody, as in `citing two officials`, or one of these nouns."""
WITH_GERUND = words("recall remember mention report")
"""Verbs whose content can be a form with `-ing`: `recalled hearing a bang`."""
STANCES = words("endorse oppose support favor favour back advocate want prefer")
"""Verbs for an attitude that only somebody has, and that is no statement of its own in what somebody says."""
AIDING = frozenset({"support", "back"})
FINDING, POLLS = words("show find"), words("poll survey study census")
"""Verbs whose object may be what a poll found, and nouns for polls."""
OBJECT = "an object"
OF_CLAUSES = frozenset({"think", "insist", "hope"})
"""Verbs of thought and speech that have no object: `Quill thinks the message resonates`."""
EXPRESSING = words("express voice reiterate announce")
"""Verbs that form one cue with a noun of speech."""
MIN_WORDS_OF_SPEECH = 4
"""The fewest words of a quoted part of a sentence that may contain a statement of its own."""
CONNECTIVES = words("still indeed meanwhile however moreover nevertheless nonetheless instead also furthermore")
VIEWS = words("view opinion telling estimation judgment judgement mind eye account word")
"""Nouns that attribute what is said beside them to somebody: `in her view`."""
ABOUT = words("on about over toward towards")
"""Prepositions that introduce what a verb's object is about: `touted his record on jobs`."""
ACTING_THINGS = words(
    "storm hurricane flood fire wildfire earthquake quake rain drought heat weather wind war conflict violence crisis "
    "virus disease outbreak pandemic plan law rule bill budget deal pact move change decision policy cut tariff strike "
    "drug medicine device technology market economy price rate road bridge river sea body future past moment collapse "
    "shortage attack blast leak spill vote project growth decline rise"
)
"""Nouns for what threatens, promises or demands something without saying it: `the storm threatened the coast`."""
CHANNELS = words(
    "website site page air radio television tv stage trail floor show phone network media program programme"
)
"""Nouns for the medium in which somebody says something, rather than its topic."""
RELATIVES = words("that which who whom")
"""Pronouns that refer to the noun before a clause."""
OFFERED = words(
    "condolence apology explanation help assistance support talk negotiation truce deal ceasefire resignation asylum "
    "amnesty advice assessment praise criticism sympathy prayer thanks defense defence view opinion plan proposal "
    "compromise concession cooperation aid reason detail account response excuse solution alternative congratulation"
)
"""What is offered by saying something, unlike rides or a room."""
CLAIMED = words("responsibility credit victory innocence ignorance success")
"""What is claimed by stating it, unlike asylum or a prize."""


def indirect_attributions(
    parsed: ParsedText, runs: list[QuotedRun], direct: Iterable[Attribution]
) -> list[Attribution]:
    """Return the attributions outside whole quotations; for a verb that introduces one, what it states besides."""
    used = {attribution.cue.index for attribution in direct if attribution.cue}
    quoted = [run.span for run in runs if run.is_whole]
    phrases = [run.span for run in runs if len(run.inner.of(parsed.text).split()) >= MIN_WORDS_OF_SPEECH]
    of_somebody_quoted = parsed.words_in([*quoted, *phrases])
    spoken = parsed.words_in(span for attribution in direct for span in attribution.content)
    attributions = [*headline_attributions(parsed, runs)]
    for word in parsed.words:
        # What a quoted speaker reports of other people's words is the speaker's own statement.
        if word.index in of_somebody_quoted:
            continue
        if word.index in used:
            besides = _besides_quotation(parsed, word, runs, quoted)
            # Both halves of a quotation are already included: `“Well,” said Quill, “it rains.”`
            attributions += [item for item in besides if not _is_in(parsed, item.content, spoken)]
        else:
            attributions += [*_of_word(parsed, word, runs)]
    return attributions


def _is_in(parsed: ParsedText, content: tuple[TextSpan, ...], indices: set[int]) -> bool:
    return all(index in indices for index in parsed.words_in(content) if parsed.words[index].text[:1].isalnum())


def _besides_quotation(
    parsed: ParsedText, verb: Word, runs: list[QuotedRun], quoted: list[TextSpan]
) -> Iterator[Attribution]:
    """Yield what a verb reports besides the quotation that it introduces.

    That is what is between them (`said that it rained: “…”`), or a sentence with a quoted part before the verb (`It
    is “a ruin,” Quill said. “We …”`).
    """
    following = bisect_right(quoted, verb.start, key=lambda span: span.start)
    end = quoted[following].start if following < len(quoted) else None
    for attribution in _of_word(parsed, verb, runs):
        if all(span.end <= verb.start and not span.overlaps(*quoted) for span in attribution.content):
            yield attribution
            continue
        spans = [span for span in attribution.content if end is not None and verb.end <= span.start < end]
        is_object = attribution.rule.endswith("object") and verb.lemma not in JUDGING
        if end is None or is_object or not spans or len(spans) < len(attribution.content):
            continue
        words_before = parsed.words[parsed.word_at(spans[0].start) : parsed.word_at(end - 1)]
        if attribution.rule.endswith("clause") and not any(has_subject(parsed, word) for word in words_before):
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
    elif word.tag == "VBG" and word.text.lower() in ACT_OF_NOUN and parsed.dependents(word, "poss"):
        yield from of_noun(parsed, word, word.text.lower(), runs)  # `her warning that`
    elif word.is_verb and word.relation not in {"aux", "auxpass", "amod", "compound"} and _can_say(parsed, word, lemma):
        yield from _of_verb(parsed, word, lemma, runs)
    elif word.relation == "acomp" or (word.tag == "VBN" and parsed.dependents(word, "auxpass")):
        yield from _of_state(parsed, word, lemma, runs)
    elif lemma == "make" and word.is_verb and not is_unsaid(parsed, word):
        yield from _made_clear(parsed, word, runs)
    elif lemma in VIEWS and word.relation == "pobj":
        yield from in_view(parsed, word, runs)
    elif word.tag.startswith("NN") and (lemma in ACT_OF_NOUN or lemma in NOUNS_WITH_PREPOSITIONS):
        yield from of_noun(parsed, word, lemma, runs)


def _can_say(parsed: ParsedText, verb: Word, lemma: str) -> bool:
    """Return whether a verb is an act of speech, and not one without a speaker: `asked, the minister said …`."""
    is_known = lemma in ACT_OF_VERB or lemma in VERBS_WITH_PREPOSITIONS
    before = parsed.words[verb.index - 1].text.lower() if verb.index else ""
    if verb.index and parsed.words[verb.index - 1].tag == "POS":
        return False  # `Quill's reported income`
    is_after_number = bool(verb.index) and parsed.words[verb.index - 1].tag == "CD"
    if is_after_number and verb.relation in {"conj", "acl", "amod"}:
        return False  # `leads by 20 pledged delegates`
    if before == "when" and lemma in ASKING and verb.tag in {"VBD", "VBN"}:
        return False  # it is the speaker of the sentence who was asked
    if verb in questions_before(parsed, parsed.words[verb.head]) or (is_known and is_unsaid(parsed, verb)):
        return False
    return is_known and not (is_reduced(parsed, verb) and speaker_of(parsed, verb) is None)


def _of_verb(parsed: ParsedText, verb: Word, lemma: str, runs: list[QuotedRun]) -> Iterator[Attribution]:
    if lemma in WITH_OBJECT and (summary := summary_before(parsed, verb)):
        yield from _of_summary(parsed, verb, summary, runs)
        return
    clauses = clauses_of(parsed, verb) if lemma in ACT_OF_VERB else []
    if lemma in JUDGING and parsed.objects_after(verb, "as"):
        clauses = []  # `see the polls as proof that …`: the content is how the object is seen
    if not clauses and lemma in ACT_OF_VERB and _is_parenthesis(parsed, verb):
        yield from _parenthetical(parsed, verb, runs)
        return
    if not clauses and (phrase := phrase_after(parsed, verb, lemma)):
        yield from _of_verb_with_preposition(parsed, verb, phrase, runs)
        return
    complement, confidence = "a clause", 0.85
    if not clauses:
        clauses, complement, confidence = _without_clause(parsed, verb, lemma, runs)
    if not clauses:
        return
    beside = _not_said(parsed, verb) if clauses[0].relation != "nsubjpass" else [verb.index]
    if complement == OBJECT:
        beside += [word.index for clause in clauses for word in _time_of(parsed, clause)]
    indices = [index for clause in clauses for index in parsed.subtree(clause, beside)]
    if clauses[0].relation == "xcomp":
        indices = _with_doer(parsed, verb, clauses[0], indices)
    elif clauses[0].relation == "ccomp" and lemma not in WITH_ADDRESSEE and not has_subject(parsed, clauses[0]):
        # `found yields fell`, where the parser takes `yields` for the object of `found`
        objects = [word for word in parsed.dependents(verb, "dobj") if verb.index < word.index < clauses[0].index]
        indices += [index for word in objects for index in parsed.subtree(word)]
        # `said on Friday net profit rose`, where it takes `Friday net profit` for one phrase
        start = after_day(parsed, verb.index + 1)
        indices += [*range(start, min(indices))] if start > verb.index + 1 else []
    act = act_of(parsed, verb, ACT_OF_VERB[lemma])
    rule = f"the verb “{lemma}” with {complement}"
    yield from attributions_of(parsed, verb, source_of(parsed, verb), indices, clauses, act, runs, rule, confidence)


def _without_clause(parsed: ParsedText, verb: Word, lemma: str, runs: list[QuotedRun]) -> tuple[list[Word], str, float]:
    """Return an infinitive or object that is a verb's content, which of them it is, and the confidence."""
    if infinitives := _infinitives(parsed, verb, lemma):
        return infinitives, "an infinitive", 0.75
    if lemma in OF_CLAUSES:
        return _misread_clause(parsed, verb), "what is after it", 0.5
    is_infinitive = any(word.tag == "TO" for word in parsed.dependents(verb, "aux"))
    is_object = lemma in WITH_OBJECT or (lemma in FINDING and _is_of_poll(parsed, verb))
    is_object = is_object and not (lemma in STANCES and not _is_stance(parsed, verb))
    is_object = is_object and not is_infinitive and not _is_naming(parsed, verb, lemma, runs)
    is_object = is_object and not _is_of_thing(parsed, verb)
    return _objects(parsed, verb, lemma) if is_object else [], OBJECT, 0.6


def _is_of_thing(parsed: ParsedText, verb: Word) -> bool:
    """Return whether the subject of a verb with an object cannot speak: `the storm threatened the coast`."""
    subject = speaker_of(parsed, verb)
    return subject is not None and subject.tag in {"NN", "NNS"} and subject.lemma.lower() in ACTING_THINGS


def _is_stance(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb's subject has an attitude, unlike evidence that supports a claim, and does not only say so.

    Who `said it opposed the plan` makes one statement.
    """
    subject = speaker_of(parsed, verb)
    is_aid = verb.lemma in AIDING and bool(parsed.dependents(verb, "agent"))  # `the study was supported by a charity`
    is_gerund = verb.tag == "VBG" and not parsed.dependents(verb, "aux")
    if subject is None or is_aid or is_gerund or is_reported(parsed, verb):
        return False
    return is_somebody(subject) or subject.lemma.lower() in OFFICES or subject.text.lower() in QUANTITIES


def _is_of_poll(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb's subject is a poll or study, whose findings may be named only: `showed a narrow lead`."""
    return any(word.lemma in POLLS for word in parsed.dependents(verb, "nsubj"))


def _misread_clause(parsed: ParsedText, verb: Word) -> list[Word]:
    """Return the object of a verb that only takes clauses: the parser took its clause's verb for a noun."""
    objects = [
        word for word in parsed.dependents(verb, "dobj") if word.tag.startswith("NN") and word.index > verb.index
    ]
    is_long = bool(objects) and len(parsed.subtree(objects[0])) >= MIN_WORDS_OF_SPEECH
    return objects if is_long else []


def _of_summary(parsed: ParsedText, verb: Word, noun: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    """Yield what somebody says about what comes before: `…, a theory many pollsters reject as wild`."""
    subject = parsed.dependents(verb, "nsubj")[-1]
    after = [word for word in parsed.dependents(verb, "prep", "advcl", "oprd") if word.index > verb.index]
    start = start_of_summary(parsed, noun)
    indices = [*range(start, noun.index + 1), *(index for word in after for index in parsed.subtree(word))]
    rule, act = f"the verb “{verb.lemma}” with an object", act_of(parsed, verb, ACT_OF_VERB[verb.lemma.lower()])
    for made in attributions_of(parsed, verb, subject, indices, [noun], act, runs, rule, 0.6):
        span = parsed.span(max(noun.index + 1, parsed.noun_phrase(subject)[0]), subject.index + 1)
        yield replace(made, source_span=span)


def _is_parenthesis(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb's content is around it: `the bridge, she says, is shut`, `as she says`."""
    is_as = verb.relation == "advcl" and any(mark.text.lower() == "as" for mark in parsed.dependents(verb, "mark"))
    is_as |= is_first_parenthesis(parsed, verb)
    if parsed.dependents(verb, "xcomp") or (verb.lemma not in WITH_ADDRESSEE and parsed.dependents(verb, "dobj")):
        return False  # `as the crowd continues to grow`, `as she learned more`
    return is_as or _is_between_commas(parsed, verb) or (verb.relation == "parataxis" and has_subject(parsed, verb))


def _is_between_commas(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a parenthesis is taken for a clause about a subject: `the plan, Quill conceded, failed`."""
    noun, subjects = parsed.words[verb.head], parsed.dependents(verb, *SUBJECTS)
    if verb.relation not in {"acl", "relcl"} or noun.relation not in SUBJECTS or not subjects:
        return False
    first = parsed.words[parsed.subtree(subjects[0])[0]]
    marks = {parsed.words[first.index - 1].text, parsed.words[verb.index + 1].text}
    return marks == {","} and first.index > noun.index and subjects[0].tag not in {"WP", "WDT"}


def _infinitives(parsed: ParsedText, verb: Word, lemma: str) -> list[Word]:
    """Return the infinitives that are a verb's content, except those without content: `declined to comment`."""
    is_passive = bool(parsed.dependents(verb, "auxpass"))
    if lemma in WITH_GERUND and not is_passive:
        return [word for word in parsed.dependents(verb, "xcomp") if word.tag == "VBG"]
    if lemma not in (WITH_INFINITIVE | RAISED if is_passive else WITH_INFINITIVE):
        return []
    return _with_to(parsed, verb)


def _with_to(parsed: ParsedText, word: Word) -> list[Word]:
    infinitives = [word for word in parsed.dependents(word, "xcomp") if parsed.dependents(word, "aux")]
    return [word for word in infinitives if word.lemma not in SAYING_NOTHING and not _says_itself(parsed, word)]


def _says_itself(parsed: ParsedText, infinitive: Word) -> bool:
    """Return whether an infinitive forms a cue with the verb before it: `declined to say whether …`."""
    return (
        infinitive.lemma in ACT_OF_VERB
        and catenative_of(parsed, infinitive) is not None
        and bool(clauses_of(parsed, infinitive))
    )


def _with_doer(parsed: ParsedText, verb: Word, infinitive: Word, indices: list[int]) -> list[int]:
    """Return the words of an infinitive with who is to do it, if right before it or the subject of a passive."""
    before = {*indices, *(index - 1 for index in indices)}
    doers = [word for word in parsed.dependents(verb, "dobj", "dative") if max(parsed.subtree(word)) in before]
    if parsed.dependents(verb, "auxpass") and verb.lemma in RAISED:
        doers += parsed.dependents(verb, "nsubjpass")
    return [*(index for word in doers if word.index != infinitive.index for index in parsed.subtree(word)), *indices]


def _of_verb_with_preposition(
    parsed: ParsedText, verb: Word, preposition: Word, runs: list[QuotedRun]
) -> Iterator[Attribution]:
    """Yield what comes after `calls for`, `calls on` or `points to`."""
    governor = catenative_of(parsed, verb)
    if governor is not None and governor.lemma in {"refuse", "decline"}:
        return  # covered by the refusal
    heads = parsed.dependents(preposition, "pobj", "pcomp")
    if preposition.relation == "prt":
        heads = parsed.dependents(verb, "dobj", "xcomp")
    infinitives = [word for word in parsed.dependents(verb, "xcomp", "advcl") if parsed.dependents(word, "aux")]
    heads += infinitives if preposition.text.lower() in {"on", "upon"} else []
    indices = [index for head in heads for index in parsed.subtree(head)]
    act = act_of(parsed, verb, VERBS_WITH_PREPOSITIONS[verb.lemma.lower()][preposition.text.lower()])
    rule = f"the verb “{verb.lemma} {preposition.text.lower()}”"
    for made in attributions_of(parsed, verb, source_of(parsed, verb), indices, heads, act, runs, rule, 0.6):
        is_beside = preposition.index == verb.index + 1
        cue_span = TextSpan(cue_phrase(parsed, verb).start, preposition.end)
        yield replace(made, cue_span=cue_span) if is_beside else made


def _of_state(parsed: ParsedText, state: Word, lemma: str, runs: list[QuotedRun]) -> Iterator[Attribution]:
    """Yield what somebody thinks, intends or has an attitude to.

    Examples are `is afraid that the bridge falls`, `is determined to leave` and `has been critical of the plan`.
    """
    verb = verb_of_cue(parsed, state)
    if is_unsaid(parsed, verb):
        return
    clauses, act = parsed.dependents(state, "ccomp"), ACT_OF_STATE.get(lemma)
    is_held = not is_left_unsaid(parsed, verb)
    if is_held and lemma in ACT_OF_STATE_WITH_INFINITIVE:
        clauses, act = _with_to(parsed, state), ACT_OF_STATE_WITH_INFINITIVE[lemma]
    source, start = subject_of(parsed, verb), _start_of_state(parsed, verb, state)
    if clauses and act:
        indices = [index for clause in clauses for index in parsed.subtree(clause)]
        rule = f"“{state.text}” with {'a clause' if lemma in ACT_OF_STATE else 'an infinitive'}"
        for made in attributions_of(parsed, state, source, indices, clauses, act, runs, rule, 0.75):
            yield replace(made, cue_span=TextSpan(start, state.end))
    elif is_held and not is_reported(parsed, verb):
        yield from attributions_after_preposition(
            parsed, state, STATES_WITH_PREPOSITIONS.get(lemma, {}), source, start, runs
        )


def _start_of_state(parsed: ParsedText, verb: Word, state: Word) -> int:
    """Return where a state begins with its verb, if only adverbs are between them: `has been keenly aware`."""
    group = cue_phrase(parsed, verb)
    adverbs = [
        word.index
        for word in (*parsed.dependents(state, "advmod"), *parsed.dependents(verb, "advmod", "neg"))
        if verb.index < word.index < state.index
    ]
    is_beside = group.end == state.end or parsed.word_at(group.end) == min([state.index, *adverbs])
    return group.start if is_beside else state.start


def _is_naming(parsed: ParsedText, verb: Word, lemma: str, runs: list[QuotedRun]) -> bool:
    """Return whether a verb with an object is no statement, as in `a group called the Owls` or `was denied a visa`."""
    objects = parsed.dependents(verb, "dobj")
    if lemma in JUDGING:
        is_reduced = lemma in {"rate", "pronounce"} and bool(
            parsed.dependents(verb, "auxpass")
        )  # `was pronounced dead`
        is_reduced |= verb.tag == "VBN" and not parsed.dependents(verb, "aux", "auxpass", "agent")
        judgements = [
            word
            for word in parsed.dependents(verb, "oprd", "xcomp", "ccomp", "acomp")
            if not any(to.tag == "TO" for to in parsed.dependents(word, "aux"))
        ]
        judgements += [word for word in parsed.dependents(verb, "prep") if word.text.lower() == "as"]
        judgements += _as_adjectives(parsed, verb)
        judged = {parsed.words[index].start for word in objects for index in parsed.subtree(word)}
        beside = runs_in(runs, TextSpan(min(judged), max(judged) + 1)) if judged else []
        is_quoted = any(run.span.start in judged or run.inner.start in judged for run in beside)
        return is_reduced or not (judgements or len(objects) > 1 or is_quoted)
    if lemma in OF_OTHERS and any(is_somebody(word) or word.lemma in OF_OTHERS[lemma] for word in objects):
        return lemma != "dismiss" or not parsed.objects_after(verb, "as")  # `dismissed her as a clown`
    if lemma == "offer":  # what a place or a course `offers` is not an offer, nor are things that somebody gives
        subject = speaker_of(parsed, verb)
        is_named = subject is not None and subject.tag.startswith("NNP")
        return verb.tag not in {"VBD", "VBN"} or not (is_named or any(word.lemma in OFFERED for word in objects))
    if lemma in {"attack", "claim", "defend"}:
        return not _is_in_words(parsed, verb, lemma, objects)
    return lemma in DENYING and bool(parsed.dependents(verb, "auxpass", "dative")) and bool(objects)


def _is_in_words(parsed: ParsedText, verb: Word, lemma: str, objects: list[Word]) -> bool:
    """Return whether somebody attacks for something, claims credit or defends a record rather than a town."""
    if lemma == "attack":
        inside = [parsed.words[index] for noun in objects for index in parsed.subtree(noun)]
        phrases = [*parsed.dependents(verb, "prep"), *(word for word in inside if word.lemma == "for")]
        return any(word.lemma == "as" or parsed.dependents(word, "pcomp") for word in phrases)
    return any(word.lemma in CLAIMED if lemma == "claim" else parsed.dependents(word, "poss") for word in objects)


def _as_adjectives(parsed: ParsedText, verb: Word) -> list[Word]:
    """Return what an object is said to be if the parser takes it for a clause: `described the suspect as quiet`."""
    clauses = [word for word in parsed.dependents(verb, "advcl") if word.tag in {"JJ", "VBN", "VBG"}]
    firsts = [(word, parsed.words[parsed.subtree(word)[0]]) for word in clauses if word.index > verb.index]
    return [word for word, first in firsts if first.text.lower() == "as" and first.relation == "advmod"]


def _time_of(parsed: ParsedText, clause: Word) -> Iterator[Word]:
    """Yield phrases for when something is said that depend on what is said: `called it unfair during a rally`."""
    for index in parsed.subtree(clause):
        word = parsed.words[index]
        if word.relation == "prep" and word.lemma == "during" and not parsed.words[word.head].is_verb:
            yield word


def _objects(parsed: ParsedText, verb: Word, lemma: str) -> list[Word]:
    """Return the objects of a verb with what is said about them, as in `called the pact a paper boat`."""
    objects = [
        word
        for word in parsed.dependents(verb, "dobj", "oprd", "xcomp")
        if (word.relation != "xcomp" or not _says_itself(parsed, word))
        # `Sel News' Quill reported`, where the parser takes the owner for an object
        and (word.index > verb.index or not any(case.tag == "''" for case in parsed.dependents(word, "case")))
    ]
    prepositions = [
        word for word in parsed.dependents(verb, "prep") if word.text.lower() in {"of", "for", "as", "against"}
    ]
    prepositions += _as_adjectives(parsed, verb) if verb.relation != "relcl" else []
    left_out = {"WP", "WDT"} | ({"IN"} if verb.relation == "relcl" else set()) | (set() if prepositions else {"PRP"})
    nouns = [
        word
        for word in objects
        if word.tag not in left_out or len(objects) > 1 or (lemma in OF_WHAT_IS_KNOWN and word.tag == "PRP")
    ]
    if lemma in EXPRESSING and any(word.lemma in ACT_OF_NOUN and clauses_of_noun(parsed, word) for word in nouns):
        return []  # covered by the noun
    is_passive = bool(parsed.dependents(verb, "agent"))
    is_before = lemma in DISMISSING and not objects  # `dismissed as absurd a claim that …`
    if nouns or ((objects or is_passive or is_before) and prepositions):
        return [*nouns, *(prepositions or _of_last(parsed, verb, nouns))]
    if is_passive and not objects and lemma not in JUDGING:
        return parsed.dependents(verb, "nsubjpass")  # `the plan was criticized by Quill`
    antecedent = _antecedent(parsed, verb)
    # `a charge that officials dismiss as baseless`: the clause after `as` may be an adverbial one
    return [antecedent, *parsed.dependents(verb, "prep", "advcl")] if antecedent else []


def _of_last(parsed: ParsedText, verb: Word, nouns: list[Word]) -> list[Word]:
    """Return the phrase right after an object that belongs to it, even if misparsed: `his record on jobs`."""
    end = max(parsed.subtree(nouns[-1]), default=0) + 1 if nouns else 0
    beside = [word for word in parsed.dependents(verb, "prep") if word.index == end and word.text.lower() in ABOUT]
    topics = [(word, noun) for word in beside for noun in parsed.dependents(word, "pobj")]
    return [
        word for word, noun in topics if noun.tag in {"NN", "NNS"} and noun.lemma not in CHANNELS and not noun.name_kind
    ]


def _antecedent(parsed: ParsedText, verb: Word) -> Word | None:
    """Return what a relative clause is about: `a claim that Quill denies`, `an allegation Quill denies`."""
    antecedent = parsed.words[verb.head]
    objects, subjects = parsed.dependents(verb, "dobj"), parsed.dependents(verb, *SUBJECTS)
    is_object = bool(subjects) and subjects[0].text.lower() not in RELATIVES
    is_of_antecedent = verb.relation == "relcl" and all(word.text.lower() in RELATIVES for word in objects)
    is_said = antecedent.lemma in ACT_OF_NOUN or antecedent.lemma in PROPOSITIONS
    return antecedent if is_of_antecedent and is_object and is_said else None


def _not_said(parsed: ParsedText, verb: Word) -> list[int]:
    """Return a cue and its subject, which are inside the content if they are a parenthesis."""
    return [verb.index, *(word.index for word in parsed.dependents(verb, *SUBJECTS))]


def _parenthetical(parsed: ParsedText, verb: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    main = parsed.words[verb.head]
    if _is_between_commas(parsed, verb):
        main = parsed.words[main.head]
    others = [word for word in parsed.dependents(main, "conj") if _reports_too(parsed, word, verb)]
    last = min((parsed.subtree(word)[0] for word in others), default=len(parsed.words))
    indices = [index for index in parsed.subtree(main, [verb.index]) if index < last]
    if others and parsed.words[indices[-1]].relation == "cc":
        indices.pop()
    rule, act = f"“{verb.lemma}” in parenthesis", act_of(parsed, verb, ACT_OF_VERB[verb.lemma.lower()])
    yield from attributions_of(parsed, verb, speaker_of(parsed, verb), indices, [main], act, runs, rule, 0.8)


def _reports_too(parsed: ParsedText, verb: Word, parenthesis: Word) -> bool:
    """Return whether a verb after a parenthesis reports what others say: `…, Quill said, and aides warned that …`."""
    is_after = verb.index > parenthesis.index and verb.lemma.lower() in ACT_OF_VERB
    return is_after and has_subject(parsed, verb) and bool(clauses_of(parsed, verb))


def _made_clear(parsed: ParsedText, verb: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    """Yield what comes after `made clear that` or `made it plain that`."""
    clear = next((word for word in parsed.dependents(verb) if word.lemma in {"clear", "plain", "known"}), None)
    if clear is None:
        clear = next(
            (word for other in parsed.dependents(verb, "ccomp") if (word := other).lemma in {"clear", "plain"}), None
        )
    clauses = [
        clause
        for governor in (verb, clear)
        if clear is not None and governor is not None
        for clause in parsed.dependents(governor, "ccomp", "csubj")
        if clause is not clear and clause.index > clear.index
    ]
    if clear is None or not clauses:
        return
    indices = parsed.subtree(clauses[0])
    source, act = source_of(parsed, verb), act_of(parsed, verb, "assert")
    made_clear = attributions_of(parsed, verb, source, indices, clauses[:1], act, runs, "made clear", 0.8)
    for made in made_clear:
        yield replace(made, cue_span=TextSpan(cue_phrase(parsed, verb).start, clear.end))


def _connectives(parsed: ParsedText, verb: Word) -> list[int]:
    """Return the adverb by which the author joins a sentence to the previous one: `Still, …`, `Meanwhile, …`."""
    start, _ = parsed.sentences[verb.sentence]
    adverbs = parsed.dependents(verb, "advmod")
    return [word.index for word in adverbs if word.index == start and word.text.lower() in CONNECTIVES]


def _according_to(parsed: ParsedText, word: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    following = parsed.words[word.index + 1] if word.index + 1 < len(parsed.words) else word
    nouns = parsed.dependents(following, "pobj")
    if following.text.lower() != "to" or not nouns:
        return
    phrase = {*parsed.subtree(word), following.index, *parsed.subtree(nouns[0])}
    main = next((other for other in parsed.ancestors(word) if other.is_verb), None) or parsed.words[word.head]
    while main.relation in {"conj", "csubj"} and parsed.words[main.head].is_verb:
        main = parsed.words[main.head]  # it applies to the whole sentence rather than its last clause
    marks = [mark.index for mark in parsed.dependents(main, "mark")]
    # `it leaks, according to Quill, but Vik denies that`: what follows with a subject of its own is the author's.
    # At the start of a sentence it is of all that follows.
    joined = parsed.dependents(main, "conj") if word.index > main.index else []
    apart = [other.index for other in joined if other.index > max(phrase)]
    apart = [index for index in apart if has_subject(parsed, parsed.words[index])]
    left_out = [*marks, *apart, *_connectives(parsed, main)]
    indices = [index for index in parsed.subtree(main, left_out) if index not in phrase]
    yield from attributions_of(parsed, word, nouns[0], indices, [main], "assert", runs, "according to", 0.85)
