"""The numbers of things in an index, by which its tables refer to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

SCHEMA = "CREATE TABLE thing (id INTEGER PRIMARY KEY, cell TEXT UNIQUE);"


class ThingIds:
    """Numbers things as they are asked for; those of a part of the database are looked up in it."""

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
