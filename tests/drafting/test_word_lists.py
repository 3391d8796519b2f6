"""The lists of English words that drafts are made by."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

from kg.drafting.text.noun_kinds import kind_of_noun
from kg.drafting.words import word_lists

LISTS = tomllib.loads(Path(word_lists.__file__).with_name("words.toml").read_text("utf-8"))


def repeated(listed: str | dict[str, str]) -> list[str]:
    """Return the words that a list, or a table of lists, has more than once."""
    words = " ".join(listed.values()) if isinstance(listed, dict) else listed
    return [word for word, count in Counter(words.split()).items() if count > 1]


def test_no_word_is_twice_in_a_list_or_has_two_acts_or_kinds() -> None:
    # Names of organizations have several words.
    lists = {name: listed for name, listed in LISTS.items() if name != "known_organizations"}
    assert {name: words for name, listed in lists.items() if (words := repeated(listed))} == {}


def test_voters_are_voters_rather_than_the_population() -> None:
    assert kind_of_noun("voters", "voter", is_plural=True)[:2] == ("group", "voters")
