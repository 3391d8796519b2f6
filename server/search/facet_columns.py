"""The columns of a facet in an index, updated where statements have new values."""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import sub

from server.search.index_database import pack, patched, unpack


@dataclass(frozen=True)
class _ValueIds:
    """The ids of all statements' values in one array, and where each statement's begin."""

    starts: array[int]
    ids: array[int]

    def of(self, number: int) -> array[int]:
        """Return the ids of a statement's values."""
        return self.ids[self.starts[number] : self.starts[number + 1]]

    def replaced(self, values: Mapping[int, Sequence[int]], total: int) -> _ValueIds:
        """Return the ids with those of some statements replaced, for `total` statements."""
        numbers = range(min(len(self.starts) - 1, total))
        lengths = [*map(sub, self.starts[1 : len(numbers) + 1], self.starts)] + [0] * (total - len(numbers))
        ids, after = array("I"), 0
        for number in sorted(number for number in values if number < total):
            ids += self._between(after, number)
            ids.extend(values[number])
            lengths[number], after = len(values[number]), number + 1
        ids += self._between(after, total)
        return _ValueIds(array("I", accumulate(lengths, initial=0)), ids)

    def _between(self, first: int, last: int) -> array[int]:
        begin, end = (self.starts[min(number, len(self.starts) - 1)] for number in (first, last))
        return self.ids[begin:end]


def patch_facet(
    database: sqlite3.Connection,
    facet: str,
    before: frozenset[int],
    values: Mapping[int, Sequence[str]],
    total: int,
) -> None:
    """Give statements, by number, new values of a facet in place of their earlier ones, among `total` statements."""
    old = _read(database, facet)
    ids = _ids_of_values(database, facet, {*chain.from_iterable(values.values())})
    new = {**dict.fromkeys(before, ()), **{number: [ids[value] for value in cells] for number, cells in values.items()}}
    lost, gained = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for number, after in new.items():
        earlier = old.of(number) if number in before else ()
        for id_ in {*earlier}.difference(after):
            lost[id_].append(number)
        for id_ in {*after}.difference(earlier):
            gained[id_].append(number)
    for id_ in sorted({*lost, *gained}):
        (packed,) = database.execute("SELECT numbers FROM facet_value WHERE id = ?", [id_]).fetchone()
        numbers = patched(unpack(packed), lost[id_], gained[id_])
        if numbers:
            record = (len(numbers), numbers.tobytes(), id_)
            database.execute("UPDATE facet_value SET count = ?, numbers = ? WHERE id = ?", record)
        else:
            database.execute("DELETE FROM facet_value WHERE id = ?", [id_])
    _write(database, facet, old.replaced(new, total))


def _ids_of_values(database: sqlite3.Connection, facet: str, values: Collection[str]) -> dict[str, int]:
    """Return the ids of values; a value that no statement had before gets a new one."""
    new = ((facet, value) for value in sorted(values))
    database.executemany("INSERT OR IGNORE INTO facet_value VALUES (NULL, ?, ?, 0, x'')", new)
    query = "SELECT id FROM facet_value WHERE facet = ? AND cell = ?"
    return {value: database.execute(query, (facet, value)).fetchone()[0] for value in values}


def _read(database: sqlite3.Connection, facet: str) -> _ValueIds:
    record = database.execute("SELECT starts, value_ids FROM facet WHERE name = ?", [facet]).fetchone()
    starts, ids = map(unpack, record or (b"", b""))
    if starts or not ids:
        return _ValueIds(starts or array("I", [0]), ids)
    return _ValueIds(array("I", accumulate(map(bool, ids), initial=0)), array("I", filter(None, ids)))


def _write(database: sqlite3.Connection, facet: str, columns: _ValueIds) -> None:
    starts, ids = columns.starts, columns.ids
    lengths = [*map(sub, starts[1:], starts)]
    if max(lengths, default=0) > 1:
        packed = (starts.tobytes(), ids.tobytes())
    else:
        in_turn = iter(ids)
        packed = (b"", pack(next(in_turn) if length else 0 for length in lengths))
    number: int = database.execute("SELECT count(*) FROM facet_value WHERE facet = ?", [facet]).fetchone()[0]
    database.execute("INSERT OR REPLACE INTO facet VALUES (?, ?, ?, ?)", (facet, *packed, number))
