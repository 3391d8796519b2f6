"""Search of a version in memory: all words in any order, in names, posts, gists and quotations, the best first."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import chain

from rdflib import SKOS

from kg.namespaces import CONDITIONAL_HALVES, ONTOLOGY, SCHEME
from server.search.property_columns import Columns
from server.search.tsv_cells import is_iri, text

NAME_PROPERTIES = ("name", "alias", str(SKOS.prefLabel))
SENTENCE_PROPERTIES = ("gist", "quote")
HALF_PROPERTIES = [str(half).removeprefix(ONTOLOGY) for half in CONDITIONAL_HALVES]
"""Properties from a conditional to its halves, whose gists are searched for whoever states it."""
MAX_SEARCH_WORDS = 8
LEAST_LIKENESS = 0.7
"""Share of equal characters from which on a word that nothing has is taken for another one, misspelt."""
MAX_CORRECTIONS = 3
SYNONYMS = (("chief", "head", "director"),)
"""Words for one post, each of which finds the others: a newspaper's ISI chief is a head of the ISI."""


@dataclass(frozen=True, slots=True)
class SearchText:
    """A name or a sentence, folded and as a cell, with the things that it finds.

    `context` are things that it finds only beside another word, found in a text of their own: a source's statements.
    """

    folded: str
    cell: str
    is_name: bool
    things: tuple[str, ...]
    context: tuple[str, ...] = ()

    def has(self, spellings: Sequence[str]) -> bool:
        """Tell whether a word of the text begins with any of these spellings."""
        return any(f" {spelling}" in self.folded for spelling in spellings)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A thing that a search finds, and the text of it that has most of the words."""

    thing: str
    text: SearchText


@dataclass(frozen=True)
class SearchResult:
    """What a search finds: its words, each with other spellings, and how many of them every hit has."""

    words: Sequence[Sequence[str]]
    required: int
    corrected: Sequence[str]
    """The words that nothing has, which were taken for similar ones."""
    hits: Sequence[SearchHit]


@dataclass(frozen=True)
class TextSearch:
    """Every searched text, who holds or held each post, and the occurrence of which each happening is an account."""

    texts: Sequence[SearchText]
    holders: Mapping[str, Sequence[str]]
    occurrences: Mapping[str, str]

    @cached_property
    def vocabulary(self) -> Collection[str]:
        """Return the words of all texts."""
        return {*chain.from_iterable(searched.folded.split() for searched in self.texts)}

    @cached_property
    def accented_words(self) -> Collection[tuple[str, str]]:
        """Return the words that have marks on their letters, each without these and with them."""
        return [(plain, word) for word in self.vocabulary if (plain := without_marks(word)) != word]

    def search(
        self, search_text: str, *, names_only: bool = False, words_in_texts: Collection[str] = ()
    ) -> SearchResult:
        """Return the things that have all the words, or else most of them.

        `words_in_texts` are no misspelt words, though no name and no sentence has them.
        """
        typed = search_words(search_text)
        spelt = [([word], True) if word in words_in_texts else self._spellings(word) for word in typed]
        words = [spellings for spellings, _ in spelt]
        texts = [searched for searched in self.texts if searched.is_name or not names_only]
        numbers = _words_by_thing(texts, words)
        required = max(numbers.values(), default=0)
        things = {thing for thing, number in numbers.items() if number == required}
        corrected = [word for word, (_, is_known) in zip(typed, spelt, strict=True) if not is_known]
        return SearchResult(words, required, corrected, _ranked_hits(texts, things, words, search_text))

    def spelt(self, search_text: str) -> list[Sequence[str]]:
        """Return the words of a search text, each with its synonyms and the accented words that it may be."""
        return [self._known_spellings(word) for word in search_words(search_text)]

    def _known_spellings(self, word: str) -> Sequence[str]:
        plain = without_marks(word)
        accented = (known[: len(plain)] for letters, known in self.accented_words if letters.startswith(plain))
        return [*dict.fromkeys((word, *next((group for group in SYNONYMS if word in group), ()), plain, *accented))]

    def _spellings(self, word: str) -> tuple[Sequence[str], bool]:
        """Return a word with its synonyms and accents, or with words like it; and whether it is known."""
        known = self._known_spellings(word)
        if any(searched.has(known) for searched in self.texts):
            return known, True
        return [word, *get_close_matches(word, self.vocabulary, MAX_CORRECTIONS, LEAST_LIKENESS)], False


def search_words(search_text: str) -> list[str]:
    """Return the distinct words of a search text, folded."""
    return [*dict.fromkeys(fold(search_text).split())][:MAX_SEARCH_WORDS]


def fold(label: str) -> str:
    """Return the words of a label in lower case, each after a space, so that the start of a word can be looked for.

    Full stops are left out, not replaced: U.S. is one word, and the same as US.
    """
    return " " + re.sub(r"[\W_]+", " ", label.lower().replace(".", ""))


def without_marks(word: str) -> str:
    """Return a word without the marks on its letters, such as accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def _words_by_thing(texts: Sequence[SearchText], words: Sequence[Sequence[str]]) -> Counter[str]:
    """Return how many of the words each thing has, one of them at least in a text of its own."""
    numbers, things = Counter[str](), set[str]()
    for spellings in words:
        matching = [searched for searched in texts if searched.has(spellings)]
        of_their_own = {*chain.from_iterable(searched.things for searched in matching)}
        numbers.update(of_their_own.union(*(searched.context for searched in matching)))
        things |= of_their_own
    return Counter({thing: number for thing, number in numbers.items() if thing in things})


