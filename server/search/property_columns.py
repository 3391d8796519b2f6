"""All values of a property in a version, read with one single-pattern query per property.

An engine answers a single pattern by scanning an index, whatever the size of the data, while the cost of joins over
whole tables depends on its join order. The joins are therefore done in Python.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, count, islice

from kg.formats import TSV
from kg.namespaces import CQ
from kg.sparql.protocol import Query
from kg.store.interfaces import Version
from kg.workers.served_store import ServedStore
from server.search.tsv_cells import iri, is_iri

# About 50 MB and 2 s of the query limits, however large the corpus is.
MAX_ROWS_PER_QUERY = 250_000
Column = dict[str, list[str]]
"""The values of a property, by subject; both are cells, and the values are sorted."""


class Columns:
    """Reads the columns of a version. Equal terms share one string object, to save memory."""

    due: frozenset[str] | None = None
    """The things whose records in an index are to be rewritten; None for all."""

    def __init__(self, store: ServedStore, version: Version) -> None:
        self.store, self.version = store, version
        self._rows_per_query = max(1, min(store.limits.rows, MAX_ROWS_PER_QUERY))
        self._columns: dict[str, Column] = {}
        self._interned: dict[str, str] = {}
        self._iris: dict[str, str] = {}

    def __getitem__(self, name: str) -> Column:
        """Return the column of a property, given by its name in the ontology or by its IRI."""
        if name not in self._columns:
            self._columns[name] = self._column(f"SELECT ?s ?o {{ ?s <{property_iri(name)}> ?o }}")
        return self._columns[name]

    def first(self, name: str) -> dict[str, str]:
        """Return the least value of a property, by subject."""
        return {subject: values[0] for subject, values in self[name].items()}

    def members(self, kind: str) -> list[str]:
        """Return the IRIs of a class's members, sorted; the class is given like a property of `__getitem__`."""
        rows = self._rows(f"SELECT ?s {{ ?s a <{property_iri(kind)}> }}")
        return sorted(self._intern(row[0]) for row in rows if is_iri(row[0]))

    @property
    def sides(self) -> Counter[str]:
        """Return how many participations are on each side, by the side's cell."""
        return Counter(chain.from_iterable(self["side"].values()))

    def number_of_subjects(self, name: str, _values: Iterable[str]) -> Counter[str]:
        """Return how many subjects have each of these values of a property."""
        return Counter(chain.from_iterable(self[name].values()))

    def is_due(self, thing: str) -> bool:
        """Return whether the records of a thing in an index are to be rewritten."""
        return self.due is None or thing in self.due

    def iri(self, cell: str) -> str:
        """Return the IRI that a cell holds, always as the same string object."""
        return self._iris.get(cell) or self._iris.setdefault(cell, iri(cell))

    def clear_gradually(self) -> None:
        """Free the columns one by one: freeing all at once would stall every other thread."""
        for cache in (self._columns, self._iris, self._interned):
            while cache:
                cache.popitem()

    def _column(self, query: str) -> Column:
        column: Column = {}
        for subject, value in self._rows(query):
            column.setdefault(self._intern(subject), []).append(self._intern(value))
        for values in column.values():
            values.sort()
        return column

    def _rows(self, query: str) -> Iterator[list[str]]:
        """Yield the rows of a single-pattern query, requested in parts, each within the query limits."""
        if self.store.engine_name():
            # Only our engine returns the rows of a version in the same order each time.
            yield from self._part(query)
            return
        for start in count(0, self._rows_per_query):
            number = 0
            for number, row in enumerate(self._part(f"{query} LIMIT {self._rows_per_query} OFFSET {start}"), 1):  # noqa: B007 -- it is read below
                yield row
            if number < self._rows_per_query:
                return

    def _part(self, query: str) -> Iterator[list[str]]:
        return tsv_rows(self.store, self.version, query)

    def _intern(self, cell: str) -> str:
        return self._interned.setdefault(cell, cell)


def tsv_rows(store: ServedStore, version: Version, query: str) -> Iterator[list[str]]:
    """Yield the rows of a query's answer, as cells."""
    answer = store.query(Query(query, TSV, None, version=version.name))
    # The first line of TSV names the variables.
    return islice((line.split("\t") for lines in _lines(answer.chunks) for line in lines), 1, None)


def _lines(chunks: Iterable[bytes]) -> Iterator[list[str]]:
    # Chunk by chunk: splitting one large text would stall every other thread.
    rest = b""
    for chunk in chunks:
        whole, _, rest = (rest + chunk).rpartition(b"\n")
        if whole:
            yield whole.decode().split("\n")
    if rest:
        yield [rest.decode()]


def property_iri(name: str) -> str:
    """Return the IRI of a property or class, given by its name in the ontology or by its IRI."""
    return name if ":" in name else str(CQ[name])
