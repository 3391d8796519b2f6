"""Speech that does not take place: said by nobody, only asked about or supposed, or left unsaid by somebody."""

from __future__ import annotations

from kg.drafting.speech.attributions import speaker_of
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.words.speech_words import THOUGHT_ACTS
from kg.drafting.words.word_lists import words

NEGATIVE_PRONOUNS = words("nobody no-one")
NO = words("no not hardly scarcely barely")
"""Words before a noun by which nobody, or not everybody, is meant: `no minister`, `not a single minister`."""
NONE_OF_THEM = words("neither none")
"""Words for people who are known and are all silent: `neither Quill nor Vik said`."""
ONLY = words("only just merely simply")
"""Adverbs that turn `not` into an addition: `not only said that`."""
NOT_DOING = words("decline refuse refusal avoid fail neglect omit forget resist stop hesitate refrain deny")
"""Words whose infinitive or form with `-ing` does not take place."""
SUPPOSING = words("if unless whether lest")
INVERTED = words("had should were")
"""Auxiliaries that begin a condition without `if`: `Had Quill said that`."""
MODALS = words("would could might should ’d 'd")  # noqa: RUF001 -- an apostrophe
ONLY_POSSIBLE = words("should might may")
"""Modals with which a text reports no speech: `critics may say that it rained`."""
OPEN_QUESTIONS = words("why how when where")
"""Words that ask about a statement that was made: `Why did Quill say that it rained?`"""
DENYING_ACTS = frozenset({"deny", "refuse"})


