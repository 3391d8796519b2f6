"""Given names that are common in news, by the gender they are mostly given to: they tell people from bodies."""

from __future__ import annotations

from kg.drafting.word_lists import word_list

MALE, FEMALE = word_list("male_names"), word_list("female_names")
GIVEN = MALE | FEMALE


def gender_of(name: str) -> str:
    """Return `m` or `f` for whom a full name is mostly of, by its given name; nothing if that is not known."""
    first = name.lower().split()[0].strip(".")
    # A name of both lists, as Andrea or Jean is, tells nothing.
    is_male, is_female = first in MALE, first in FEMALE
    return "m" if is_male and not is_female else "f" if is_female and not is_male else ""
