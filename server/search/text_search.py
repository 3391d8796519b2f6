"""Search of a version: all words in any order, in names, posts, gists, quotations and titles, best first."""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, islice

from rdflib import DCTERMS, SKOS

from kg.namespaces import CONDITIONAL_HALVES, ONTOLOGY, SCHEME
from server.search.index_database import MAX_PARAMETERS, Database, ThingIds, pack, patch_numbers, rows_of, unpack
from server.search.property_columns import Columns
from server.search.record_paths import CLASS, Step, path
from server.search.search_words import any_of, fold, search_words, without_marks
from server.search.tsv_cells import is_iri, text

NAME_PROPERTIES = ("name", "alias", str(SKOS.prefLabel))
SENTENCE_PROPERTIES = ("gist", "quote")
# Only of articles: anything else that has one, such as the description of a dataset, is not searched.
TITLE_PROPERTY = str(DCTERMS.title)
CONTEXT_PROPERTIES = ("sourceInChain", "about")
"""Properties from a statement to the things whose names find it together with another word."""
HALF_PROPERTIES = [str(half).removeprefix(ONTOLOGY) for half in CONDITIONAL_HALVES]
"""Properties from a conditional to its halves, whose gists find the statements that state it."""
# From this share of equal characters on, an unknown word is taken for another one, misspelt.
LEAST_LIKENESS = 0.7
# One letter may be missing or superfluous for each this many letters of a word: ships is no misspelling of his.
LETTERS_FOR_EACH_MISSING = 5
MAX_CORRECTIONS = 3
# Words for the same post: a newspaper's ISI chief is a head of the ISI.
SYNONYMS = (("chief", "head", "director"),)
NAMING = (*NAME_PROPERTIES, *SENTENCE_PROPERTIES, TITLE_PROPERTY)
IS_NAME = f"naming < {len(NAME_PROPERTIES)}"
HOLDER = path("^post", "holder")
PATHS = (
    *map(path, (*NAMING, f"{CLASS}Article", *CONTEXT_PROPERTIES, "accountOf", "postIn")),
    (Step(tuple(HALF_PROPERTIES), inverse=True, repeated=True), *path("^says")),
    HOLDER,
)


Quality = tuple[int, bool, bool, int, int]
"""How good a text is for a search, the best least: as in the ranking of hits."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A thing that a search finds, and the name or sentence of it that has most of the words, both as cells."""

    thing: str
    cell: str


class RankedHits:
    """The hits of a search, best first; those that are not read are counted, but not ranked."""

    def __init__(self, number: int, rank: Callable[[], Iterator[SearchHit]]) -> None:
        self._number, self._rank = number, rank

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[SearchHit]:
        return self._rank()

    def __getitem__(self, window: slice) -> list[SearchHit]:
        """Return the hits of a slice, whose bounds are counted from the first hit."""
        return [*islice(self, window.start, window.stop, window.step)]


@dataclass(frozen=True)
class SearchResult:
    """The result of a search: its words, each with other spellings, and how many of them every hit has."""

    words: Sequence[Sequence[str]]
    required: int
    corrected: Sequence[str]
    """The unknown words, for which similar ones were searched."""
    hits: RankedHits


@dataclass(frozen=True)
class FoundTexts:
    """The texts with a word, by id with the things they find, and the things that it finds only with another word."""

    things: Mapping[int, array[int]]
    merits: Mapping[int, tuple[bool, int]]
    """By text, whether it is a sentence, and how long it is folded: of two, the lesser is better."""
    context: Collection[int]


