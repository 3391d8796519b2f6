"""Given names that are common in news, by the gender they are mostly given to: they tell people from bodies."""

from __future__ import annotations

import unicodedata

from kg.drafting.word_lists import word_list

MALE, FEMALE = word_list("male_names"), word_list("female_names")
GIVEN = MALE | FEMALE


def plain_given_name(word: str) -> str:
    """Return a word as the lists have it: in lower case, without accents and a full stop."""
    letters = unicodedata.normalize("NFD", word.lower().strip("."))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def is_given_name(word: str) -> bool:
    """Tell whether a word is one of the given names of the lists, with or without its accents."""
    return plain_given_name(word) in GIVEN


def gender_of(name: str) -> str:
    """Return `m` or `f` for whom a full name is mostly of, by its given name; nothing if that is not known."""
    first = plain_given_name(name.split(maxsplit=1)[0])
    # A name of both lists, as Andrea or Jean is, tells nothing.
    is_male, is_female = first in MALE, first in FEMALE
    return "m" if is_male and not is_female else "f" if is_female and not is_male else ""
