"""Nouns of speech and thought with their content: `her claim that it rains`, `his promise to resign`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.drafting.speech.attributions import Attribution, cue_phrase, subject_of
from kg.drafting.speech.speech_content import attributions_after_preposition, attributions_of, is_reported
from kg.drafting.speech.unsaid_speech import NO, is_left_unsaid, is_unsaid
from kg.drafting.speech.verb_clauses import BESIDE, clauses_of
from kg.drafting.text.noun_kinds import is_somebody
from kg.drafting.text.parsed_text import ParsedText, Word
from kg.drafting.text.quoted_runs import QuotedRun
from kg.drafting.words.name_words import OFFICES, TEXTS
from kg.drafting.words.speech_words import ACT_OF_NOUN, ACT_OF_VERB, NOUNS_WITH_PREPOSITIONS, WITH_OBJECT
from kg.drafting.words.word_lists import words
from kg.mapping.passages.text_spans import TextSpan

OF_WHAT_IS_KNOWN = words("deny confirm reject dispute dismiss")
"""Verbs whose object may be a pronoun for what was said before, which they confirm or deny."""
HAVING = words(
    "make have hold get give come reach be express voice raise issue offer share advance float spread repeat reiterate "
    "release send deliver publish take draw stand receive leave add file lodge bring level"
)
"""Verbs whose subject is the source of what their noun reports: `expressed the view that`."""
SIDING = words("come speak be vote campaign rally testify argue write march")
"""Verbs that form a cue with `in support of` and the like."""
EXPRESSING = words("have hold make raise issue give deliver publish share take repeat")
"""Verbs that form a cue with a noun for words or feelings: `raised concerns about`."""
WITH_INFINITIVE_NOUNS = words("promise pledge vow threat refusal desire wish hope intention")
"""Nouns whose content can be an infinitive if they are somebody's: `Quill's promise to resign`."""
MAX_WORDS_OF_LIGHT_CUE = 4
"""The most words from a verb to the noun with which it forms one cue."""


def of_noun(parsed: ParsedText, noun: Word, lemma: str, runs: list[QuotedRun]) -> Iterator[Attribution]:
    """Yield the content of a noun of speech, from a clause after it or from what it is said to be."""
    clauses = clauses_of_noun(parsed, noun) if lemma in ACT_OF_NOUN else []
    if any(word.text.lower() in NO for word in parsed.dependents(noun, "det", "neg")):
        return  # `there is no suggestion that`
    if not clauses:
        if noun.relation == "nsubj" and lemma in ACT_OF_NOUN:
            yield from _of_noun_that_is(parsed, noun, lemma, runs)
        yield from _of_noun_with_preposition(parsed, noun, lemma, runs)
        return
    owners = [*parsed.dependents(noun, "poss"), *parsed.objects_after(noun, "of", "by", "from", relations=("prep",))]
    if clauses[0].head == noun.head:  # `ignored warnings from the guild that`
        owners += parsed.objects_after(parsed.words[noun.head], "by", "from")
    governor = parsed.words[noun.head]
    if noun.relation == "pobj":  # `came to the conclusion that`, `told the paper in a statement that`
        governor = parsed.words[governor.head]
        if governor.lemma in ACT_OF_VERB and clauses == clauses_of(parsed, governor):
            return  # `said in a statement that`: the verb's own content
    takes = governor.is_verb and noun.relation in {"dobj", "pobj"} and governor.index < noun.index
    if takes and governor.lemma in OF_WHAT_IS_KNOWN and not owners:
        return  # others say what somebody denies: `denied the allegation that …`
    is_beside = noun.relation == "pobj" and parsed.words[noun.head].text.lower() in BESIDE
    takes = takes and governor.lemma in HAVING and not is_beside
    if takes and not owners and _is_not_expressed(parsed, governor):
        return
    source = owners[0] if owners else subject_of(parsed, governor) if takes else None
    indices = [index for clause in clauses for index in parsed.subtree(clause)]
    rule = f"the noun “{lemma}” with a clause"
    for made in attributions_of(parsed, noun, source, indices, clauses, ACT_OF_NOUN[lemma], runs, rule, 0.6):
        is_light = takes and not owners and noun.index - governor.index <= MAX_WORDS_OF_LIGHT_CUE
        start = cue_phrase(parsed, governor).start
        # `came to the conclusion that`, `made the claim that`: the verb and the noun are one cue
        yield replace(made, cue_span=TextSpan(start, noun.end)) if is_light and made.cue_span else made


def clauses_of_noun(parsed: ParsedText, noun: Word) -> list[Word]:
    """Return the clauses after a noun that are its content; for somebody's promise or threat, also infinitives."""
    clauses = [
        clause
        for clause in parsed.dependents(noun, "acl", "ccomp", "relcl")
        if any(mark.text.lower() == "that" for mark in parsed.dependents(clause, "mark"))
        and not (clause.relation == "relcl" and _lacks_object(parsed, clause))
    ]
    clauses = clauses or _clauses_beside(parsed, noun)
    if clauses or noun.lemma not in WITH_INFINITIVE_NOUNS or not parsed.dependents(noun, "poss"):
        return clauses
    return [
        clause
        for clause in parsed.dependents(noun, "acl")
        if any(word.tag == "TO" for word in parsed.dependents(clause, "aux"))
    ]


def _clauses_beside(parsed: ParsedText, noun: Word) -> list[Word]:
    """Return the clause that the parser attaches to the verb before a noun, if that verb does not report speech."""
    governor = parsed.words[noun.head]
    if noun.relation != "dobj" or governor.lemma in ACT_OF_VERB or not governor.is_verb or noun.index < governor.index:
        return []
    clauses = [clause for clause in parsed.dependents(governor, "ccomp") if clause.index > noun.index]
    return [word for word in clauses if any(mark.lemma == "that" for mark in parsed.dependents(word, "mark"))]


def _lacks_object(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a clause comments on the noun before it: `a charge that officials dismiss as baseless`."""
    return verb.lemma in WITH_OBJECT and not parsed.dependents(verb, "dobj", "ccomp", "xcomp", "auxpass")


def _of_noun_that_is(parsed: ParsedText, noun: Word, lemma: str, runs: list[QuotedRun]) -> Iterator[Attribution]:
    """Yield what follows `Quill's argument was that`."""
    verb, owners = parsed.words[noun.head], parsed.dependents(noun, "poss")
    clauses = [clause for clause in parsed.dependents(verb, "ccomp") if parsed.dependents(clause, "mark")]
    if verb.lemma != "be" or not owners or not clauses:
        return
    indices = [index for clause in clauses for index in parsed.subtree(clause)]
    rule = f"the noun “{lemma}”, what it is"
    for made in attributions_of(parsed, noun, owners[0], indices, clauses, ACT_OF_NOUN[lemma], runs, rule, 0.6):
        is_beside = verb.index == noun.index + 1 and made.cue_span is not None
        yield replace(made, cue_span=TextSpan(noun.start, verb.end)) if is_beside else made


