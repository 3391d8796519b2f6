"""Search of a version: all words in any order, in names, posts, gists, quotations and titles, the best first."""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain

from rdflib import DCTERMS, SKOS

from kg.namespaces import CONDITIONAL_HALVES, ONTOLOGY, SCHEME
from server.search.index_database import Database, pack, unpack
from server.search.property_columns import Columns
from server.search.search_words import after_all_with, any_of, fold, search_words, without_marks
from server.search.tsv_cells import is_iri, text

NAME_PROPERTIES = ("name", "alias", str(SKOS.prefLabel))
SENTENCE_PROPERTIES = ("gist", "quote")
TITLE_PROPERTY = str(DCTERMS.title)
"""The property of articles' titles; what else has it, such as the description of a dataset, is not searched."""
HALF_PROPERTIES = [str(half).removeprefix(ONTOLOGY) for half in CONDITIONAL_HALVES]
"""Properties from a conditional to its halves, whose gists are searched for whoever states it."""
LEAST_LIKENESS = 0.7
"""Share of equal characters from which on a word that nothing has is taken for another one, misspelt."""
MAX_CORRECTIONS = 3
SYNONYMS = (("chief", "head", "director"),)
"""Words for one post, each of which finds the others: a newspaper's ISI chief is a head of the ISI."""


SCHEMA = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, cell TEXT);
CREATE TABLE text (id INTEGER PRIMARY KEY, thing INTEGER, cell TEXT, is_name INTEGER, things BLOB, context BLOB);
CREATE INDEX cell_of_thing ON thing (cell);
CREATE INDEX thing_of_text ON text (thing);
CREATE VIRTUAL TABLE text_words USING fts5(folded, content='', tokenize='ascii');
CREATE VIRTUAL TABLE word USING fts5vocab(text_words, row);
CREATE TABLE accented_word (plain TEXT, word TEXT, PRIMARY KEY (plain, word)) WITHOUT ROWID;
CREATE TABLE holder (post TEXT, holder TEXT, PRIMARY KEY (post, holder)) WITHOUT ROWID;
CREATE TABLE account (happening TEXT PRIMARY KEY, occurrence TEXT) WITHOUT ROWID;
"""
"""The names come before all other texts. A text's `things` are what it finds, the first of them `thing`.

Its `context` are things that it finds only beside another word, found in a text of their own: a source's statements.
"""


@dataclass(frozen=True, slots=True)
class SearchText:
    """A name or a sentence, folded and as a cell."""

    folded: str
    cell: str
    is_name: bool


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
class FoundTexts:
    """The texts that have a word, by id with the things they find, and all that they find beside another word."""

    things: Mapping[int, array[int]]
    context: Collection[int]


class TextSearch:
    """Every searched text, who holds or held each post, and the occurrence of which each happening is an account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def has_word(self, word: str) -> bool:
        """Tell whether a text has a word as it is."""
        return bool(self._database.select("SELECT 1 FROM word WHERE term = ?", word))

    def names(self, thing: str) -> list[str]:
        """Return the names of a thing, as cells."""
        query = (
            "SELECT text.cell FROM thing JOIN text ON text.thing = thing.id WHERE thing.cell = ? AND is_name "
            "ORDER BY text.id"
        )
        return self._database.values(query, thing)

    def holders(self, post: str) -> list[str]:
        """Return who holds or held a post, sorted."""
        return self._database.values("SELECT holder FROM holder WHERE post = ? ORDER BY holder", post)

    def occurrences(self, happenings: Iterable[str]) -> dict[str, str]:
        """Return the occurrence of which each happening is an account, by happening; not of those that are of none."""
        return dict(self._database.select_among("SELECT * FROM account WHERE happening IN ({})", happenings))

    def search(
        self, search_text: str, *, names_only: bool = False, words_in_texts: Collection[str] = ()
    ) -> SearchResult:
        """Return the things that have all the words, or else most of them.

        `words_in_texts` are no misspelt words, though no name and no sentence has them.
        """
        typed = search_words(search_text)
        spelt = [([word], True) if word in words_in_texts else self._spellings(word) for word in typed]
        words = [spellings for spellings, _ in spelt]
        texts_by_word = [self._found(spellings, names_only=names_only) for spellings in words]
        numbers = _words_by_thing(texts_by_word)
        required = max(numbers.values(), default=0)
        things = {thing for thing, number in numbers.items() if number == required}
        corrected = [word for word, (_, is_known) in zip(typed, spelt, strict=True) if not is_known]
        return SearchResult(words, required, corrected, self._ranked_hits(texts_by_word, things, words, search_text))

    def search_exactly(self, search_text: str) -> list[SearchHit]:
        """Return the things that have all the words; no word is taken for a similar one."""
        words = self.spelt(search_text)
        texts_by_word = [self._found(spellings, names_only=False) for spellings in words]
        numbers = _words_by_thing(texts_by_word)
        things = {thing for thing, number in numbers.items() if number == len(words)}
        return self._ranked_hits(texts_by_word, things, words, search_text)

    def _found(self, spellings: Sequence[str], *, names_only: bool) -> FoundTexts:
        query = any_of(spellings)
        records = self._database.select(
            "SELECT id, things, context FROM text_words JOIN text ON id = text_words.rowid "
            "WHERE text_words MATCH ? AND (is_name OR NOT ?) ORDER BY id",
            # FTS5 has no empty query; this one finds nothing.
            query or '""',
            names_only,
        )
        context = chain.from_iterable(unpack(context) for *_, context in records)
        return FoundTexts({id_: unpack(things) for id_, things, _ in records}, {*context})

    def _ranked_hits(
        self,
        texts_by_word: Sequence[FoundTexts],
        things: Collection[int],
        words: Sequence[Sequence[str]],
        search_text: str,
    ) -> list[SearchHit]:
        """Return each thing with its best text: most words, whole ones, names before sentences, the shortest first."""
        whole = [re.compile(rf"\b(?:{'|'.join(spellings)})\b") for spellings in words]
        phrase = fold(search_text).rstrip()
        numbers = Counter(chain.from_iterable(texts.things for texts in texts_by_word))
        here = {
            id_: [thing for thing in targets if thing in things]
            for texts in texts_by_word
            for id_, targets in texts.things.items()
        }
        candidates = sorted(id_ for id_, targets in here.items() if targets)
        records = self._database.select_among(
            "SELECT id, cell, is_name FROM text WHERE id IN ({}) ORDER BY id", candidates
        )
        best: dict[int, tuple[tuple[int, ...], SearchText]] = {}
        for id_, cell, is_name in records:
            searched = SearchText(fold(text(cell)), cell, bool(is_name))
            whole_words = sum(pattern.search(searched.folded) is not None for pattern in whole)
            not_phrase = phrase not in searched.folded
            quality = (-numbers[id_], not_phrase, not searched.is_name, -whole_words, len(searched.folded))
            for thing in here[id_]:
                if thing not in best or quality < best[thing][0]:
                    best[thing] = quality, searched
        cells: dict[int, str] = dict(self._database.select_among("SELECT id, cell FROM thing WHERE id IN ({})", best))
        ranked = sorted((quality, cells[thing], searched) for thing, (quality, searched) in best.items())
        return [SearchHit(cell, searched) for _, cell, searched in ranked]

    def spelt(self, search_text: str) -> list[Sequence[str]]:
        """Return the words of a search text, each with its synonyms and the accented words that it may be."""
        return [self._known_spellings(word) for word in search_words(search_text)]

    def _known_spellings(self, word: str) -> Sequence[str]:
        plain = without_marks(word)
        known = self._database.values(
            "SELECT word FROM accented_word WHERE plain >= ? AND plain < ?", plain, after_all_with(plain)
        )
        accented = (spelling[: len(plain)] for spelling in known if plain)
        return [*dict.fromkeys((word, *next((group for group in SYNONYMS if word in group), ()), plain, *accented))]

    def _spellings(self, word: str) -> tuple[Sequence[str], bool]:
        """Return a word with its synonyms and accents, or with words like it; and whether it is known."""
        known = self._known_spellings(word)
        if self._database.select("SELECT 1 FROM text_words WHERE text_words MATCH ? LIMIT 1", any_of(known) or '""'):
            return known, True
        vocabulary = self._database.values("SELECT term FROM word")
        return [word, *get_close_matches(word, vocabulary, MAX_CORRECTIONS, LEAST_LIKENESS)], False