class TextSearch:
    """Every searched text, who holds or held each post, and the occurrence that each happening is an account of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def has_word(self, word: str) -> bool:
        """Return whether a text has exactly this word."""
        return bool(self._database.select("SELECT 1 FROM word WHERE term = ?", word))

    def names(self, thing: str) -> list[str]:
        """Return the names of a thing, as cells."""
        query = (
            f"SELECT text.cell FROM thing JOIN text ON text.thing = thing.id WHERE thing.cell = ? AND {IS_NAME} "
            "ORDER BY naming, text.cell"
        )
        return self._database.values(query, thing)

    def holders(self, post: str) -> list[str]:
        """Return who holds or held a post, sorted."""
        return self._database.values("SELECT holder FROM holder WHERE post = ? ORDER BY holder", post)

    def occurrences(self, happenings: Iterable[str]) -> dict[str, str]:
        """Return the occurrences that happenings are accounts of, by happening; others are left out."""
        return dict(self._database.select_among("SELECT * FROM account WHERE happening IN ({})", happenings))

    def search(
        self, search_text: str, *, names_only: bool = False, words_in_texts: Collection[str] = ()
    ) -> SearchResult:
        """Return the things that have all the words, or else most of them.

        `words_in_texts` are not misspelt, although no name and no sentence has them.
        """
        typed = search_words(search_text)
        spelt = [([word], True) if word in words_in_texts else self._spellings(word) for word in typed]
        words = [spellings for spellings, _ in spelt]
        required, hits = self._hits(search_text, words, names_only=names_only)
        corrected = [word for word, (_, is_known) in zip(typed, spelt, strict=True) if not is_known]
        return SearchResult(words, required, corrected, hits)

    def search_exactly(self, search_text: str) -> RankedHits:
        """Return the things that have all the words; no word is taken for a similar one."""
        words = self.spelt(search_text)
        return self._hits(search_text, words, required=len(words))[1]

    def _hits(
        self,
        search_text: str,
        words: Sequence[Sequence[str]],
        *,
        names_only: bool = False,
        required: int | None = None,
    ) -> tuple[int, RankedHits]:
        """Return how many of the words hits have, by default the most that any thing has, and the hits, best first."""
        texts_by_word = [self._found(spellings, names_only=names_only) for spellings in words]
        numbers = _words_by_thing(texts_by_word)
        required = max(numbers.values(), default=0) if required is None else required
        things = {thing for thing, number in numbers.items() if number == required}
        return required, RankedHits(len(things), lambda: self._ranked(texts_by_word, things, words, search_text))

    def _found(self, spellings: Sequence[str], *, names_only: bool) -> FoundTexts:
        query = any_of(spellings)
        records = self._database.select(
            f"SELECT id, things, NOT {IS_NAME}, length(folded), numbers "
            "FROM text_words JOIN text ON id = text_words.rowid "
            f"LEFT JOIN context ON context.thing = owner WHERE text_words MATCH ? AND ({IS_NAME} OR NOT ?)",
            # FTS5 has no empty query; this one finds nothing.
            query or '""',
            names_only,
        )
        # Hence the left join: most owners have no context, and their texts still count.
        context = chain.from_iterable(unpack(context) for *_, context in records)
        merits = {id_: (is_sentence, length) for id_, _, is_sentence, length, _ in records}
        return FoundTexts({id_: unpack(things) for id_, things, *_ in records}, merits, {*context})

    def _ranked(
        self,
        texts_by_word: Sequence[FoundTexts],
        things: set[int],
        words: Sequence[Sequence[str]],
        search_text: str,
    ) -> Iterator[SearchHit]:
        """Yield each thing with its best text: most words, whole ones, names before sentences, the shortest first.

        Texts are read in the order of the best quality that they can have, and no further than hits are consumed.
        """
        # The texts were found by beginnings of words: only these patterns show whether a whole word is there.
        whole = [re.compile(rf"\b(?:{'|'.join(spellings)})\b") for spellings in words]
        phrase = fold(search_text).rstrip()
        numbers = Counter(chain.from_iterable(texts.things for texts in texts_by_word))
        targets: dict[int, array[int]] = {}
        merits: dict[int, tuple[bool, int]] = {}
        for texts in texts_by_word:
            targets |= texts.things
            merits |= texts.merits

        def bound(id_: int) -> Quality:
            is_sentence, length = merits[id_]
            return -numbers[id_], False, is_sentence, -len(whole), length

        candidates = sorted((bound(id_), id_) for id_, among in targets.items() if not things.isdisjoint(among))
        best: dict[int, tuple[Quality, int, str]] = {}
        yielded = set[int]()
        first, size = 0, MAX_PARAMETERS
        while first < len(candidates):
            batch = {id_: least for least, id_ in candidates[first : first + size]}
            records = self._database.select_among("SELECT id, naming, cell FROM text WHERE id IN ({})", batch)
            for id_, naming, cell in records:
                folded = fold(text(cell))
                whole_words = sum(pattern.search(folded) is not None for pattern in whole)
                number, _, is_sentence, _, length = batch[id_]
                # Of two equally good texts, the one of the first property in NAMING is shown.
                merit = (number, phrase not in folded, is_sentence, -whole_words, length), naming, cell
                for thing in things.intersection(targets[id_]) - yielded:
                    best[thing] = min(merit, best.get(thing, merit))
            # Batches grow, since what waits for better texts is looked through after each.
            first, size = first + size, 2 * size
            # No text that follows can be better than what is better than the best that it can be.
            final = [
                thing
                for thing, (quality, *_) in best.items()
                if first >= len(candidates) or quality < candidates[first][0]
            ]
            cells: dict[int, str] = dict(
                self._database.select_among("SELECT id, cell FROM thing WHERE id IN ({})", final)
            )
            ranked = sorted((best[thing][0], cells[thing], best.pop(thing)[2]) for thing in final)
            yielded.update(final)
            yield from (SearchHit(thing, cell) for _, thing, cell in ranked)

    def spelt(self, search_text: str) -> list[Sequence[str]]:
        """Return the words of a search text, each with its synonyms and the accented words that it may be."""
        return [self._known_spellings(word) for word in search_words(search_text)]

    def _known_spellings(self, word: str) -> Sequence[str]:
        plain = without_marks(word)
        # In the order of code points, all words that begin with it come between it and the second bound.
        known = self._database.values(
            "SELECT word FROM accented_word WHERE plain >= ? AND plain < ?", plain, f"{plain}\U0010ffff"
        )
        # Cut to the letters that were typed, since beginnings match: `seri` is to find all that begins with `šeri`.
        accented = (spelling[: len(plain)] for spelling in known if plain)
        return [*dict.fromkeys((word, *next((group for group in SYNONYMS if word in group), ()), plain, *accented))]

    def _spellings(self, word: str) -> tuple[Sequence[str], bool]:
        """Return a word with its synonyms and accents, or with words like it; and whether it is known."""
        known = self._known_spellings(word)
        if self._database.select("SELECT 1 FROM text_words WHERE text_words MATCH ? LIMIT 1", any_of(known) or '""'):
            return known, True
        missing = len(word) // LETTERS_FOR_EACH_MISSING
        # difflib compares letter by letter, so it only gets words that can be similar enough.
        lengths = len(word) - missing, len(word) + missing
        vocabulary = self._database.values("SELECT term FROM word WHERE length(term) BETWEEN ? AND ?", *lengths)
        return [word, *get_close_matches(word, vocabulary, MAX_CORRECTIONS, LEAST_LIKENESS)], False


def _words_by_thing(texts_by_word: Iterable[FoundTexts]) -> Counter[int]:
    """Return how many of the words each thing has, for things with at least one of them in a text of their own."""
    numbers, things = Counter[int](), set[int]()
    for texts in texts_by_word:
        of_their_own = {*chain.from_iterable(texts.things.values())}
        numbers.update(of_their_own.union(texts.context))
        things |= of_their_own
    return Counter({thing: number for thing, number in numbers.items() if thing in things})


def renew_text_search(database: sqlite3.Connection, columns: Columns, things: ThingIds) -> None:
    """Rewrite an index's searched texts of the things that are due."""
    holders = _holders(columns)
    words = {*_remove_texts(database, columns)} | {*_write_texts(database, columns, things, holders)}
    _write_accents(database, words)
    accounts = (
        (thing, occurrence) for thing, occurrence in columns.first("accountOf").items() if columns.is_due(thing)
    )
    database.executemany("DELETE FROM account WHERE happening = ?", ([thing] for thing in columns.due or ()))
    database.executemany("INSERT INTO account VALUES (?, ?)", accounts)
    _write_posts(database, columns, things, holders)
    _write_context(database, columns, things)