def is_unsaid(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a text reports nobody's speech by a verb, since it is denied of all, asked about or supposed."""
    subject = speaker_of(parsed, verb)
    return (
        (subject is not None and (_is_nobody(parsed, subject) or _is_in_question(verb, subject)))
        or _is_idiom(parsed, verb)
        or _is_only_possible(parsed, verb)
        or is_hypothetical(parsed, verb)
    )


def is_left_unsaid(parsed: ParsedText, verb: Word) -> bool:
    """Return whether somebody does not say something: `did not claim that`, `neither Quill nor Vik said that`."""
    subject = speaker_of(parsed, verb)
    is_silent = subject is not None and _is_none_of_them(parsed, subject)
    return is_silent or is_left_undone(parsed, verb) or is_denied(parsed, verb)


def verb_of_cue(parsed: ParsedText, cue: Word) -> Word:
    """Return the verb of a state, such as `is` in `is aware that`; any other cue is returned as it is."""
    return parsed.words[cue.head] if cue.relation == "acomp" else cue


def is_left_undone(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb's governor leaves it undone: `stopped short of saying`, `has yet to meet`."""
    governor = _governor_of(parsed, verb)
    if governor is None:
        return False
    is_purpose = governor.lemma == "stop" and verb.tag == "VB"  # `stopped to say`
    is_undone = governor.lemma in NOT_DOING and not is_purpose
    is_undone |= governor.text.lower() in {"without", "instead"}
    is_undone |= _is_yet_to(parsed, governor)
    return is_undone != is_denied(parsed, governor)  # `did not hesitate to say` is said


def is_denied(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb is negated: `never said`, but not `not only said`."""
    negations = parsed.dependents(verb, "neg")
    following = (parsed.words[min(word.index + 1, len(parsed.words) - 1)].text.lower() for word in negations)
    return any(word not in ONLY for word in following)


def act_of(parsed: ParsedText, verb: Word, act: str) -> str:
    """Return the act of a verb with this act where it is negated: who does not claim something leaves it unsaid.

    Who does not deny something holds it to be possible; what is not thought stays a thought, with negative polarity.
    """
    if act in THOUGHT_ACTS or not verb.is_verb or not is_left_unsaid(parsed, verb):
        return act
    return "assert" if act in DENYING_ACTS else "refuse"


def _governor_of(parsed: ParsedText, verb: Word) -> Word | None:
    """Return the word that decides whether an infinitive or a form with `-ing` takes place."""
    governor = parsed.words[verb.head]
    if verb.relation == "pcomp":
        if governor.text.lower() == "without":
            return governor
        before = parsed.words[governor.index - 1]
        if before.text.lower() == "instead":
            return before
        outer = parsed.words[governor.head]
        is_short = outer.relation in {"advmod", "acomp"} and outer.lemma == "short"
        return parsed.words[outer.head] if is_short else outer  # `stopped short of saying`
    is_content = verb.relation == "ccomp" and governor.lemma == "deny"  # `denied that she had said so`
    return governor if verb.relation == "xcomp" or is_content or governor.lemma == "refusal" else None


def _is_yet_to(parsed: ParsedText, governor: Word) -> bool:
    """Return whether a verb forms `have yet to` or `be yet to` with an infinitive."""
    is_light = governor.lemma in {"have", "be"}
    return is_light and any(word.text.lower() == "yet" for word in parsed.dependents(governor, "advmod"))


def _is_nobody(parsed: ParsedText, subject: Word) -> bool:
    before = parsed.dependents(subject, "det", "neg", "preconj", "predet")
    if subject.text.lower() in {"anyone", "anybody"}:
        before += parsed.dependents(subject, "advmod")
    return subject.text.lower() in NEGATIVE_PRONOUNS or any(word.text.lower() in NO for word in before)


def _is_in_question(verb: Word, subject: Word) -> bool:
    """Return whether a clause asks who says something: `it is not clear who said that`."""
    return subject.tag == "WP" and verb.relation in {"ccomp", "csubj", "pcomp"}


def _is_none_of_them(parsed: ParsedText, subject: Word) -> bool:
    before = [subject, *parsed.dependents(subject, "det", "preconj", "cc")]
    return any(word.text.lower() in NONE_OF_THEM for word in before)


def _is_idiom(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb of speech only joins sentences: `That said, …`, `it goes without saying that`."""
    first = parsed.sentences[verb.sentence][0]
    if parsed.words[verb.index - 1].text.lower() in {"that", "having"} and verb.index == first + 1:
        return parsed.words[min(verb.index + 1, len(parsed.words) - 1)].text in {",", "that"}
    governor = parsed.words[verb.head]
    goes_without = governor.text.lower() == "without" and parsed.words[governor.head].lemma == "go"
    return goes_without or (verb.tag == "VB" and governor.lemma == "suffice")


def _is_only_possible(parsed: ParsedText, verb: Word) -> bool:
    """Return whether something might be said, or would be: `may say`, `would have said`, `would say if asked`."""
    auxiliaries = {word.text.lower() for word in parsed.dependents(verb, "aux")}
    is_conditional = any(is_supposed(parsed, clause) for clause in parsed.dependents(verb, "advcl"))
    is_conditional |= bool(auxiliaries & {"have", "’ve", "'ve"})  # noqa: RUF001 -- an apostrophe
    is_possible = bool(auxiliaries & ONLY_POSSIBLE) and not is_denied(parsed, verb)
    return is_possible or (is_conditional and bool(auxiliaries & MODALS))


def is_hypothetical(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb is supposed or asked about, or a verb above it within the same question or condition."""
    verbs = [verb]
    while verbs[-1].relation in {"conj", "xcomp", "ccomp"}:
        verbs.append(parsed.words[verbs[-1].head])
    return any(is_supposed(parsed, other) or _is_asked(parsed, other) for other in verbs)


def is_supposed(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb states a condition, or what is in question: `if Quill says that`, `whether Quill said`."""
    marks = {word.text.lower() for word in parsed.dependents(verb, "mark")}
    is_inverted = verb.text.lower() == "were" and verb.relation == "advcl" and verb.index == parsed.subtree(verb)[0]
    if marks & SUPPOSING or is_inverted:  # `Were Quill to say that`
        return True
    auxiliaries = [word for word in parsed.dependents(verb, "aux") if word.text.lower() in INVERTED]
    subjects = parsed.dependents(verb, *SUBJECTS)
    is_first = bool(auxiliaries) and auxiliaries[0].index == parsed.subtree(verb)[0]
    return is_first and bool(subjects) and auxiliaries[0].index < subjects[0].index


def _is_asked(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb is what a question is about, rather than what it presupposes."""
    start, end = parsed.sentences[verb.sentence]
    marks = [word.text for word in parsed.words[start:end] if word.text.strip() and not word.text.isalnum()]
    if verb.relation != "ROOT" or "?" not in marks[-2:]:
        return False
    subjects, auxiliaries = parsed.dependents(verb, *SUBJECTS), parsed.dependents(verb, "aux")
    if any(word.tag == "WP" for word in subjects):
        return True
    finite = [*auxiliaries, *([verb] if verb.lemma == "be" else [])]
    is_inverted = bool(subjects) and any(word.index < subjects[0].index for word in finite)
    adverbs = {word.text.lower() for word in parsed.dependents(verb, "advmod")}
    is_made = bool(adverbs & OPEN_QUESTIONS) and not {word.text.lower() for word in auxiliaries} & MODALS
    return is_inverted and not is_made
