"""What statements are about, and the words for it: each finds statements that the other does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from server.pages.lists.facets import ChosenValue, value_in_address
from server.pages.paging.pager import address_with, current_pairs
from server.pages.terms.page_terms import PageTerm
from server.search.search_words import fold
from server.search.statement_facets import FACETS
from server.search.tsv_cells import iri, text
from server.search.version_index import Index

FACETS_BY_NAME = {facet.name: facet for facet in FACETS}
# Each is a lookup of its own in the index.
MAX_SUBJECTS = 3


@dataclass(frozen=True)
class Mention:
    """A thing that statements are about, a word of its name, how many statements that finds, and their address.

    They are statements that the list lacks, or, if there are no others, those in the list that are about the thing.
    """

    thing: PageTerm
    word: str
    number: int
    address: str
    is_more: bool = True


def mentions(index: Index, chosen: list[ChosenValue], words: str) -> list[Mention]:
    """Return where there are statements that a list's filters leave out: those with a word, or those about a thing.

    Neither implies the other, and whoever takes the list as data must know what it lacks.
    """
    pairs = [(value.facet.name, value.term) for value in chosen]
    others = [pair for pair in pairs if pair[0] != "about"]
    listed = index.statements.matching(pairs, index.texts.spelt(words))
    addresses = [(key, value) for key, value in current_pairs() if key not in ("about", "q", "page")]
    leads = _words_for(index, pairs) if not words else _subjects_of(index, words) if len(others) == len(pairs) else ()
    mentioned = []
    for thing, word, subject in leads:
        matching = index.statements.matching([*others, *subject], [] if subject else index.texts.spelt(word))
        parameter = ("about", value_in_address(FACETS_BY_NAME["about"], thing)) if subject else ("q", word)
        # A link that leads to nothing new is noise.
        if number := len(matching - listed):
            mentioned.append(Mention(PageTerm(thing), word, number, address_with([*addresses, parameter])))
        elif subject and matching and len(matching) < len(listed):
            address = address_with([*addresses, parameter, ("q", words)])
            mentioned.append(Mention(PageTerm(thing), word, len(matching), address, is_more=False))
    return mentioned


Lead = tuple[str, str, list[tuple[str, str]]]
"""A thing, a word for it, and the facet value to list by instead of the word; none to list by the word."""


def _words_for(index: Index, pairs: list[tuple[str, str]]) -> Iterator[Lead]:
    """Yield the words for the things chosen as subjects: of each name, the last word with a capital letter."""
    # A word that begins with another one finds nothing that the other does not.
    for name, cell in pairs:
        labels = index.texts.names(cell) if name == "about" else ()
        names = (re.findall(r"\b[A-Z]\w+", text(label)) for label in labels)
        words = {fold(capitalized[-1]): capitalized[-1] for capitalized in names if capitalized}
        for folded, word in words.items():
            if not any(folded != other and folded.startswith(other) for other in words):
                yield iri(cell), word, []


def _subjects_of(index: Index, words: str) -> Iterator[Lead]:
    """Yield the best hits of a search for the words, among the things that statements are about."""
    hits = index.texts.search(words, names_only=True).hits
    subjects = (hit for hit in hits if index.statements.has_value("about", hit.thing))
    for hit in islice(subjects, MAX_SUBJECTS):
        yield iri(hit.thing), words, [("about", hit.thing)]
