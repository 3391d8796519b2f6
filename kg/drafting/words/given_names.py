"""Given names that are common in news, by the gender that mostly has them; they distinguish people from bodies."""

from __future__ import annotations

import unicodedata

from kg.drafting.words.word_lists import word_list

MALE, FEMALE = word_list("male_names"), word_list("female_names")
GIVEN = MALE | FEMALE


def plain_given_name(word: str) -> str:
    """Return a word as it is in the lists: in lower case, without accents or a full stop."""
    letters = unicodedata.normalize("NFD", word.lower().strip("."))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def is_given_name(word: str) -> bool:
    """Return whether a word is one of the given names of the lists, with or without its accents."""
    return plain_given_name(word) in GIVEN


def gender_of(name: str) -> str:
    """Return the gender, `m` or `f`, that mostly has a full name's given name, empty if unknown."""
    first = plain_given_name(name.split(maxsplit=1)[0])
    # A name that is in both lists, such as Andrea or Jean, shows nothing.
    is_male, is_female = first in MALE, first in FEMALE
    return "m" if is_male and not is_female else "f" if is_female and not is_male else ""
