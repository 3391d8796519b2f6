"""Index of the statements of a version by facet value, word and sort order."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, chain

from rdflib import SKOS

from kg.namespaces import OA, SCHEME
from server.http.parameters import whole_number
from server.search.index_database import Database, pack, unpack
from server.search.property_columns import Columns
from server.search.search_words import any_of, fold
from server.search.time_spans import parse_moment
from server.search.tsv_cells import is_blank, text

FACET_PROPERTIES = {
    **{name: name for name in ("source", "sourceKind", "about", "act", "certainty", "polarity", "form", "occasion")},
    **{name: name for name in ("addressee", "onBehalfOf")},
    "article": "statedIn",
}
"""Facets whose values are the values of a property."""
NAME_PROPERTIES = ("name", "alias", str(SKOS.prefLabel))
NAMED_THING_PROPERTIES = ("sourceInChain", "about")
"""Properties from a statement to the things whose names are searched with it."""
UNKNOWN_OFFSET = 2**63
LEFT_OPEN = f"<{SCHEME}polarity/underspecified>"

StatementNumber = int
"""A statement's position in the order of articles and offsets."""
MAX_CACHED_WORDS = 8
"""Words of which the statements are kept: the facets of a page ask for the same ones."""
SCHEMA = """
CREATE TABLE statement (number INTEGER PRIMARY KEY, cell TEXT);
CREATE TABLE sort_order (name TEXT PRIMARY KEY, numbers BLOB);
CREATE TABLE facet (name TEXT PRIMARY KEY, starts BLOB, value_ids BLOB);
CREATE TABLE facet_value (id INTEGER PRIMARY KEY, facet TEXT, cell TEXT, count INTEGER, numbers BLOB);
CREATE UNIQUE INDEX value_of_facet ON facet_value (facet, cell);
CREATE TABLE label (id INTEGER PRIMARY KEY, numbers BLOB);
CREATE VIRTUAL TABLE gist_words USING fts5(folded, content='', tokenize='ascii');
CREATE VIRTUAL TABLE label_words USING fts5(folded, content='', tokenize='ascii');
"""
"""A facet's `value_ids` are those of each statement in turn, the statement's from `starts` on.

Where no statement has several, `starts` is empty, and the id of a statement without a value is 0.

The words of a gist have the number of its statement, and those of a name the one of its label, which has the numbers of
the statements of which the thing is a source or a subject.
"""