def _remove_texts(database: sqlite3.Connection, columns: Columns) -> Iterator[str]:
    """Remove the texts of the things that are due, and yield their words."""
    query = (
        "SELECT text.id, folded FROM text JOIN thing ON thing.id = owner JOIN text_words ON text_words.rowid = text.id "
        "WHERE thing.cell = ?"
    )
    # Read completely before the first deletion: SQLite does not define what a query sees of rows deleted meanwhile.
    for id_, folded in [*rows_of(database, query, columns)]:
        database.execute("DELETE FROM text WHERE id = ?", [id_])
        database.execute("DELETE FROM text_words WHERE rowid = ?", [id_])
        yield from folded.split()


def _write_texts(
    database: sqlite3.Connection, columns: Columns, things: ThingIds, holders: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Write the texts of the things that are due, and yield their words."""
    stating, articles = _stating(columns), {*columns.members("Article")}
    for naming, prop in enumerate(NAMING):
        for owner, labels in columns[prop].items():
            if not columns.is_due(owner) or not is_iri(owner) or owner.startswith(f"<{SCHEME}"):
                continue
            # A dataset has a title too, but is not a result of a search.
            if prop == TITLE_PROPERTY and owner not in articles:
                continue
            # A proposition has no page that readers look for: its gist finds the statements that say it. A post finds
            # its holders.
            targets = things.of(stating.get(owner) or (owner, *holders.get(owner, ())))
            for label in labels:
                folded = fold(text(label))
                record = (things[owner], targets[0], naming, label, pack(targets))
                id_ = database.execute("INSERT INTO text VALUES (NULL, ?, ?, ?, ?, ?)", record).lastrowid
                database.execute("INSERT INTO text_words (rowid, folded) VALUES (?, ?)", (id_, folded))
                yield from folded.split()


def _write_accents(database: sqlite3.Connection, words: Iterable[str]) -> None:
    for word in words:
        if (plain := without_marks(word)) != word:
            # The words come from removed texts too: `word`, which follows the texts automatically, shows whether one
            # still has it.
            database.execute("DELETE FROM accented_word WHERE plain = ? AND word = ?", (plain, word))
            if database.execute("SELECT 1 FROM word WHERE term = ?", [word]).fetchone():
                database.execute("INSERT INTO accented_word VALUES (?, ?)", (plain, word))


def _write_posts(
    database: sqlite3.Connection, columns: Columns, things: ThingIds, holders: Mapping[str, Sequence[str]]
) -> None:
    """Rewrite the holders and places of the posts that are due, and what names find together with other words."""
    places = {post: organizations for post, organizations in columns["postIn"].items() if columns.is_due(post)}
    affected = {*rows_of(database, "SELECT organization FROM post_place WHERE post = ?", columns)}
    organizations = {place for (place,) in affected}.union(*places.values())
    # Read now, before the tables that it comes from are rewritten.
    before = [*_found_in_posts(database, things, organizations)]
    for table in ("holder", "post_place"):
        database.executemany(f"DELETE FROM {table} WHERE post = ?", ([thing] for thing in columns.due or ()))
    holdings = ((post, holder) for post, held_by in holders.items() if columns.is_due(post) for holder in held_by)
    database.executemany("INSERT INTO holder VALUES (?, ?)", holdings)
    located = ((post, place) for post, in_places in places.items() for place in in_places)
    database.executemany("INSERT INTO post_place VALUES (?, ?)", located)
    patch_numbers(database, "context", before, _found_in_posts(database, things, organizations))


def _write_context(database: sqlite3.Connection, columns: Columns, things: ThingIds) -> None:
    """Rewrite which statements that are due are found by names of their sources and subjects beside other words."""
    query = "SELECT thing, numbers FROM context_of JOIN thing ON thing.id = thing WHERE cell = ?"
    before = {(thing, statement) for statement, among in rows_of(database, query, columns) for thing in unpack(among)}
    after = {
        (things[thing], things[statement])
        for prop in CONTEXT_PROPERTIES
        for statement, among in columns[prop].items()
        if columns.is_due(statement)
        for thing in among
    }
    patch_numbers(database, "context", before, after)
    turned = ({(statement, thing) for thing, statement in pairs} for pairs in (before, after))
    patch_numbers(database, "context_of", *turned)


def _found_in_posts(
    database: sqlite3.Connection, things: ThingIds, organizations: Iterable[str]
) -> Iterator[tuple[int, int]]:
    """Yield each organization with the posts in it and their holders."""
    query = (
        "SELECT post FROM post_place WHERE organization = :place UNION "
        "SELECT holder FROM post_place JOIN holder USING (post) WHERE organization = :place"
    )
    for place in organizations:
        for (among,) in database.execute(query, {"place": place}):
            yield things[place], things[among]


def _holders(columns: Columns) -> dict[str, list[str]]:
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
            # A half may itself be a conditional: nothing is followed twice, so that a cycle comes to an end.
            if statement not in statements:
                statements.add(statement)
                waiting += chain.from_iterable(column.get(proposition, ()) for column in halves)
    return {proposition: sorted(statements) for proposition, statements in by_proposition.items()}
