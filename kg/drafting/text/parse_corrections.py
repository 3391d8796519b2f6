"""Corrections of parses: a clause at the end of a sentence, `…, a poll by the university showed`, reports the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.drafting.text.parsed_text import SUBJECTS, Word
from kg.drafting.words.name_words import TEXTS
from kg.drafting.words.word_lists import words as word_set

REPORTING = word_set("say show find report suggest indicate reveal conclude claim note state announce add")
"""Verbs that end a sentence after what is reported, and the one who reports it."""
SHOWING = word_set("show shows suggest suggests")
SHOWN = TEXTS | word_set("record figure result finding number transcript")
"""Nouns for what shows something."""
BEFORE_NOUNS = frozenset({"DT", "JJ", "PRP$", "POS", "CD", "IN"})
"""Tags of words that come right before a noun."""


def with_reporting_end(sentence: Sequence[Word]) -> list[Word]:
    """Return a sentence's words, where the noun phrase between its last comma and its last verb is the verb's subject.

    A parser may take it for an apposition to the noun before the comma: `They met an envoy, an aide to Vik said`.
    """
    words = {word.index: word for word in sentence}
    verb = next((word for word in reversed(sentence) if word.tag[:1].isalpha()), None)
    if verb is None or verb.lemma not in REPORTING or verb.tag not in {"VBD", "VBZ", "VBP"}:
        return [*sentence]
    comma = max((word.index for word in sentence if word.text == "," and word.index < verb.index), default=None)
    if comma is None or any(words[index].is_verb for index in range(comma + 1, verb.index)):
        return [*sentence]
    subject = next((words[index] for index in range(comma + 1, verb.index) if _is_head(words, words[index])), None)
    subjects = [word for word in sentence if word.head == verb.index and word.relation in SUBJECTS and word != verb]
    governor = words[verb.head]
    # A clause after a comma that modifies a noun would have a relative pronoun.
    is_inside = subject in subjects and governor.index < comma and (len(subjects) > 1 or verb.relation == "relcl")
    if subject is None or not (is_inside or (subject.relation == "appos" and not subjects)):
        return [*sentence]
    words[subject.index] = replace(subject, head=verb.index, relation="nsubj")
    words[comma] = replace(words[comma], head=verb.index)
    for other in subjects:
        if other != subject:
            words[other.index] = replace(other, head=governor.index, relation="dobj")
    root = next(word for word in sentence if word.head == word.index)
    if root != verb:
        words[root.index] = replace(words[root.index], head=verb.index, relation="ccomp")
        words[verb.index] = replace(verb, head=verb.index, relation="ROOT")
    return [words[word.index] for word in sentence]


def with_showing_verb(sentence: Sequence[Word]) -> list[Word]:
    """Return a sentence's words, where `show` is the verb in `Emails released by the court show that …`.

    A parser may take it for a noun there.
    """
    words = {word.index: word for word in sentence}
    triples = zip(sentence, sentence[1:], sentence[2:], strict=False)
    nouns = (
        (verb, that)
        for last, verb, that in triples
        if verb.text in SHOWING and verb.tag.startswith("NN") and that.text == "that" and last.tag not in BEFORE_NOUNS
    )
    verb, that = next(nouns, (None, None))
    if verb is None or that is None:
        return [*sentence]
    before, after = sentence[: verb.index - sentence[0].index], sentence[that.index - sentence[0].index + 1 :]
    subject = next(
        (word for word in before if word.text.lower().removesuffix("s") in SHOWN or word.lemma in SHOWN), None
    )
    clause = next((words[word.head] for word in after if word.relation in SUBJECTS and words[word.head].is_verb), None)
    if subject is None or clause is None or not _is_made(before, subject):
        return [*sentence]
    phrase = next((word for word in reversed(before) if word.head == verb.index and word.relation == "compound"), None)
    for word in before:
        if word.head == word.index and word != subject:
            words[word.index] = replace(word, head=subject.index, relation="acl")
        elif phrase is not None and word.head == verb.index and word != phrase:
            words[word.index] = replace(word, head=phrase.index)
    if phrase is not None and verb.head != verb.index:
        words[phrase.index] = replace(phrase, head=verb.head, relation=verb.relation)
    words[subject.index] = replace(subject, head=verb.index, relation="nsubj")
    words[verb.index] = replace(verb, tag="VBP", head=verb.index, relation="ROOT")
    words[that.index] = replace(that, tag="IN", head=clause.index, relation="mark")
    words[clause.index] = replace(clause, head=verb.index, relation="ccomp")
    return [words[word.index] for word in sentence]


def _is_made(before: Sequence[Word], subject: Word) -> bool:
    """Return whether the only verb before a word is a participle after the subject: `released Friday`."""
    verbs = [word for word in before if word.is_verb]
    if len(verbs) != 1 or verbs[0].tag not in {"VBN", "VBD"} or verbs[0].index != subject.index + 1:
        return False
    # With an object it is a finite verb: `Reports praised the talk show that …`.
    following = next((word for word in before if word.index == verbs[0].index + 1), None)
    return following is not None and (following.tag in {"IN", "RB"} or following.name_kind == "DATE")


def _is_head(words: dict[int, Word], word: Word) -> bool:
    """Return whether a word is a noun that modifies no later noun."""
    return word.is_noun and word.tag != "DT" and not (word.head > word.index and words[word.head].is_noun)