def _ranked_hits(
    texts: Sequence[SearchText], things: Collection[str], words: Sequence[Sequence[str]], search_text: str
) -> list[SearchHit]:
    """Return each thing with its best text: most words, whole ones, names before sentences, the shortest first."""
    whole = [re.compile(rf"\b(?:{'|'.join(spellings)})\b") for spellings in words]
    phrase = fold(search_text).rstrip()
    best: dict[str, tuple[tuple[int | str, ...], SearchHit]] = {}
    for searched in texts if things else ():
        here = [thing for thing in searched.things if thing in things]
        number = sum(map(searched.has, words)) if here else 0
        if number:
            whole_words = sum(pattern.search(searched.folded) is not None for pattern in whole)
            quality = (-number, phrase not in searched.folded, not searched.is_name, -whole_words, len(searched.folded))
            for thing in here:
                if thing not in best or quality < best[thing][0][:-1]:
                    best[thing] = (*quality, thing), SearchHit(thing, searched)
    return [hit for _, hit in sorted(best.values(), key=lambda ranked: ranked[0])]


def read_text_search(columns: Columns) -> TextSearch:
    """Return the searched texts of a version."""
    holders, stating = _holders(columns), _stating(columns)
    context = _context(columns, holders)
    texts = [
        SearchText(fold(text(label)), label, naming in NAME_PROPERTIES, targets, tuple(context.get(thing, ())))
        for naming in (*NAME_PROPERTIES, *SENTENCE_PROPERTIES)
        for thing, labels in columns[naming].items()
        if is_iri(thing) and not thing.startswith(f"<{SCHEME}")
        for targets in (tuple(stating.get(thing) or (thing, *holders.get(thing, ()))),)
        for label in labels
    ]
    return TextSearch(texts, holders, columns.first("accountOf"))


def _holders(columns: Columns) -> dict[str, list[str]]:
    """Return the holders of each post."""
    by_post: dict[str, list[str]] = {}
    for holding, posts in columns["post"].items():
        for post in posts:
            by_post.setdefault(post, []).extend(columns["holder"].get(holding, ()))
    return {post: sorted({*holders}) for post, holders in by_post.items()}


def _stating(columns: Columns) -> dict[str, list[str]]:
    """Return, by proposition, the statements that say it, or that say a conditional of which it is a half."""
    by_proposition: dict[str, set[str]] = {}
    halves = [columns[prop] for prop in HALF_PROPERTIES]
    for statement, propositions in columns["says"].items():
        waiting = [*propositions]
        while waiting:
            proposition = waiting.pop()
            statements = by_proposition.setdefault(proposition, set())
            if statement not in statements:
                statements.add(statement)
                waiting += chain.from_iterable(column.get(proposition, ()) for column in halves)
    return {proposition: sorted(statements) for proposition, statements in by_proposition.items()}


def _context(columns: Columns, holders: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return what a thing's name finds beside other words: statements by or about it, posts in it and their holders."""
    context: dict[str, list[str]] = {}
    for thing, found_with in _context_pairs(columns, holders):
        context.setdefault(thing, []).append(found_with)
    return context


def _context_pairs(columns: Columns, holders: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    for prop in ("sourceInChain", "about"):
        for statement, things in columns[prop].items():
            yield from ((thing, statement) for thing in things)
    for post, organizations in columns["postIn"].items():
        yield from ((thing, target) for thing in organizations for target in (post, *holders.get(post, ())))
