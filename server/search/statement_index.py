"""Index of the statements of a version by facet value, word and sort order."""

from __future__ import annotations

import sqlite3
from array import array
from bisect import insort
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from itertools import chain, filterfalse, islice
from operator import and_

from rdflib import SKOS

from kg.iterables import in_batches
from kg.namespaces import OA
from server.http.parameters import whole_number
from server.search.facet_columns import patch_facet
from server.search.facet_counts import facet_counts
from server.search.index_database import MAX_PARAMETERS, Database, ThingIds, pack, patch_numbers, rows_of, unpack
from server.search.property_columns import Columns
from server.search.record_paths import CLASS, Step, path
from server.search.search_words import any_of, fold
from server.search.statement_facets import FACETS, SUPPORT
from server.search.statement_orders import ORDERS
from server.search.statement_sets import StatementSet
from server.search.statement_support import ONE_SOURCE, SEVERAL_SOURCES
from server.search.time_spans import moment_key, parse_moment
from server.search.tsv_cells import is_blank, text

WORDS, NAME = path("gist"), Step(("name", "alias", str(SKOS.prefLabel)))
NAMED_THING = Step(("sourceInChain", "about"))
"""The step from a statement to the things whose names are searched with it."""
# SQLite's largest integer, so that a statement without a place comes last.
UNKNOWN_OFFSET = 2**63 - 1

StatementNumber = int
"""A number by which an index refers to a statement."""
# The facets of a page look up the statements of the same words.
MAX_CACHED_WORDS = 8
PATHS = (
    *(way for facet in FACETS if facet is not SUPPORT for way in facet.values.paths),
    path(f"{CLASS}Statement"),
    WORDS,
    *map(path, (*NAMED_THING.names, *NAME.names)),
    path("source", "name"),
    path("evidence", str(OA.hasSelector), str(OA.start)),
)


