"""Words and phrases of texts as they are searched: folded, and found by their beginnings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

# Each word is looked up by itself, in the index and in the query that a page shows.
MAX_SEARCH_WORDS = 8
_QUOTATION_MARKS = re.compile('["\u201c\u201d]')


def search_words(search_text: str) -> list[str]:
    """Return the distinct words of a search text, folded; what stands in quotation marks is one of them, a phrase."""
    parts = _QUOTATION_MARKS.split(search_text)
    words = chain.from_iterable(
        [fold(part).strip()] if number % 2 else fold(part).split() for number, part in enumerate(parts)
    )
    return [*dict.fromkeys(filter(None, words))][:MAX_SEARCH_WORDS]


def fold(label: str) -> str:
    """Return the words of a label in lower case, each after a space, so that the start of a word can be looked for.

    Full stops are left out, not replaced: U.S. is one word, and the same as US.
    """
    return " " + re.sub(r"[\W_]+", " ", label.lower().replace(".", ""))


def without_marks(word: str) -> str:
    """Return a word without the marks on its letters, such as accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def any_of(spellings: Iterable[str]) -> str:
    """Return the query of SQLite's FTS5 for texts with a word or phrase that begins as a spelling does; or nothing.

    A folded text has no ASCII characters but letters, digits and spaces, so that the tokenizer `ascii` reads its words.
    """
    return " OR ".join(f'"{spelling}"*' for spelling in spellings if spelling)
