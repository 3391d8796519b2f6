"""Lists of English words: those of `words.toml`, and such as stand as a text beside the rule that they are for."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_LISTS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def words(text: str) -> frozenset[str]:
    """Return the words of a text that white space separates."""
    return frozenset(text.split())


def word_list(name: str) -> frozenset[str]:
    """Return a list of the file."""
    return words(_LISTS[name])


def word_lines(name: str) -> frozenset[str]:
    """Return the lines of a list of the file whose items have several words."""
    return frozenset(_LISTS[name].strip().splitlines())


def keys_by_word(name: str) -> dict[str, str]:
    """Return, by word, the key of the list that has it in a table of the file; the last one if several have."""
    return {word: key for key, listed in _LISTS[name].items() for word in listed.split()}