class StatementIndex:
    """All statements of a version, referred to by number; values are cells."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Of the object and not of the class, which would keep the indexes of old versions.
        self._with = lru_cache(MAX_CACHED_WORDS)(self._find_with)

    def __len__(self) -> int:
        return int(self._database.value("SELECT count(*) FROM statement"))

    def iris(self, numbers: Iterable[StatementNumber]) -> list[str]:
        """Return the IRIs of statements, as cells."""
        in_turn = [*numbers]
        cells: dict[int, str] = dict(
            self._database.select_among("SELECT number, cell FROM statement WHERE number IN ({})", in_turn)
        )
        return [cells[number] for number in in_turn]

    def has_value(self, facet: str, value: str) -> bool:
        """Tell whether a statement has a value of a facet."""
        return bool(self._database.select("SELECT 1 FROM facet_value WHERE facet = ? AND cell = ?", facet, value))

    def matching(
        self, chosen: Iterable[tuple[str, str]], words: Iterable[Sequence[str]]
    ) -> Collection[StatementNumber]:
        """Return the statements that have a chosen value of each facet chosen by, and every word in gist or name.

        Each word is its spellings, which are folded and found at the start of a word.
        """
        by_facet: dict[str, set[StatementNumber]] = {}
        for facet, value in chosen:
            by_facet.setdefault(facet, set()).update(self._having(facet, value))
        matches = [*by_facet.values(), *(self._with(tuple(spellings)) for spellings in words)]
        # The smallest set first: the intersection is at most as large as it.
        return frozenset(set.intersection(*sorted(matches, key=len))) if matches else range(len(self))

    def _having(self, facet: str, value: str) -> Iterable[StatementNumber]:
        packed = self._database.value("SELECT numbers FROM facet_value WHERE facet = ? AND cell = ?", facet, value)
        return unpack(packed)

    def _find_with(self, spellings: Sequence[str]) -> set[StatementNumber]:
        words = any_of(spellings)
        if not words:
            return set()
        numbers = {*self._database.values("SELECT rowid FROM gist_words WHERE gist_words MATCH ?", words)}
        named = self._database.values(
            "SELECT numbers FROM label_words JOIN label ON id = label_words.rowid WHERE label_words MATCH ?", words
        )
        return numbers.union(*map(unpack, named))

    def in_order(self, rows: Collection[StatementNumber], order: str) -> list[StatementNumber]:
        """Return statements in a sort order."""
        numbers = unpack(self._database.value("SELECT numbers FROM sort_order WHERE name = ?", order))
        return [row for row in numbers if row in rows]

    def value_counts(self, rows: Collection[StatementNumber], facet: str) -> list[tuple[str, int]]:
        """Return the number of statements per value of a facet, the most frequent first."""
        values = self._database.select("SELECT id, cell, count FROM facet_value WHERE facet = ?", facet)
        # Of all statements, the numbers are known already.
        if len(rows) == len(self):
            counts = [(cell, count) for _, cell, count in values]
        else:
            by_id = self._counts_by_id(rows, facet)
            counts = [(cell, by_id[id_]) for id_, cell, _ in values if id_ in by_id]
        return sorted(counts, key=lambda count: (-count[1], count[0]))

    def _counts_by_id(self, rows: Collection[StatementNumber], facet: str) -> Counter[int]:
        ((first, second),) = self._database.select("SELECT starts, value_ids FROM facet WHERE name = ?", facet)
        starts, ids = unpack(first), unpack(second)
        if not starts:
            return Counter(map(ids.__getitem__, rows))
        return Counter(chain.from_iterable(ids[starts[row] : starts[row + 1]] for row in rows))


def write_statements(database: sqlite3.Connection, columns: Columns) -> None:
    """Write the statements of a version into an index."""
    starts, articles = _start_offsets(columns), columns.first("statedIn")

    def place(statement: str) -> tuple[str, int, str]:
        return articles.get(statement, ""), starts.get(statement, UNKNOWN_OFFSET), statement

    statements = sorted(columns.members("Statement"), key=place)
    numbers = {statement: number for number, statement in enumerate(statements)}
    database.executemany("INSERT INTO statement VALUES (?, ?)", enumerate(statements))
    for facet, column in _facets(columns, statements):
        _write_facet(database, facet, [_distinct_values(column.get(statement, ())) for statement in statements])
    orders = ((name, pack(order)) for name, order in _orders(columns, statements).items())
    database.executemany("INSERT INTO sort_order VALUES (?, ?)", orders)
    gists = ((numbers[thing], fold(text(cell))) for thing, cell in columns.first("gist").items() if thing in numbers)
    database.executemany("INSERT INTO gist_words (rowid, folded) VALUES (?, ?)", gists)
    for number, (label, named) in enumerate(_labels(columns, numbers)):
        database.execute("INSERT INTO label VALUES (?, ?)", (number, pack(sorted(named))))
        database.execute("INSERT INTO label_words (rowid, folded) VALUES (?, ?)", (number, label))


def _write_facet(database: sqlite3.Connection, facet: str, column: Sequence[Sequence[str]]) -> None:
    first_id = database.execute("SELECT coalesce(max(id), 0) + 1 FROM facet_value").fetchone()[0]
    by_value = _numbers_by_value(column)
    ids = {value: id_ for id_, value in enumerate(by_value, first_id)}
    records = ((ids[value], facet, value, len(numbers), pack(numbers)) for value, numbers in by_value.items())
    database.executemany("INSERT INTO facet_value VALUES (?, ?, ?, ?, ?)", records)
    if max(map(len, column), default=0) > 1:
        starts = pack(accumulate(map(len, column), initial=0))
        value_ids = [ids[value] for value in chain.from_iterable(column)]
    else:
        starts, value_ids = b"", [ids[values[0]] if values else 0 for values in column]
    database.execute("INSERT INTO facet VALUES (?, ?, ?)", (facet, starts, pack(value_ids)))


def _facets(columns: Columns, statements: list[str]) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    for facet, prop in FACET_PROPERTIES.items():
        yield facet, columns[prop]
    topics = {*columns.members(str(SKOS.Concept))}
    yield (
        "topic",
        {subject: [value for value in values if value in topics] for subject, values in columns["about"].items()},
    )
    sides = {*chain.from_iterable(columns["side"].values())}
    # By what the statement's own article tells: somebody who has changed sides speaks for none of the earlier one.
    yield "side", {cell: [side for side in values if side in sides] for cell, values in columns["sourceSide"].items()}
    yield (
        "date",
        {subject: [f'"{text(time)[:10]}"' for time in times] for subject, times in columns["saidEarliest"].items()},
    )
    # What the article's own voice passes on is at first hand, by the definition of the property.
    relayed = columns["byWordOf"]
    yield "hand", {cell: ['"second hand"' if cell in relayed else '"first hand"'] for cell in statements}
    supported = _supported(columns)
    yield (
        "support",
        {cell: ['"several independent sources"' if cell in supported else '"one source"'] for cell in statements},
    )


@dataclass(frozen=True)
class _Chain:
    """A statement with what it passes on and what passes it on: their speakers and acts of saying."""

    statements: frozenset[str]
    speakers: frozenset[str]
    utterances: frozenset[str]


def _supported(columns: Columns) -> set[str]:
    """Return the statements that a source outside of their chain confirms, or puts forward alike."""
    named, utterances = columns.first("identifiedAs"), columns.first("tellingOf")
    speakers = {statement: named.get(source, source) for statement, source in columns.first("source").items()}
    passed_on, passing = columns["relaysEventually"], defaultdict[str, list[str]](list)
    for statement, inner in passed_on.items():
        for cell in inner:
            passing[cell].append(statement)

    def chain_of(statement: str) -> _Chain:
        links = frozenset((statement, *passed_on.get(statement, ()), *passing.get(statement, ())))
        of_links = (frozenset(values[link] for link in links if link in values) for values in (speakers, utterances))
        return _Chain(links, *of_links)

    def is_supported(statement: str, peers: Mapping[str, list[str]]) -> bool:
        own = chain_of(statement)
        others = chain.from_iterable(group for speaker, group in peers.items() if speaker not in own.speakers)
        # Another telling of the same act of saying is no second source.
        return any(peer not in own.statements and utterances.get(peer) not in own.utterances for peer in others)

    groups = [*_statements_alike(columns), *_confirmed_with_peers(columns)]
    supported = set[str]()
    for statements, peers in groups:
        by_speaker = defaultdict[str, list[str]](list)
        for peer in peers:
            if peer in speakers:
                by_speaker[speakers[peer]].append(peer)
        supported.update(statement for statement in statements if is_supported(statement, by_speaker))
    return supported


def _statements_alike(columns: Columns) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the statements that put forward the same as so, or as not so, of one time; as each other's peers."""
    keys, polarities, tenses = columns.first("contentKey"), columns.first("polarity"), columns.first("tense")
    alike = defaultdict[tuple[str, str, str], list[str]](list)
    for statement, contents in columns["says"].items():
        if statement in tenses and polarities.get(statement, LEFT_OPEN) != LEFT_OPEN:
            for key in {keys[content] for content in contents if content in keys}:
                alike[key, polarities[statement], tenses[statement]].append(statement)
    yield from ((statements, statements) for statements in alike.values())


