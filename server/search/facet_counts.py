"""How many statements have each value of a facet: only the commonest values are read from the index by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest
from itertools import chain, compress, islice
from typing import Protocol

from server.search.index_database import MAX_PARAMETERS, Database, Record, unpack
from server.search.statement_sets import StatementSet

# Of so many values the stored counts are read, to subtract those of the statements that a wide filter leaves out.
MAX_VALUES_TO_SUBTRACT = 500
# So many values are read at a time until enough of them have a count: few have to be read if many have it.
VALUES_PER_QUERY = 100
ValueCount = tuple[str, int]
"""A value as a cell, and the number of its statements."""


class FacetCounts(Protocol):
    """The numbers of statements by value, among some statements; values without any are left out."""

    @property
    def total(self) -> int:
        """Return how many values there are."""

    def of(self, cells: Iterable[str]) -> list[ValueCount]:
        """Return the counts of these values, so far as they have any."""

    def commonest(self, number: int) -> list[ValueCount]:
        """Return the values with the highest counts, at most `number`, those with equal counts sorted."""


def facet_counts(database: Database, facet: str, rows: StatementSet) -> FacetCounts:
    """Return the counts of a facet's values among statements."""
    return StoredCounts(database, facet) if rows.is_all else SelectedCounts(database, facet, rows)


class StoredCounts:
    """The counts of all statements, which the index has."""

    def __init__(self, database: Database, facet: str) -> None:
        self._database, self._facet = database, facet

    @property
    def total(self) -> int:
        """Return how many values there are."""
        return int(self._database.value("SELECT number FROM facet WHERE name = ?", self._facet))

    def of(self, cells: Iterable[str]) -> list[ValueCount]:
        """Return the counts of these values, so far as they have any."""
        query = "SELECT cell, count FROM facet_value WHERE facet = ? AND cell = ?"
        return [*chain.from_iterable(self._database.select(query, self._facet, cell) for cell in cells)]

    def commonest(self, number: int) -> list[ValueCount]:
        """Return the values with the highest counts, at most `number`, those with equal counts sorted."""
        query = "SELECT cell, count FROM facet_value WHERE facet = ? ORDER BY count DESC, cell LIMIT ?"
        return self._database.select(query, self._facet, number)


class SelectedCounts:
    """The counts of some statements, from the ids of their values."""

    def __init__(self, database: Database, facet: str, rows: StatementSet) -> None:
        self._database, self._facet = database, facet
        self._by_id = self._count(rows)

    @property
    def total(self) -> int:
        """Return how many values there are."""
        return len(self._by_id)

    def of(self, cells: Iterable[str]) -> list[ValueCount]:
        """Return the counts of these values, so far as they have any."""
        query = "SELECT cell, id FROM facet_value WHERE facet = ? AND cell = ?"
        records = chain.from_iterable(self._database.select(query, self._facet, cell) for cell in cells)
        return [(cell, self._by_id[id_]) for cell, id_ in records if id_ in self._by_id]

    def commonest(self, number: int) -> list[ValueCount]:
        """Return the values with the highest counts, at most `number`, those with equal counts sorted."""
        least = min(nlargest(number, self._by_id.values()), default=0)
        equal = {id_ for id_, count in self._by_id.items() if count == least}
        more = [id_ for id_, count in self._by_id.items() if count > least]
        # Those with the least count are read in order if there are many, since only the first of them are returned.
        are_few = len(equal) <= MAX_PARAMETERS
        named = self._cells([*more, *equal] if are_few else more)
        in_turn = sorted(named, key=lambda value: (-self._by_id[value[0]], value[1]))
        rest = () if are_few else islice((value for value in self._in_order() if value[0] in equal), number - len(more))
        return [(cell, self._by_id[id_]) for id_, cell in islice(chain(in_turn, rest), number)]

    def _cells(self, ids: Iterable[int]) -> list[Record]:
        return self._database.select_among("SELECT id, cell FROM facet_value WHERE id IN ({})", ids)

    def _in_order(self) -> Iterator[Record]:
        """Yield the ids of the facet's values with their cells, sorted by these, as far as they are requested."""
        query = "SELECT id, cell FROM facet_value WHERE facet = ? AND cell > ? ORDER BY cell LIMIT ?"
        after = ""
        while records := self._database.select(query, self._facet, after, VALUES_PER_QUERY):
            yield from records
            after = records[-1][1]

    def _count(self, rows: StatementSet) -> Mapping[int, int]:
        query = "SELECT starts, value_ids, number FROM facet WHERE name = ?"
        ((first, second, number),) = self._database.select(query, self._facet)
        starts, ids = unpack(first), unpack(second)

        def counted(among: StatementSet) -> Counter[int]:
            if not starts:
                return Counter(compress(ids, among.mask))
            return Counter(chain.from_iterable(ids[starts[row] : starts[row + 1]] for row in among))

        if number <= MAX_VALUES_TO_SUBTRACT and 2 * len(rows) > len(rows.mask):
            stored = self._database.select("SELECT id, count FROM facet_value WHERE facet = ?", self._facet)
            counts = Counter[int](dict(stored))
            counts.subtract(counted(rows.complement()))
        else:
            counts = counted(rows)
        # 0 stands for no value.
        return Counter({id_: count for id_, count in counts.items() if id_ and count})
