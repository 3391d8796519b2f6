"""Corrections of parses: a clause at the end of a sentence, `…, a poll by the university showed`, reports the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.drafting.text.parsed_text import SUBJECTS, Word
from kg.drafting.words.word_lists import words as word_set

REPORTING = word_set("say show find report suggest indicate reveal conclude claim note state announce add")
"""Verbs that end a sentence after what is reported, and the one who reports it."""


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


def _is_head(words: dict[int, Word], word: Word) -> bool:
    """Return whether a word is a noun that modifies no later noun."""
    return word.is_noun and word.tag != "DT" and not (word.head > word.index and words[word.head].is_noun)