def _confirmed_with_peers(columns: Columns) -> Iterator[tuple[list[str], list[str]]]:
    for peer, confirmed in columns["confirms"].items():
        yield confirmed, [peer]


def _distinct_values(values: Sequence[str]) -> tuple[str, ...]:
    """Return the distinct values without blank nodes, which no URL can name."""
    return tuple(dict.fromkeys(value for value in values if not is_blank(value)))


def _numbers_by_value(column: Sequence[Sequence[str]]) -> dict[str, list[StatementNumber]]:
    by_value: dict[str, list[StatementNumber]] = {}
    for number, values in enumerate(column):
        for value in values:
            by_value.setdefault(value, []).append(number)
    return by_value


def _start_offsets(columns: Columns) -> dict[str, int]:
    """Return the offset of each statement's first passage."""
    selectors, starts = columns[str(OA.hasSelector)], columns[str(OA.start)]

    def places(passage: str) -> Iterator[int]:
        cells = (cell for selector in selectors.get(passage, ()) for cell in starts.get(selector, ()))
        return (offset for cell in cells if (offset := whole_number(text(cell))) is not None)

    offsets = {statement: [*chain(*map(places, passages))] for statement, passages in columns["evidence"].items()}
    return {statement: min(starts) for statement, starts in offsets.items() if starts}


def _orders(columns: Columns, statements: list[str]) -> dict[str, list[StatementNumber]]:
    """Return the statements sorted by place, by source, and by time, those without a time last."""
    names, sources, times = columns.first("name"), columns.first("source"), columns.first("saidEarliest")

    def source_name(number: StatementNumber) -> str:
        return text(names.get(sources.get(statements[number], ""), ""))

    def time(number: StatementNumber) -> tuple[bool, int | Fraction]:
        when = parse_moment(text(times.get(statements[number], "")))
        return when is None, when.seconds if when else 0

    places = range(len(statements))
    return {"place": [*places], "source": sorted(places, key=source_name), "said": sorted(places, key=time)}


def _labels(
    columns: Columns, numbers: Mapping[str, StatementNumber]
) -> Iterator[tuple[str, frozenset[StatementNumber]]]:
    statements = _statements_by_thing(columns, numbers)
    by_label: dict[str, set[StatementNumber]] = {}
    for naming in NAME_PROPERTIES:
        for thing, labels in columns[naming].items():
            if thing in statements:
                for label in labels:
                    by_label.setdefault(fold(text(label)), set()).update(statements[thing])
    return ((label, frozenset(named)) for label, named in by_label.items())


def _statements_by_thing(columns: Columns, numbers: Mapping[str, StatementNumber]) -> dict[str, list[StatementNumber]]:
    """Return, by thing, the statements of which it is a source or a subject."""
    by_thing: dict[str, list[StatementNumber]] = {}
    for prop in NAMED_THING_PROPERTIES:
        for statement, things in columns[prop].items():
            if statement in numbers:
                for thing in things:
                    by_thing.setdefault(thing, []).append(numbers[statement])
    return by_thing
