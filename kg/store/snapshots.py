"""The dataset that a request reads, whose default graph is a set (SPARQL 1.1 Query, section 13).

With several default graphs, the engine counts a triple once for each graph that has it. So only a single graph is
passed to it directly, or the stored union instead of all graphs in it. Any other choice of several graphs is copied
into an in-memory store, whose default graph is their union as a set. That takes about 4 µs and 0.5 kB per triple, once
for each version and choice of graphs: the last few copies are kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import cast

import pyoxigraph as ox

from kg.errors import ForbiddenError
from kg.sparql.engine_dataset import EngineDataset
from kg.sparql.optimizations import MAX_SIZE_RATIO, Fact, SizeFact, TypeFact
from kg.sparql.protocol import RequestDataset
from kg.terms import graph_names, to_graph, to_quads

MAX_KEPT_COPIES = 4
"""The maximum copies of chosen graphs that a snapshot keeps in memory."""
CHECKED_AFTER_SECONDS = 0.01
"""A fact is checked once queries that would benefit from it have taken this much processor time, in seconds."""
MAX_FACTS = 1000
MAX_COUNTED = 100_000
"""The maximum triples of a property that are counted."""


def refuse_files(requested: RequestDataset, store: ox.Store) -> None:
    """Raise ForbiddenError if a request names a file that is not a graph of the store: no request reads files."""
    for name in (*requested.default, *requested.named):
        if name.partition(":")[0].lower() == "file" and not store.contains_named_graph(ox.NamedNode(name)):
            raise ForbiddenError(f"The graph {name} names a file, and no request reads files here.")


@dataclass
class _Check:
    holds: bool | None = None
    seconds: float = 0


class DataFacts:
    """Checks whether facts hold for a version's data; thread-safe."""

    # A version never changes, so each fact is checked at most once. A check takes the engine about a microsecond per
    # triple of the property and instance of the class, so it is made only once queries that benefit from it have taken
    # a while. Triples are counted up to a limit, since a check is made within the limits of a request.

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._check: Callable[[Fact], _Check] = lru_cache(MAX_FACTS)(lambda _fact: _Check())

    def holds(self, fact: Fact) -> bool | None:
        """Return whether a fact holds, or None if it has not been worth checking so far."""
        check = self._check(fact)
        return self.must_hold(fact) if check.seconds >= CHECKED_AFTER_SECONDS else check.holds

    def must_hold(self, fact: Fact) -> bool:
        """Return whether a fact holds, checking it if necessary."""
        check = self._check(fact)
        if check.holds is None:
            check.holds = self._has_type(fact) if isinstance(fact, TypeFact) else self._has_size(fact)
        return check.holds

    def _has_type(self, fact: TypeFact) -> bool:
        pattern = "?term <{0}> ?other" if fact.end == "subject" else "?other <{0}> ?term"
        # The engine stops at the first exception; a SELECT would find all.
        exception = f"ASK {{ {pattern.format(fact.property)} MINUS {{ ?term a <{fact.kind}> }} }}"
        return not self._store.query(exception)

    def _has_size(self, fact: SizeFact) -> bool:
        size = self._count(fact.property, MAX_COUNTED)
        return size < MAX_COUNTED and size <= MAX_SIZE_RATIO * self._count(fact.other, size)

    def _count(self, name: str, limit: int) -> int:
        # With a query, since it does not decode terms.
        counted = f"SELECT (COUNT(*) AS ?size) {{ {{ SELECT * {{ ?s <{name}> ?o }} LIMIT {limit} }} }}"
        [solution] = cast("ox.QuerySolutions", self._store.query(counted))
        return int(cast("ox.Literal", solution["size"]).value)

    def note_cost(self, facts: Collection[Fact], seconds: float) -> None:
        """Record the time taken by a query that would benefit from facts."""
        for fact in facts:
            self._check(fact).seconds += seconds


class Snapshot:
    """An immutable state of the data, and the choice of graphs that make up its default graph."""

    def __init__(self, store: ox.Store, in_default: Callable[[str], bool] | None) -> None:
        self.store = store
        self._in_default = in_default
        # The cached function does not refer to this object: a reference cycle would keep the engine's files open.
        self._copy = lru_cache(MAX_KEPT_COPIES)(partial(_copied, store))
        self._copying = threading.Lock()
        self.pin: object = None
        self.data_facts = DataFacts(store)

    def pinned(self, pin: object) -> Snapshot:
        """Return a copy that keeps a pin alive for as long as the copy lives."""
        pinned = copy(self)
        pinned.pin = pin
        return pinned

    def dataset(self, requested: RequestDataset) -> EngineDataset:
        """Return the dataset that a request reads; a graph that is not in the store is empty."""
        if not (requested.default or requested.named):
            return EngineDataset(self.store)
        refuse_files(requested, self.store)
        # Empty graphs do not change a union: without them, more requests need only one graph or the stored union.
        default = [name for name in requested.default if self._holds(name)]
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(name) for name in requested.named]
        # To the engine, an empty list means an empty default graph, and None the stored one.
        if len(default) <= 1:
            return EngineDataset(self.store, [to_graph(name) for name in default], named)
        if self._is_union(default):
            return EngineDataset(self.store, [ox.DefaultGraph()], named)
        with self._copying:  # so that two requests for the same graphs copy them once
            chosen = self._copy(RequestDataset(tuple(sorted(default)), requested.named))
        return EngineDataset(chosen, [ox.DefaultGraph()], named)

    def _holds(self, name: str) -> bool:
        return any(True for _ in self.store.quads_for_pattern(None, None, None, ox.NamedNode(name)))

    def _is_union(self, default: Sequence[str]) -> bool:
        in_union = filter(self._in_default, graph_names(self.store)) if self._in_default else ()
        return {*default} == {*filter(self._holds, in_union)}


def _copied(store: ox.Store, chosen: RequestDataset) -> ox.Store:
    """Return a store with the union of the chosen default graphs as its default graph, and the chosen named graphs."""
    copied = ox.Store()
    for name in chosen.default:
        quads = store.quads_for_pattern(None, None, None, ox.NamedNode(name))
        copied.bulk_extend(to_quads((quad.triple for quad in quads), ox.DefaultGraph()))
    for name in chosen.named:
        copied.bulk_extend(store.quads_for_pattern(None, None, None, ox.NamedNode(name)))
    return copied
