"""The graphs of the engine's store that a request reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kg.terms import GraphName, graph_names


@dataclass(frozen=True)
class EngineDataset:
    """An engine's store, and those of its graphs that a request reads; None means the graphs as they are stored."""

    store: ox.Store
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None
    named: list[ox.NamedNode | ox.BlankNode] | None = None

    @property
    def default_graphs(self) -> Sequence[GraphName]:
        """Return the graphs of the store that make up the default graph."""
        return [ox.DefaultGraph()] if self.default is None else self.default

    @cached_property
    def graph_names(self) -> list[str]:
        """Return the names of the named graphs, sorted."""
        return graph_names(self.store) if self.named is None else sorted({graph.value for graph in self.named})

    def has_graph(self, name: str) -> bool:
        """Return whether the dataset has a named graph with this name."""
        if self.named is None:
            # A single look-up; listing all names takes time in proportion to their number.
            return self.store.contains_named_graph(ox.NamedNode(name))
        return name in self.graph_names

    def holds_term(self, term: ox.NamedNode | ox.Literal, graphs: Sequence[GraphName]) -> bool:
        """Return whether a term is the subject or object of a triple in the graphs."""
        matches = [self.store.quads_for_pattern(None, None, term, graph) for graph in graphs]
        # A literal cannot be a subject in RDF 1.1.
        if isinstance(term, ox.NamedNode):
            matches += [self.store.quads_for_pattern(term, None, None, graph) for graph in graphs]
        return any(True for quads in matches for _ in quads)