class StatementIndex:
    """All statements of a version, referred to by number; values are cells."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # On the object rather than the class, which would keep the indexes of old versions.
        self._with = lru_cache(MAX_CACHED_WORDS)(self._find_with)

    def __len__(self) -> int:
        return self._total

    @cached_property
    def _total(self) -> int:
        return int(self._database.value("SELECT count(*) FROM statement"))

    def iris(self, numbers: Iterable[StatementNumber]) -> list[str]:
        """Return the IRIs of statements, as cells."""
        in_turn = [*numbers]
        cells: dict[int, str] = dict(
            self._database.select_among("SELECT number, cell FROM statement WHERE number IN ({})", in_turn)
        )
        return [cells[number] for number in in_turn]

    def has_value(self, facet: str, value: str) -> bool:
        """Return whether any statement has a value of a facet."""
        return bool(self._database.select("SELECT 1 FROM facet_value WHERE facet = ? AND cell = ?", facet, value))

    def matching(self, chosen: Iterable[tuple[str, str]], words: Iterable[Sequence[str]]) -> StatementSet:
        """Return the statements with one of the chosen values of each chosen facet, and every word in gist or name.

        Each word is given by its spellings, which are folded and match at the start of a word.
        """
        by_facet: dict[str, list[array[int]]] = {}
        for facet, value in chosen:
            by_facet.setdefault(facet, []).append(self._having(facet, value))
        having = (StatementSet.of(chain.from_iterable(numbers), len(self)) for numbers in by_facet.values())
        sets = chain(having, (self._with(tuple(spellings)) for spellings in words))
        return reduce(and_, sets, StatementSet.all(len(self)))

    def only_article(self, facet: str, value: str) -> str | None:
        """Return the article of the statements that have a value of a facet, None if they are of several."""
        numbers = self._having(facet, value)
        query = "SELECT DISTINCT article FROM statement WHERE number IN ({})"
        articles = set[str]()
        # Its first and its last statement first: if many have the value, these are hardly ever of one article.
        for group in ({*numbers[:1], *numbers[-1:]}, *in_batches(numbers, MAX_PARAMETERS)):
            articles.update(article for (article,) in self._database.select_among(query, group))
            if len(articles) > 1:
                return None
        return next(iter(articles), None)

    def _having(self, facet: str, value: str) -> array[int]:
        packed = self._database.value("SELECT numbers FROM facet_value WHERE facet = ? AND cell = ?", facet, value)
        return unpack(packed)

    def _find_with(self, spellings: Sequence[str]) -> StatementSet:
        words = any_of(spellings)
        if not words:
            return StatementSet.of((), len(self))
        numbers = self._database.values("SELECT rowid FROM gist_words WHERE gist_words MATCH ?", words)
        named = self._database.select(
            "SELECT DISTINCT thing, numbers FROM label_words JOIN label ON label.id = label_words.rowid "
            "JOIN named USING (thing) WHERE label_words MATCH ?",
            words,
        )
        return StatementSet.of(chain(numbers, *(unpack(packed) for _, packed in named)), len(self))

    def in_order(self, rows: StatementSet, order: str, window: slice) -> list[StatementNumber]:
        """Return the part of statements that a window shows, in a sort order."""
        numbers = unpack(self._database.value("SELECT numbers FROM sort_order WHERE name = ?", order))
        return [*(numbers[window] if rows.is_all else islice(rows.in_order(numbers), window.start, window.stop))]

    def value_counts(
        self, rows: StatementSet, facet: str, most: int, first: Collection[str] = ()
    ) -> tuple[list[tuple[str, int]], int]:
        """Return the number of statements per value of a facet, the most frequent first, and how many values there are.

        At most `most` values are returned; those in `first` come before the others.
        """
        counts = facet_counts(self._database, facet, rows)
        listed = {*counts.of(first), *counts.commonest(most)}
        in_turn = sorted(listed, key=lambda count: (count[0] not in first, -count[1], count[0]))
        return in_turn[:most], counts.total


@dataclass(frozen=True)
class _Renumbered:
    """The numbers of the statements whose records are rewritten, by statement: before and after, out of `total`."""

    before: Mapping[str, StatementNumber]
    after: Mapping[str, StatementNumber]
    total: int


def displaced_statements(database: sqlite3.Connection, columns: Columns) -> list[str]:
    """Return the statements that get the numbers of others which no longer exist, and are therefore due too."""
    numbers = _renumbered(database, columns)
    beyond = database.execute("SELECT cell FROM statement WHERE number >= ?", [numbers.total])
    return [cell for (cell,) in beyond if not columns.is_due(cell)]


def renew_statements(database: sqlite3.Connection, columns: Columns, things: ThingIds) -> None:
    """Rewrite an index's records of the statements that are due."""
    numbers = _renumbered(database, columns)
    old = [(number,) for number in numbers.before.values()]
    # Before the records that have it are deleted.
    query = "SELECT named FROM statement WHERE number = ?"
    named = {cell: unpack(database.execute(query, [n]).fetchone()[0]) for cell, n in numbers.before.items()}
    database.executemany("DELETE FROM statement WHERE number = ?", old)
    records = {record[1]: record for record in _records(columns, numbers.after, things)}
    database.executemany("INSERT INTO statement VALUES (?, ?, ?, ?, ?, ?, ?)", records.values())
    for facet in FACETS:
        if facet is not SUPPORT:
            column = facet.values.of_statements(columns, numbers.after)
            values = {number: _distinct_values(column.get(cell, ())) for cell, number in numbers.after.items()}
            patch_facet(database, facet.name, frozenset(numbers.before.values()), values, numbers.total)
    _keep_support(database, numbers)
    _sort(database, numbers)
    database.executemany("DELETE FROM gist_words WHERE rowid = ?", old)
    gists, gist = columns.first(WORDS[0].names[0]), "INSERT INTO gist_words (rowid, folded) VALUES (?, ?)"
    database.executemany(
        gist, ((number, fold(text(gists[cell]))) for cell, number in numbers.after.items() if cell in gists)
    )
    before = ((thing, numbers.before[cell]) for cell, among in named.items() for thing in among)
    after = ((thing, number) for cell, number in numbers.after.items() for thing in unpack(records[cell][-1]))
    patch_numbers(database, "named", before, after)
    _write_labels(database, columns, things)


def renew_support(database: sqlite3.Connection, columns: Columns, _: ThingIds) -> None:
    """Rewrite which of the statements that are due have several sources; their other records exist already."""
    everything = database.execute("SELECT cell, number FROM statement") if columns.due is None else ()
    of_due = rows_of(database, "SELECT cell, number FROM statement WHERE cell = ?", columns)
    numbers: dict[str, StatementNumber] = dict(chain(everything, of_due))
    column = SUPPORT.values.of_statements(columns, numbers)
    values = {number: column[cell] for cell, number in numbers.items()}
    total: int = database.execute("SELECT count(*) FROM statement").fetchone()[0]
    patch_facet(database, SUPPORT.name, frozenset(values), values, total)


def _keep_support(database: sqlite3.Connection, numbers: _Renumbered) -> None:
    """Carry over the support that statements had under their former numbers; new ones have one source."""
    several = database.execute(
        "SELECT numbers FROM facet_value WHERE facet = ? AND cell = ?", (SUPPORT.name, SEVERAL_SOURCES)
    ).fetchone()
    among = {*unpack(several[0] if several else b"")}
    values = {
        number: [SEVERAL_SOURCES if numbers.before.get(cell) in among else ONE_SOURCE]
        for cell, number in numbers.after.items()
    }
    patch_facet(database, SUPPORT.name, frozenset(numbers.before.values()), values, numbers.total)


