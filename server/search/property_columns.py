"""The values of properties over a whole version, each read once by the plainest query there is.

One pattern a query: an engine answers it by reading along an index, whatever the size, where joins of whole tables
depend on how it orders them. What belongs together is put together here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from kg.formats import TSV
from kg.namespaces import CQ
from kg.sparql.protocol import Query
from kg.store.interfaces import Store, Version
from server.search.tsv_cells import iri, is_iri

Column = dict[str, list[str]]
"""The values of a property, by subject; both are cells, the values sorted."""


class Columns:
    """Reads the columns of a version. Equal terms are one string in memory, however often they come."""

    def __init__(self, store: Store, version: Version) -> None:
        self.store, self.version = store, version
        self._read: dict[str, Column] = {}
        self._once: dict[str, str] = {}
        self._bare: dict[str, str] = {}

    def __getitem__(self, name: str) -> Column:
        """Return the column of a property: one of the ontology by its name, any by its IRI."""
        if name not in self._read:
            self._read[name] = self._column(f"SELECT ?s ?o {{ ?s <{_named(name)}> ?o }}")
        return self._read[name]

    def first(self, name: str) -> dict[str, str]:
        """Return the least value of a property, by subject."""
        return {subject: values[0] for subject, values in self[name].items()}

    def members(self, kind: str) -> list[str]:
        """Return the members of a class that have an IRI, sorted; the class as a property is told."""
        found = self._rows(f"SELECT ?s {{ ?s a <{_named(kind)}> }}")
        return sorted(self._kept(row[0]) for row in found if is_iri(row[0]))

    def iri(self, cell: str) -> str:
        """Return the IRI that a cell holds; the same string each time."""
        return self._bare.get(cell) or self._bare.setdefault(cell, iri(cell))

    def forget(self) -> None:
        """Let go of what was read, a column at a time: freeing all of it at once would hold every other thread up."""
        for kept in (self._read, self._bare, self._once):
            while kept:
                kept.popitem()

    def _column(self, query: str) -> Column:
        found: Column = {}
        for subject, value in self._rows(query):
            found.setdefault(self._kept(subject), []).append(self._kept(value))
        for values in found.values():
            values.sort()
        return found

    def _rows(self, query: str) -> Iterator[list[str]]:
        answer = self.store.query(Query(query, TSV, None, version=self.version.name))
        return islice((line.split("\t") for lines in _lines(answer.chunks) for line in lines), 1, None)

    def _kept(self, cell: str) -> str:
        return self._once.setdefault(cell, cell)


def _lines(chunks: Iterable[bytes]) -> Iterator[list[str]]:
    """Yield the lines of an answer as they come: one text of all of them would hold every other thread up."""
    rest = b""
    for chunk in chunks:
        whole, _, rest = (rest + chunk).rpartition(b"\n")
        if whole:
            yield whole.decode().split("\n")
    if rest:
        yield [rest.decode()]


def _named(name: str) -> str:
    return name if ":" in name else str(CQ[name])
