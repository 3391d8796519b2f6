"""The likeness of names, from 0 to 100, considering spelling, word order, titles, missing words and initials."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import ModuleType

from kg.drafting.words.name_words import TITLES

MAX_NAME_CHARACTERS = 300
"""The maximum number of characters of a name that are compared."""
LEAST_LIKENESS = 65.0
"""The minimum likeness of names in search results."""
MAX_LIKE_NAMES = 50
"""The maximum number of names that one search compares in detail."""
REORDERED_SHARE = 0.97
"""The weight of the likeness of reordered words."""
INITIALS_LIKENESS, LEAST_SUBSET_LIKENESS, SUBSET_SHARE = 85.0, 60.0, 35.0
"""The likeness of names that differ in initials, and of names that lack words, which decreases with their number."""
APOSTROPHES = re.compile(r"['\u2019]")
_WORDS = re.compile(r"[\W_]+")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ł": "l", "Ł": "l", "æ": "ae", "Æ": "ae"})


def folded_name(name: str) -> str:
    """Return a name in lower case without accents, punctuation, a leading article and leading titles."""
    words = folded_words(name).split()
    while len(words) > 1 and (words[0] == "the" or words[0] in TITLES):
        words = words[1:]
    return " ".join(words)


def folded_words(name: str) -> str:
    """Return the words of a name, or of a post, in lower case without accents and punctuation."""
    # Decomposition separates accents from letters; the letters in the table have no decomposition.
    plain = unicodedata.normalize("NFKD", name[:MAX_NAME_CHARACTERS].translate(_LETTERS))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return " ".join(word for word in _WORDS.split(APOSTROPHES.sub("", letters)) if word)


def likeness(name: str, other: str) -> float:
    """Return the likeness of two folded names."""
    if name == other:
        return 100.0 if name else 0.0
    scores: tuple[float, float] = _fuzz().ratio(name, other), _fuzz().token_sort_ratio(name, other) * REORDERED_SHARE
    # Only equal names have 100.
    return min(max(*scores, _likeness_of_words(name.split(), other.split())), 99.0)


def _likeness_of_words(words: list[str], others: list[str]) -> float:
    """Return the likeness of names one of which lacks words of the other, or has initials instead."""
    shorter, longer = sorted((words, others), key=len)
    if not shorter:
        return 0.0
    if len(shorter) == len(longer) and all(map(_is_initial_of, shorter, longer)):
        return INITIALS_LIKENESS
    if {*shorter} < {*longer}:
        return LEAST_SUBSET_LIKENESS + SUBSET_SHARE * len(shorter) / len(longer)
    return 0.0


def _is_initial_of(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return short == long or (len(short) == 1 and long.startswith(short))


def _fuzz() -> ModuleType:
    # Imported only when names are compared, which most servers and commands never do.
    from rapidfuzz import fuzz  # noqa: PLC0415

    return fuzz


class NameIndex:
    """A search index of folded names, with the things that they name."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Index pairs of a name and the thing that it names."""
        things: dict[str, set[str]] = {}
        for name, thing in names:
            if folded := folded_name(name):
                things.setdefault(folded, set()).add(thing)
        self.things: Mapping[str, frozenset[str]] = {name: frozenset(named) for name, named in things.items()}

    @cached_property
    def _names(self) -> list[str]:
        return [*self.things]

    def search(self, name: str) -> dict[str, float]:
        """Return the things with a similar name, with the likeness of their most similar name."""
        folded = folded_name(name)
        like = {folded} if folded in self.things else set[str]()
        like |= self._like(folded)
        likest: dict[str, float] = {}
        for other in like:
            score = likeness(folded, other)
            for thing in self.things[other] if score >= LEAST_LIKENESS else ():
                likest[thing] = max(score, likest.get(thing, 0.0))
        return likest

    def _like(self, folded: str) -> set[str]:
        from rapidfuzz import process  # noqa: PLC0415 - as above

        # Each scorer finds what the others miss: similar spelling, other word order, and missing words.
        scorers = (_fuzz().ratio, _fuzz().token_sort_ratio, _fuzz().token_set_ratio)
        return {
            match[0]
            for scorer in scorers
            for match in process.extract(
                folded, self._names, scorer=scorer, limit=MAX_LIKE_NAMES, score_cutoff=LEAST_LIKENESS
            )
        } | self._initialled(folded)

    def _initialled(self, folded: str) -> set[str]:
        """Return names with the same last word, if either name has an initial before it."""
        words = folded.split()
        if len(words) < 2:  # noqa: PLR2004 - an initial and a name
            return set()
        return {name for name in self._by_last_word.get(words[-1], ()) if _likeness_of_words(words, name.split())}

    @cached_property
    def _by_last_word(self) -> dict[str, list[str]]:
        by_last: dict[str, list[str]] = {}
        for name in self.things:
            by_last.setdefault(name.split()[-1], []).append(name)
        return by_last
