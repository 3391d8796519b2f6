"""Who is the speaker of a verb of speech that has no subject of its own, since it continues another verb's report."""

from __future__ import annotations

from kg.drafting.speech.attributions import speaker_of
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.words.speech_words import ACT_OF_VERB, WITH_OBJECT
from kg.drafting.words.word_lists import words

GOING_ON = words("add note say cite stress explain call describe insist argue warn predict promise vow point")
"""Verbs whose participle after a comma continues what somebody says."""


def has_subject(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb has a subject of its own."""
    return bool(parsed.dependents(verb, *SUBJECTS))


def source_of(parsed: ParsedText, verb: Word) -> Word | None:
    """Return the speaker of a verb of speech; in `said that …, adding that …`, it is the subject of the first verb.

    The same holds for a parenthesis: `the bridge fell, Quill said, calling it a disgrace`.
    """
    governor = parsed.words[verb.head]
    asides = (word for word in parsed.dependents(governor, "parataxis") if governor.index < word.index < verb.index)
    aside = next((word for word in asides if word.lemma.lower() in ACT_OF_VERB), None)
    if aside and continues_report(parsed, verb):
        return speaker_of(parsed, aside)
    saying = parsed.words[governor.head]
    is_outside = continues_report(parsed, verb) or belongs_to_reporting_verb(parsed, verb)
    if is_outside and governor.relation == "ccomp" and saying.lemma.lower() in ACT_OF_VERB:
        return speaker_of(parsed, saying)
    return speaker_of(parsed, verb)


def continues_report(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a participle after a comma continues what somebody says: `…, adding that it rained`."""
    if verb.tag != "VBG" or verb.lemma not in GOING_ON:
        return False
    before = parsed.words[verb.index - 1] if verb.index else verb
    if before.text in {'"', "”", "''"}:
        before = parsed.words[max(0, before.index - 1)]  # `could be “messy,” adding, …`
    if verb.relation == "conj":  # `adding that it rained and warning that …`
        is_apart = parsed.words[verb.head].tag != "VBG" and not parsed.dependents(verb, "aux", *SUBJECTS)
        return is_apart and before.relation == "cc"
    return verb.relation == "advcl" and before.text == ","


def belongs_to_reporting_verb(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb that the parser joins to a verb within what is said really continues the reporting verb.

    In `said he would wait and promised to come` or `did not want to wait`, it cannot share an infinitive's auxiliary;
    in `said she was ill, and called it unfair`, a comma precedes it; in `said it “is ill” and called it unfair`, a
    quotation ends before it.
    """
    governor, saying = parsed.words[verb.head], parsed.words[parsed.words[verb.head].head]
    if verb.relation != "conj" or has_subject(parsed, verb):
        return False
    auxiliaries = parsed.dependents(governor, "aux")
    if (
        verb.tag == "VBD"
        and governor.tag == "VB"
        and any(word.tag == "MD" or word.lemma == "do" for word in auxiliaries)
    ):
        return True
    before = next((word for word in reversed(parsed.dependents(governor, "cc")) if word.index < verb.index), None)
    is_after_mark = before is not None and parsed.words[before.index - 1].text in {",", '"', "”", "''"}
    is_past_beside_present = governor.tag in {"VBZ", "VBP"} and verb.tag == "VBD"
    is_did = any(word.text.lower() == "did" for word in parsed.dependents(saying, "aux"))
    is_same_form = verb.tag == ("VBD" if is_did else saying.tag) != "VB" and verb.tag != "VBG"
    says_something = verb.lemma in WITH_OBJECT or bool(parsed.dependents(verb, "ccomp", "xcomp"))
    is_saying = verb.lemma in ACT_OF_VERB and says_something and governor.index < verb.index
    return (is_after_mark or is_past_beside_present) and is_same_form and is_saying