def _of_noun_with_preposition(
    parsed: ParsedText, noun: Word, lemma: str, runs: list[QuotedRun]
) -> Iterator[Attribution]:
    """Yield what somebody's words or feelings are about, as in `Quill's criticism of the plan`."""
    source, start = _whose(parsed, noun)
    is_object_of_speech = noun.relation == "dobj" and parsed.words[noun.head].lemma in ACT_OF_VERB
    if source is None or is_object_of_speech or is_reported(parsed, noun):
        return
    yield from attributions_after_preposition(parsed, noun, NOUNS_WITH_PREPOSITIONS.get(lemma, {}), source, start, runs)


def _whose(parsed: ParsedText, noun: Word) -> tuple[Word | None, int]:
    """Return who has the attitude that a noun stands for, and where its cue begins.

    That is its owner, or the subject of `came out in support of Vik` or `raised concerns about the plan`.
    """
    for owner in parsed.dependents(noun, "poss"):
        if is_somebody(owner) or owner.lemma.lower() in OFFICES:
            return owner, parsed.span(parsed.subtree(owner)[-1] + 1, noun.index + 1).start
    governor = parsed.words[noun.head]
    is_siding = noun.relation == "pobj" and governor.text.lower() == "in"
    verb = parsed.words[governor.head] if is_siding else governor
    is_cue = verb.lemma in (SIDING if is_siding else EXPRESSING if noun.relation == "dobj" else ())
    if is_cue and not _is_not_expressed(parsed, verb):
        subject = subject_of(parsed, verb)
        is_known = subject is not None and (is_somebody(subject) or subject.lemma.lower() in OFFICES | TEXTS)
        return subject if is_known else None, cue_phrase(parsed, verb).start
    return None, noun.start


def _is_not_expressed(parsed: ParsedText, verb: Word) -> bool:
    """Return whether the verb before a noun keeps it from being anybody's: `never made the claim that`."""
    return is_unsaid(parsed, verb) or is_left_unsaid(parsed, verb)


def in_view(parsed: ParsedText, noun: Word, runs: list[QuotedRun]) -> Iterator[Attribution]:
    """Yield what accompanies `in Quill's view` at the start or end of a sentence or after a comma."""
    preposition, owners = parsed.words[noun.head], parsed.dependents(noun, "poss")
    main = parsed.words[preposition.head]
    if not owners or preposition.text.lower() != "in" or not main.is_verb:
        return
    if parsed.dependents(noun, "prep"):
        return  # `in his account of the war`: where something is written
    phrase = parsed.subtree(preposition)
    beside = {parsed.words[index].text for index in (phrase[0] - 1, phrase[-1] + 1) if 0 <= index < len(parsed.words)}
    if "," in beside:
        indices = [index for index in parsed.subtree(main) if index not in phrase]
        yield from attributions_of(parsed, noun, owners[0], indices, [main], "believe", runs, "in somebody's view", 0.7)
