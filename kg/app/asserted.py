"""What is asserted in a transaction's default graph, and how an edit has changed that, as a set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rdflib import Graph

from kg.dataset import GraphNames
from kg.store import Transaction, Triple
from kg.store.interfaces import Pattern


@dataclass(frozen=True)
class Asserted:
    """The triples that the default graph's graphs hold, without what the system derives; now, or before the edit."""

    transaction: Transaction
    names: GraphNames
    before: bool = False

    def triples(self, pattern: Pattern, /) -> Iterator[Triple]:
        """Yield the triples that match, None for any term, while what is inferred is in step with what is asserted."""
        return self.transaction.find(pattern, before=self.before, without=(self.names.inferred, self.names.description))

    def __contains__(self, triple: Triple) -> bool:
        return any(map(self.counts, self.transaction.holders(triple, before=self.before)))

    def counts(self, graph: str) -> bool:
        """Tell whether what a graph holds is asserted in the default graph."""
        return self.names.asserts(graph)

    def graph(self) -> Graph:
        """Return all of it as it is now."""
        found = Graph(bind_namespaces="none")
        for name in filter(self.counts, self.transaction.graphs()):
            for triple in self.transaction.triples(name):
                found.add(triple)
        return found


@dataclass(frozen=True)
class Moved:
    """Triples that are asserted since, and that no longer are."""

    added: frozenset[Triple]
    removed: frozenset[Triple]

    @classmethod
    def between(cls, before: Asserted, now: Asserted) -> Moved:
        """Return what a transaction has changed; a triple that another graph holds too has not come or gone."""
        changes = [change for name, change in now.transaction.changes().items() if name and now.counts(name)]
        added = _outside((triple for change in changes for triple in change.added), before)
        return cls(added, _outside((triple for change in changes for triple in change.removed), now))

    @property
    def triples(self) -> frozenset[Triple]:
        """Return both."""
        return self.added | self.removed


def _outside(triples: Iterable[Triple], asserted: Asserted) -> frozenset[Triple]:
    return frozenset(triple for triple in triples if triple not in asserted)
