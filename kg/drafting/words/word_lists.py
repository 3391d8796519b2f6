"""Lists of English words: those in `words.toml`, and those written as a text beside the rule that uses them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_LISTS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def words(text: str) -> frozenset[str]:
    """Return the words of a text, which are separated by white space."""
    return frozenset(text.split())


def word_list(name: str) -> frozenset[str]:
    """Return one of the file's lists."""
    return words(_LISTS[name])


def word_lines(name: str) -> frozenset[str]:
    """Return the lines of one of the file's lists, whose items have several words."""
    return frozenset(_LISTS[name].strip().splitlines())


def keys_by_word(name: str) -> dict[str, str]:
    """Return, by word, the key of the list that contains it in one of the file's tables; the last key if several do."""
    return {word: key for key, listed in _LISTS[name].items() for word in listed.split()}
