"""Keeping the default graph equal to the union, as a set, of the named graphs that it unites.

The union is stored as the engine's default graph. A triple enters it with the first united graph that has it, and
leaves it with the last. A plain store has no union: its default graph is a graph like any other.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import IO, cast

import pyoxigraph as ox

from kg.terms import GraphName, to_quads

Triples = set[ox.Triple]
MIN_BULK_TRIPLES = 10_000
"""The number of triples above which the engine's bulk loader, which does not report what was new, is faster."""


class UnionStore:
    """An engine's store that is written graph by graph, and whose default graph is updated accordingly."""

    def __init__(self, store: ox.Store, in_default: Callable[[str], bool] | None) -> None:
        self.store = store
        self.grown: int | None = 0 if in_default else None
        """The number of triples that the union has gained, less those lost; None if it has to be counted."""
        self.ledger = defaultdict[GraphName, tuple[Triples, Triples]](lambda: (set(), set()))
        """The triples that each graph has gained and lost through this object, in the engine's canonical form."""
        self._in_default = in_default

    @property
    def follows(self) -> bool:
        """Return whether the default graph is the union of others."""
        return self._in_default is not None

    def triples(self, graph: GraphName) -> Triples:
        """Return a graph's triples."""
        return {quad.triple for quad in self.store.quads_for_pattern(None, None, None, graph)}

    def lines(self, graph: GraphName) -> bytes:
        """Return a graph's triples as N-Triples."""
        return self.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""

    def put(self, graph: GraphName, triples: Iterable[ox.Triple]) -> None:
        """Add triples to a graph, which exists afterwards."""
        # Existing triples are left out: ledger and union count new ones, which the engine does not report.
        added = [triple for quad in to_quads(triples, graph) if quad not in self.store for triple in (quad.triple,)]
        # Added explicitly, because the engine creates a graph only with its first triple.
        self.store.add_graph(graph)
        if len(added) > MIN_BULK_TRIPLES:
            self.store.bulk_extend(to_quads(added, graph))
        else:
            self.store.extend(to_quads(added, graph))
        self.follow(graph, canonical_triples(added), set())

    def load(self, lines: Mapping[str, bytes]) -> None:
        """Add N-Triples to named graphs and to the union with the engine's bulk loader, bypassing the ledger."""
        self.grown = None
        # N-Triples escape line feeds in literals, so only the ends of triples are replaced.
        self._bulk_load(document.replace(b" .\n", f" <{name}> .\n".encode()) for name, document in lines.items())
        # Separately, since the engine's memory grows with the quads of a batch.
        in_default = self._in_default
        self._bulk_load(document for name, document in lines.items() if in_default is None or in_default(name))
        for name in lines:
            self.store.add_graph(ox.NamedNode(name))

    def _bulk_load(self, quads: Iterable[bytes]) -> None:
        """Add N-Quads in one batch."""
        # From a file, since joined they would take as much memory once more.
        with tempfile.TemporaryFile() as file:
            file.writelines(quads)
            file.seek(0)
            # Lenient, since the engine wrote these lines itself: checking each IRI takes a fifth of the time.
            self.store.bulk_load(file, ox.RdfFormat.N_QUADS, lenient=True)

    def take(self, graph: GraphName, triples: Iterable[ox.Triple]) -> None:
        """Remove triples from a graph, and from the union if no other united graph has them."""
        removed = [quad for quad in to_quads(triples, graph) if quad in self.store]
        # One by one: the engine can add many at once, but only removes single triples or whole graphs.
        for quad in removed:
            self.store.remove(quad)
        self.follow(graph, set(), canonical_triples(quad.triple for quad in removed))

    def follow(self, graph: GraphName, added: Triples, removed: Triples) -> None:
        """Update the union after the engine itself has changed a graph."""
        self._note(graph, added, removed)
        if not self.unites(graph):
            return
        if len(added) > MIN_BULK_TRIPLES:
            self.store.bulk_extend(to_quads(added, ox.DefaultGraph()))
            self.grown = None
        else:
            for quad in to_quads(added, ox.DefaultGraph()):
                if quad not in self.store:
                    self.store.add(quad)
                    self._grow(1)
        for quad in to_quads(removed, ox.DefaultGraph()):
            if quad in self.store and not self._held_elsewhere(quad):
                self.store.remove(quad)
                self._grow(-1)

    def _note(self, graph: GraphName, added: Triples, removed: Triples) -> None:
        # A triple that is removed and added again is neither gained nor lost.
        gained, lost = self.ledger[graph]
        restored, withdrawn = added & lost, removed & gained
        gained -= withdrawn
        lost -= restored
        gained |= added - restored
        lost |= removed - withdrawn

    def _held_elsewhere(self, quad: ox.Quad) -> bool:
        same_triple = self.store.quads_for_pattern(quad.subject, quad.predicate, quad.object)
        return any(self.unites(other.graph_name) for other in same_triple)

    def unites(self, graph: GraphName) -> bool:
        """Return whether a graph is part of the default graph."""
        if isinstance(graph, ox.DefaultGraph) or self._in_default is None:
            return False
        return self._in_default(graph.value)

    def _grow(self, triples: int) -> None:
        self.grown = None if self.grown is None else self.grown + triples


class _Digest:
    """A file object that computes the digest of its content."""

    def __init__(self) -> None:
        self.digest = sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing."""


def graph_digest(store: ox.Store, graph: GraphName) -> str:
    """Return a digest of a graph; equal graphs have equal digests, since the engine's dumps are ordered."""
    file = _Digest()
    store.dump(cast("IO[bytes]", file), ox.RdfFormat.N_TRIPLES, from_graph=graph)
    return file.digest.hexdigest()


def canonical_triples(triples: Iterable[ox.Triple]) -> Triples:
    """Return triples with literals in the form in which the engine stores them, for comparison in the ledger."""
    scratch = ox.Store()
    scratch.extend(to_quads(triples, ox.DefaultGraph()))
    return {quad.triple for quad in scratch}
