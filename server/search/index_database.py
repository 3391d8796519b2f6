"""The database of an index (SQLite): connections, lists that are read on demand, and numbers of things."""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from kg.iterables import in_batches
from server.search.property_columns import Columns

# Below the 999 that SQLite before version 3.32 allows.
MAX_PARAMETERS = 500

Element = TypeVar("Element")
Record = tuple[Any, ...]
"""A record of an SQL query."""


class Database:
    """Answers SQL queries from any number of threads, each over a connection that no other thread uses meanwhile."""

    def __init__(self, connections: Iterable[sqlite3.Connection]) -> None:
        self._idle = SimpleQueue[sqlite3.Connection]()
        for connection in connections:
            self._idle.put(connection)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        # Waits while all connections are in use: each serves one thread at a time.
        connection = self._idle.get()
        try:
            yield connection
        finally:
            self._idle.put(connection)

    def select(self, query: str, *values: object, **named: object) -> list[Record]:
        """Return the records of a query, whose parameters are either all `?` or all named.

        Raises sqlite3.DatabaseError if the database is damaged.
        """
        with self._connection() as connection:
            return connection.execute(query, named or values).fetchall()

    def values(self, query: str, *values: object, **named: object) -> list[Any]:
        """Return the first value of each record."""
        return [record[0] for record in self.select(query, *values, **named)]

    def value(self, query: str, *values: object, **named: object) -> Any:  # noqa: ANN401 -- whatever the column holds
        """Return the first value of the first record, None if there is no record."""
        return next(iter(self.values(query, *values, **named)), None)

    def select_among(self, query: str, keys: Iterable[int | str]) -> list[Record]:
        """Return the records of a query that has `{}` in place of the list of keys, which is passed in groups."""
        groups = in_batches(keys, MAX_PARAMETERS)
        return [record for group in groups for record in self.select(query.format(", ".join("?" * len(group))), *group)]


class StoredList(Generic[Element]):
    """A list over a query with named parameters: only the requested records are read, and made elements by `make`."""

    def __init__(
        self, database: Database, query: str, order: str, make: Callable[..., Element], **values: object
    ) -> None:
        self._database, self._query, self._order, self._make, self._values = database, query, order, make, values

    def __len__(self) -> int:
        return int(self._database.value(f"SELECT count(*) FROM ({self._query})", **self._values))

    def __getitem__(self, window: slice) -> list[Element]:
        """Return the elements of a slice, whose bounds are counted from the first element."""
        first = window.start or 0
        # SQLite treats a negative LIMIT as none.
        limit = -1 if window.stop is None else max(0, window.stop - first)
        query = f"{self._query} ORDER BY {self._order} LIMIT :limit OFFSET :offset"
        return [
            self._make(*record) for record in self._database.select(query, **self._values, limit=limit, offset=first)
        ]

    def __iter__(self) -> Iterator[Element]:
        return iter(self[:])


def rows_of(database: sqlite3.Connection, query: str, columns: Columns) -> Iterator[Record]:
    """Yield the records of a query by a thing's cell, for each thing that is due; none if everything is.

    Everything is due in an empty database, which has no records.
    """
    for thing in columns.due or ():
        yield from database.execute(query, [thing])


def pack(numbers: Iterable[int]) -> bytes:
    """Return numbers under 2**32 as the content of a column."""
    return array("I", numbers).tobytes()


def unpack(column: bytes | None) -> array[int]:
    """Return the numbers of a column, none of an empty one."""
    numbers = array("I")
    numbers.frombytes(column or b"")
    return numbers


# Each single change moves all numbers after it: for more changes, sorting all of them again is less work.
MAX_SINGLE_CHANGES = 50


def patched(numbers: array[int], lost: Collection[int], gained: Collection[int]) -> array[int]:
    """Return sorted numbers with some removed and others added."""
    if len(lost) + len(gained) > MAX_SINGLE_CHANGES:
        return array("I", sorted({*numbers}.difference(lost).union(gained)))
    for number in lost:
        place = bisect_left(numbers, number)
        if numbers[place : place + 1] == array("I", [number]):
            del numbers[place]
    for number in gained:
        place = bisect_left(numbers, number)
        if numbers[place : place + 1] != array("I", [number]):
            numbers.insert(place, number)
    return numbers


def patch_numbers(
    database: sqlite3.Connection, table: str, before: Iterable[tuple[int, int]], after: Iterable[tuple[int, int]]
) -> None:
    """Remove pairs of a thing and a number from a table of sorted numbers by thing, and add others."""
    old, new = {*before}, {*after}
    changes = defaultdict[int, tuple[list[int], list[int]]](lambda: ([], []))
    for pairs, place in ((old - new, 0), (new - old, 1)):
        for thing, number in pairs:
            changes[thing][place].append(number)
    for thing, (lost, gained) in sorted(changes.items()):
        record = database.execute(f"SELECT numbers FROM {table} WHERE thing = ?", [thing]).fetchone()
        numbers = patched(unpack(record[0] if record else b""), lost, gained)
        if numbers:
            database.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", (thing, numbers.tobytes()))
        else:
            database.execute(f"DELETE FROM {table} WHERE thing = ?", [thing])


class ThingIds:
    """Assigns numbers to things on demand; those of a database with content are looked up in it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._next: int = database.execute("SELECT coalesce(max(id) + 1, 0) FROM thing").fetchone()[0]
        self._is_new = not self._next
        self._ids: dict[str, int] = {}

    def __getitem__(self, cell: str) -> int:
        """Return the number of a thing, a new one if it has none."""
        if cell not in self._ids:
            self._ids[cell] = self._known(cell)
        return self._ids[cell]

    def of(self, cells: Iterable[str]) -> list[int]:
        """Return the numbers of things."""
        return [self[cell] for cell in cells]

    def _known(self, cell: str) -> int:
        record = (
            None if self._is_new else self._database.execute("SELECT id FROM thing WHERE cell = ?", [cell]).fetchone()
        )
        if record:
            return int(record[0])
        self._database.execute("INSERT INTO thing VALUES (?, ?)", (self._next, cell))
        self._next += 1
        return self._next - 1
