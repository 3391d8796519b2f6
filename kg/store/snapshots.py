"""The dataset that a request sees, as a set (SPARQL 1.1 Query, section 13).

The engine takes one default graph, or several with a triple counted once for each graph that holds it. So one graph is
handed to it as it is; the stored union stands in where a request names all of its graphs; and for any other several,
the graphs that the request names are copied into a store in memory whose default graph is their set union. That costs
about 4 µs and 0.5 kB a triple, once for a version and a choice of graphs: the last few copies are kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from copy import copy

import pyoxigraph as ox

from kg.errors import ForbiddenError
from kg.sparql.engine_dataset import Dataset
from kg.sparql.protocol import RequestDataset
from kg.terms import to_graph, to_quads

_KEPT = 4


def refuse_files(wanted: RequestDataset, store: ox.Store) -> None:
    """Raise ForbiddenError if a graph that is asked for is a file and no graph of the store: no request reads files."""
    for name in (*wanted.default, *wanted.named):
        if name.partition(":")[0].lower() == "file" and not store.contains_named_graph(ox.NamedNode(name)):
            raise ForbiddenError(f"The graph {name} names a file, and no request reads files here.")


class Snapshot:
    """A state of the data that does not change while it is asked, and the graphs that its default graph unites."""

    def __init__(self, store: ox.Store, united: Callable[[str], bool] | None) -> None:
        self.store = store
        self._united = united
        self._copies: OrderedDict[RequestDataset, ox.Store] = OrderedDict()
        self._copying = threading.Lock()
        self.pin: object = None

    def pinned(self, pin: object) -> Snapshot:
        """Return the same state, which keeps something alive for as long as somebody holds it."""
        held = copy(self)
        held.pin = pin
        return held

    def dataset(self, wanted: RequestDataset) -> Dataset:
        """Return what a request sees; a graph that the store does not hold is empty."""
        if not (wanted.default or wanted.named):
            return Dataset(self.store)
        refuse_files(wanted, self.store)
        default = [name for name in wanted.default if self._holds(name)]
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(name) for name in wanted.named]
        if len(default) <= 1:
            return Dataset(self.store, [to_graph(name) for name in default], named)
        if self._is_union(default):
            return Dataset(self.store, [ox.DefaultGraph()], named)
        return Dataset(self._copy(RequestDataset(tuple(sorted(default)), wanted.named)), [ox.DefaultGraph()], named)

    def graphs(self) -> list[str]:
        """Return the names of the named graphs, sorted."""
        return sorted(graph.value for graph in self.store.named_graphs())

    def _holds(self, name: str) -> bool:
        return any(True for _ in self.store.quads_for_pattern(None, None, None, ox.NamedNode(name)))

    def _is_union(self, default: Sequence[str]) -> bool:
        united = self._united
        return united is not None and set(default) == {n for n in self.graphs() if united(n) and self._holds(n)}

    def _copy(self, wanted: RequestDataset) -> ox.Store:
        with self._copying:
            if wanted not in self._copies:
                self._copies[wanted] = self._copied(wanted)
            self._copies.move_to_end(wanted)
            while len(self._copies) > _KEPT:
                self._copies.popitem(last=False)
            return self._copies[wanted]

    def _copied(self, wanted: RequestDataset) -> ox.Store:
        made = ox.Store()
        for name in wanted.default:
            found = self.store.quads_for_pattern(None, None, None, ox.NamedNode(name))
            made.bulk_extend(to_quads((quad.triple for quad in found), ox.DefaultGraph()))
        for name in wanted.named:
            made.bulk_extend(self.store.quads_for_pattern(None, None, None, ox.NamedNode(name)))
        return made