def _words_by_thing(texts_by_word: Iterable[FoundTexts]) -> Counter[int]:
    """Return how many of the words each thing has, one of them at least in a text of its own."""
    numbers, things = Counter[int](), set[int]()
    for texts in texts_by_word:
        of_their_own = {*chain.from_iterable(texts.things.values())}
        numbers.update(of_their_own.union(texts.context))
        things |= of_their_own
    return Counter({thing: number for thing, number in numbers.items() if thing in things})


def write_text_search(database: sqlite3.Connection, columns: Columns) -> None:
    """Write the searched texts of a version into an index."""
    holders, stating = _holders(columns), _stating(columns)
    context = _context(columns, holders)
    ids: dict[str, int] = {}

    def ids_of(things: Iterable[str]) -> list[int]:
        return [ids.setdefault(thing, len(ids)) for thing in things]

    articles = {*columns.members("Article")}
    texts = (
        (naming in NAME_PROPERTIES, label, ids_of(targets), pack(ids_of(context.get(thing, ()))))
        for naming in (*NAME_PROPERTIES, *SENTENCE_PROPERTIES, TITLE_PROPERTY)
        for thing, labels in columns[naming].items()
        if is_iri(thing) and not thing.startswith(f"<{SCHEME}") and (naming != TITLE_PROPERTY or thing in articles)
        for targets in (tuple(stating.get(thing) or (thing, *holders.get(thing, ()))),)
        for label in labels
    )
    words = set[str]()
    for id_, (is_name, label, things, beside) in enumerate(texts):
        folded = fold(text(label))
        words.update(folded.split())
        database.execute(
            "INSERT INTO text VALUES (?, ?, ?, ?, ?, ?)", (id_, things[0], label, is_name, pack(things), beside)
        )
        database.execute("INSERT INTO text_words (rowid, folded) VALUES (?, ?)", (id_, folded))
    database.executemany("INSERT INTO thing VALUES (?, ?)", ((id_, cell) for cell, id_ in ids.items()))
    accented = ((plain, word) for word in words if (plain := without_marks(word)) != word)
    database.executemany("INSERT INTO accented_word VALUES (?, ?)", accented)
    database.executemany("INSERT INTO holder VALUES (?, ?)", ((p, holder) for p in holders for holder in holders[p]))
    database.executemany("INSERT INTO account VALUES (?, ?)", columns.first("accountOf").items())


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
