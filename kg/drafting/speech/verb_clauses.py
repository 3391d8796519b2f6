"""The clauses and phrases that are the content of a verb of speech, wherever the parser attaches them."""

from __future__ import annotations

from collections.abc import Iterator

from kg.drafting.speech.attributions import questions_before, stranded_auxiliaries
from kg.drafting.speech.speech_sources import has_subject
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.words.speech_words import ACT_OF_NOUN, ACT_OF_VERB, VERBS_WITH_PREPOSITIONS, WITH_ADDRESSEE
from kg.drafting.words.word_lists import words

TOLD_THINGS = words("story tale joke lie truth secret thing something")
"""Nouns for what is told, rather than for whom it is told to."""

BESIDE = words("amid against despite after before on about over following as")
"""Prepositions that introduce what others say: `come amid reports that`."""


def clauses_of(parsed: ParsedText, verb: Word) -> list[Word]:
    """Return the clauses that are a verb's object, including those that the parser attaches to a noun beside it.

    Such nouns name who is told (`told a briefing that`) or where it is said (`said in a statement that`).
    """
    clauses = [word for word in parsed.dependents(verb, "ccomp") if word.is_verb or has_subject(parsed, word)]
    if verb.lemma == "see":  # `saw the crowd grow` is what somebody saw, and not what they think
        clauses = [word for word in clauses if word.tag != "VB" or parsed.dependents(word, "aux", "mark")]
    clauses = [word for word in clauses if not is_first_parenthesis(parsed, word)]
    misread = [*stranded_auxiliaries(parsed, verb), *questions_before(parsed, verb)]
    clauses = [
        word
        for word in clauses
        if word not in misread
        and not _is_before_semicolon(parsed, word, verb)
        and not _runs_into_subject(parsed, word, verb)
    ]
    if clauses:
        return clauses
    if shared := _shared_clauses(parsed, verb):
        return shared
    beside = [word for word in parsed.dependents(verb, "conj") if word.index > verb.index and has_subject(parsed, word)]
    between = parsed.words[verb.index : beside[0].index] if beside else []
    is_joined = any(word.relation == "cc" or word.text in {";", ":"} for word in between)
    # `said repeatedly, and under oath, that …`
    is_joined = is_joined and not any(word.text.lower() == "that" for word in parsed.dependents(beside[0], "mark"))
    # A clause beside a verb of speech without `and` is its content, regardless of how it is parsed.
    is_phrase = phrase_after(parsed, verb, verb.lemma.lower()) is not None
    if beside and not is_joined and not is_phrase and not parsed.dependents(verb, "dobj"):
        return beside
    return [
        clause
        for noun in _nouns_after(parsed, verb)
        for clause in parsed.dependents(noun, "acl", "relcl", "ccomp")
        if _is_of_verb(parsed, clause, noun)
    ]


