"""The database of an index (SQLite): its connections, lists that are read as they are asked for, and packed numbers."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any, Generic, TypeVar, overload

MAX_PARAMETERS = 500
"""Values that one SQL statement asks for."""

Element = TypeVar("Element")
Record = tuple[Any, ...]
"""A record of an SQL query."""


class Database:
    """Answers SQL queries of any number of threads, each over a connection that no other uses meanwhile."""

    def __init__(self, connections: Iterable[sqlite3.Connection]) -> None:
        self._idle = SimpleQueue[sqlite3.Connection]()
        for connection in connections:
            self._idle.put(connection)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
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
        """Return the records of a query that has `{}` where the list of keys is to be, asked for in groups."""
        all_keys = [*keys]
        groups = (all_keys[start : start + MAX_PARAMETERS] for start in range(0, len(all_keys), MAX_PARAMETERS))
        return [record for group in groups for record in self.select(query.format(", ".join("?" * len(group))), *group)]


class StoredList(Sequence[Element], Generic[Element]):
    """A list that is a table: `rank` counts its records from 0, and those asked for are read, each made by `make`."""

    def __init__(self, database: Database, table: str, make: Callable[..., Element], **key: str) -> None:
        """Take the records whose column has the value of the `key`, if there is one; its column is the first."""
        self._database, self._table, self._make = database, table, make
        self._condition, self._values = "".join(f"{column} = ? AND" for column in key), tuple(key.values())

    def __len__(self) -> int:
        query = f"SELECT count(*) FROM {self._table} WHERE {self._condition} TRUE"
        return int(self._database.value(query, *self._values))

    @overload
    def __getitem__(self, index: int) -> Element: ...
    @overload
    def __getitem__(self, index: slice) -> list[Element]: ...
    def __getitem__(self, index: int | slice) -> Element | list[Element]:
        if isinstance(index, int):
            place = index if index >= 0 else len(self) + index
            elements = self._between(place, place + 1)
            if not elements:
                raise IndexError(f"The list has no element {index}.")
            return elements[0]
        first, last, step = index.indices(len(self))
        return self._between(first, last)[::step] if step > 0 else [*self][index]

    def __iter__(self) -> Iterator[Element]:
        return iter(self._between(0, len(self)))

    def _between(self, first: int, last: int) -> list[Element]:
        query = f"SELECT * FROM {self._table} WHERE {self._condition} rank >= ? AND rank < ? ORDER BY rank"
        skipped = 1 + len(self._values)
        return [self._make(*record[skipped:]) for record in self._database.select(query, *self._values, first, last)]


def pack(numbers: Iterable[int]) -> bytes:
    """Return numbers under 2**32 as the content of a column."""
    return array("I", numbers).tobytes()


def unpack(column: bytes | None) -> array[int]:
    """Return the numbers of a column; none of an empty one."""
    numbers = array("I")
    numbers.frombytes(column or b"")
    return numbers