def _renumbered(database: sqlite3.Connection, columns: Columns) -> _Renumbered:
    """Return numbers from 0 without a gap; statements that stay keep theirs, unless it is beyond the new total."""
    before: dict[str, StatementNumber] = dict(
        rows_of(database, "SELECT cell, number FROM statement WHERE cell = ?", columns)
    )
    members = sorted(filter(columns.is_due, columns.members("Statement")))
    earlier: int = database.execute("SELECT count(*) FROM statement").fetchone()[0]
    total = earlier - len(before) + len(members)
    staying = {cell: before[cell] for cell in members if before.get(cell, total) < total}
    # No number is left free: the columns of a facet have a place for each (decision 0039).
    free = sorted({*before.values(), *range(earlier, total)}.difference(staying.values()))
    return _Renumbered(
        before, {**staying, **dict(zip((cell for cell in members if cell not in staying), free, strict=False))}, total
    )


def _records(
    columns: Columns, numbers: Mapping[str, StatementNumber], things: ThingIds
) -> Iterator[tuple[StatementNumber, str, str, int, str, str, bytes]]:
    starts, articles, times = _start_offsets(columns), columns.first("statedIn"), columns.first("saidEarliest")
    names, sources = columns.first("name"), columns.first("source")
    for cell, number in numbers.items():
        source = text(names.get(sources.get(cell, ""), ""))
        moment = moment_key(parse_moment(text(times.get(cell, ""))))
        named = sorted({*things.of(chain.from_iterable(columns[prop].get(cell, ()) for prop in NAMED_THING.names))})
        yield number, cell, articles.get(cell, ""), starts.get(cell, UNKNOWN_OFFSET), source, moment, pack(named)


def _sort(database: sqlite3.Connection, numbers: _Renumbered) -> None:
    """Remove the rewritten statements from each order, and insert them again."""
    changed = {*numbers.before.values(), *numbers.after.values()}
    for name, sorting in ORDERS.items():
        by = sorting.columns
        key = f"SELECT {by} FROM statement WHERE number = ?"

        # The key as a default, since the loop rebinds the name.
        def place(number: StatementNumber, key: str = key) -> tuple[str | int, ...]:
            record: tuple[str | int, ...] = database.execute(key, [number]).fetchone()
            return record

        record = database.execute("SELECT numbers FROM sort_order WHERE name = ?", [name]).fetchone()
        # What has not changed is in order already. An empty order is sorted by SQL instead: inserting one number after
        # another takes time quadratic in their number.
        order = array("I", filterfalse(changed.__contains__, unpack(record[0] if record else b"")))
        if order:
            for number in numbers.after.values():
                insort(order, number, key=place)
        else:
            order = array("I", chain.from_iterable(database.execute(f"SELECT number FROM statement ORDER BY {by}")))
        database.execute("INSERT OR REPLACE INTO sort_order VALUES (?, ?)", (name, order.tobytes()))


def _write_labels(database: sqlite3.Connection, columns: Columns, things: ThingIds) -> None:
    for (id_,) in [
        *rows_of(database, "SELECT label.id FROM label JOIN thing ON thing.id = thing WHERE cell = ?", columns)
    ]:
        database.execute("DELETE FROM label WHERE id = ?", [id_])
        database.execute("DELETE FROM label_words WHERE rowid = ?", [id_])
    for naming in NAME.names:
        for thing, labels in columns[naming].items():
            for label in labels if columns.is_due(thing) else ():
                id_ = database.execute("INSERT INTO label VALUES (NULL, ?)", [things[thing]]).lastrowid
                database.execute("INSERT INTO label_words (rowid, folded) VALUES (?, ?)", (id_, fold(text(label))))


def _distinct_values(values: Sequence[str]) -> tuple[str, ...]:
    # Without blank nodes, which no URL can name.
    return tuple(dict.fromkeys(value for value in values if not is_blank(value)))


def _start_offsets(columns: Columns) -> dict[str, int]:
    selectors, starts = columns[str(OA.hasSelector)], columns[str(OA.start)]

    def places(passage: str) -> Iterator[int]:
        cells = (cell for selector in selectors.get(passage, ()) for cell in starts.get(selector, ()))
        return (offset for cell in cells if (offset := whole_number(text(cell))) is not None)

    offsets = {statement: [*chain(*map(places, passages))] for statement, passages in columns["evidence"].items()}
    # At least two values, since `min` would take a single number for an iterable.
    return {statement: min(*starts, UNKNOWN_OFFSET) for statement, starts in offsets.items() if starts}
