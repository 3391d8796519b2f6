"""The default graph kept in step with the named graphs that it unites, as a set.

The union is stored as the engine's default graph. A triple enters it with the first united graph that holds it, and
leaves it with the last. A plain store has no union: its default graph is a graph like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyoxigraph as ox

from kg.store.terms import GraphName, to_quads

Quads = set[ox.Triple]
_BULK = 50_000


class UnitedStore:
    """An engine's store that is written graph by graph, its default graph following."""

    def __init__(self, store: ox.Store, united: Callable[[str], bool] | None) -> None:
        self.store = store
        self._united = united

    def held(self, graph: GraphName) -> Quads:
        """Return a graph's triples."""
        return {quad.triple for quad in self.store.quads_for_pattern(None, None, None, graph)}

    def put(self, graph: GraphName, triples: Iterable[ox.Triple]) -> None:
        """Add triples to a graph."""
        added = list(triples)
        self._extend(added, graph)
        if self._unites(graph):
            self._extend(added, ox.DefaultGraph())

    def take(self, graph: GraphName, triples: Iterable[ox.Triple]) -> None:
        """Take triples out of a graph, and out of the union where no other united graph holds them."""
        removed = list(triples)
        for quad in to_quads(removed, graph):
            self.store.remove(quad)
        self._leave(graph, removed)

    def follow(self, graph: GraphName, added: Quads, removed: Quads) -> None:
        """Bring the union in step with what the engine itself has done to a graph."""
        if self._unites(graph):
            self._extend(list(added), ox.DefaultGraph())
        self._leave(graph, removed)

    def _leave(self, graph: GraphName, removed: Iterable[ox.Triple]) -> None:
        if self._unites(graph):
            for quad in to_quads((triple for triple in removed if not self._held_elsewhere(triple)), ox.DefaultGraph()):
                self.store.remove(quad)

    def _held_elsewhere(self, triple: ox.Triple) -> bool:
        found = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
        return any(self._unites(quad.graph_name) for quad in found)

    def _unites(self, graph: GraphName) -> bool:
        if isinstance(graph, ox.DefaultGraph) or self._united is None:
            return False
        return self._united(graph.value)

    def _extend(self, triples: list[ox.Triple], graph: GraphName) -> None:
        quads = to_quads(triples, graph)
        if len(triples) > _BULK:
            self.store.bulk_extend(quads)
        else:
            self.store.extend(quads)
