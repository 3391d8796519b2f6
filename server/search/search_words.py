"""Words and phrases of texts as they are searched: folded, and matched by their beginnings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

# Each word is a lookup of its own, in the index and in the query that a page shows.
MAX_SEARCH_WORDS = 8
_QUOTATION_MARKS = re.compile('["\u201c\u201d]')


def search_words(search_text: str) -> list[str]:
    """Return the distinct words of a search text, folded; text in quotation marks is one of them, a phrase."""
    parts = _QUOTATION_MARKS.split(search_text)
    words = chain.from_iterable(
        [fold(part).strip()] if number % 2 else fold(part).split() for number, part in enumerate(parts)
    )
    return [*dict.fromkeys(filter(None, words))][:MAX_SEARCH_WORDS]


def fold(label: str) -> str:
    """Return the words of a label in lower case, each after a space, so that the start of a word can be searched for.

    Full stops are removed, not replaced: U.S. is one word, the same as US.
    """
    return " " + re.sub(r"[\W_]+", " ", label.lower().replace(".", ""))


def without_marks(word: str) -> str:
    """Return a word without the marks on its letters, such as accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def any_of(spellings: Iterable[str]) -> str:
    """Return an FTS5 query of SQLite for texts with a word or phrase that begins with a spelling; empty without any.

    A folded text has no ASCII characters except letters, digits and spaces, so the tokenizer `ascii` reads its words.
    """
    return " OR ".join(f'"{spelling}"*' for spelling in spellings if spelling)