def is_first_parenthesis(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb of speech before a comma has its content after it: `Quill reported, the guild shut it`."""
    following = parsed.words[min(verb.index + 1, len(parsed.words) - 1)]
    main = parsed.words[verb.head]
    is_free = not any(word.relation == "mark" or word.tag == "WRB" for word in parsed.dependents(verb))
    is_before = verb.relation == "ccomp" or (verb.relation == "advcl" and verb.tag in {"VBD", "VBZ"} and is_free)
    is_before = is_before and verb.index < main.index and following.text == ","
    # `“Nobody asked,” she added`
    is_before = is_before and any(word.index > main.index for word in parsed.dependents(main, "dobj", "xcomp", "ccomp"))
    return is_before and verb.lemma in ACT_OF_VERB and has_subject(parsed, verb)


def _shared_clauses(parsed: ParsedText, verb: Word) -> list[Word]:
    """Return the clause of a verb joined to this one between commas: `Quill fears, and Vik hopes, that it rains`."""
    is_before_comma = parsed.words[verb.index + 1 : verb.index + 2] and parsed.words[verb.index + 1].text == ","
    joined = [word for word in parsed.dependents(verb, "conj") if is_before_comma and word.index > verb.index]
    clauses = [clause for word in joined for clause in parsed.dependents(word, "ccomp")]
    firsts = [(clause, parsed.words[parsed.subtree(clause)[0]]) for clause in clauses]
    return [clause for clause, first in firsts if first.lemma == "that" and parsed.words[first.index - 1].text == ","]


def _is_before_semicolon(parsed: ParsedText, clause: Word, verb: Word) -> bool:
    """Return whether a clause is another sentence: `Quill thinks that it rains; Vik thinks that it does not`."""
    return any(word.text in {";", ":"} for word in parsed.words[clause.index : verb.index])


def _runs_into_subject(parsed: ParsedText, clause: Word, verb: Word) -> bool:
    """Return whether a clause before a verb goes on to its subject without a mark: it is not what is said.

    An example is `Quill has broken with her party on matters Vik holds dear`.
    """
    subjects = [word for word in parsed.dependents(verb, "nsubj") if clause.index < word.index < verb.index]
    if clause.index > verb.index or not subjects:
        return False
    first = parsed.subtree(subjects[0])[0]
    return parsed.words[first - 1].text[-1:].isalnum()


def _is_of_verb(parsed: ParsedText, clause: Word, noun: Word) -> bool:
    """Return whether a clause after a noun is what is said: it has its own subject, and `that` is not that subject.

    The parser attaches the clause of `told a briefing that it rained` to `briefing`.
    """
    if any(mark.text.lower() in {"that", "whether"} for mark in parsed.dependents(clause, "mark")):
        return True
    first = parsed.words[parsed.subtree(clause)[0]]
    subjects = parsed.dependents(clause, *SUBJECTS)
    is_addressed = noun.relation == "dobj" and noun.lemma not in TOLD_THINGS
    return is_addressed and first.text.lower() == "that" and bool(subjects) and first not in subjects


def _nouns_after(parsed: ParsedText, verb: Word) -> Iterator[Word]:
    """Yield the nouns between a verb and its clause: who is told, and where and how it is said."""
    waiting = parsed.dependents(verb, "prep", "dative", "pobj")
    waiting += [word for word in parsed.dependents(verb, "dobj") if verb.lemma in WITH_ADDRESSEE]
    # The quoted name of a broadcast may be parsed as if it were a sentence: `told “Meet the Guild” that …`.
    waiting += [word for word in parsed.dependents(verb, "xcomp", "ccomp") if word.name_kind == "WORK_OF_ART"]
    while waiting:
        word = waiting.pop(0)
        if word.index < verb.index or (word.lemma in ACT_OF_VERB and not word.tag.startswith("NN")):
            continue
        if word.lemma in ACT_OF_NOUN and parsed.words[word.head].text.lower() in BESIDE:
            continue  # `complained after reports that …`: what others report
        if word.is_noun or word.name_kind == "WORK_OF_ART":
            yield word
        waiting += parsed.dependents(word, "prep", "pobj", "dative")


def phrase_after(parsed: ParsedText, verb: Word, lemma: str) -> Word | None:
    """Return the preposition or particle that makes a verb a verb of speech: `call for`, `point to`, `rule out`."""
    known = VERBS_WITH_PREPOSITIONS.get(lemma, {})
    if lemma == "admit" and parsed.dependents(verb, "dobj"):
        return None  # `admitted him to the hospital`
    phrases = parsed.dependents(verb, "prep", "prt")
    if verb.lemma in WITH_ADDRESSEE:  # `warned residents of aftershocks`
        addressees = (noun for noun in parsed.dependents(verb, "dobj") if not noun.tag.startswith("NNP"))
        phrases += [word for noun in addressees for word in parsed.dependents(noun, "prep")]
    words = (word for word in phrases if word.text.lower() in known)
    return next((word for word in words if word.index > verb.index and not _tells_day(parsed, word)), None)


def _tells_day(parsed: ParsedText, preposition: Word) -> bool:
    """Return whether a preposition introduces a day: `on Monday called the deal a ruin` calls on nobody."""
    return any(word.name_kind in {"DATE", "TIME"} for word in parsed.dependents(preposition, "pobj"))
