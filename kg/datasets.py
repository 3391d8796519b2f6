"""The graphs of a dataset: their names, who owns each, and which of them make up the default graph.

Datasets are defined in SPARQL 1.1 Query, section 13.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Owner(Enum):
    """Who may write a graph."""

    BUILD = "kg build, from the mapping documents and the shipped files"
    SYSTEM = "the system itself"
    CLIENT = "clients, over HTTP or by import"


class _GraphName:
    """The name of a graph of which a dataset has one, made of the base and the attribute's own name."""

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, names: GraphNames, _owner: type) -> str:
        return f"{names.base}graph/{self._name}"


@dataclass(frozen=True)
class GraphNames:
    """The names of the dataset's graphs under a corpus's persistent base (an IRI that ends in a slash)."""

    base: str

    authority = _GraphName()
    """The graph of people, organizations and places that articles share."""
    outside = _GraphName()
    """The graph of knowledge that comes from outside the articles."""
    ontology = _GraphName()
    """The graph of the ontology, its alignments and its schemes."""
    shapes = _GraphName()
    """The graph of the shapes."""
    inferred = _GraphName()
    """The graph of what follows from the asserted graphs and the ontology."""
    description = _GraphName()
    """The graph that describes the dataset to tools: labels, prefixes, examples, VoID."""
    provenance = _GraphName()
    """The graph of the provenance of all graphs."""

    def _named(self, name: str) -> str:
        return f"{self.base}graph/{name}"

    def article(self, identifier: str) -> str:
        """Return the name of the graph of what one article's mapping asserts."""
        return self._named(f"article/{identifier}")

    def collection(self, identifier: str) -> str:
        """Return the name of the graph of a reader's collection, whose notes are not facts of the articles."""
        return self._named(f"collection/{identifier}")

    def imported(self, identifier: str) -> str:
        """Return the name of a graph that `kg import` has read, whose triples are not facts of the articles."""
        return self._named(f"import/{identifier}")

    def owner(self, graph: str) -> Owner:
        """Return who owns a graph: clients own every graph that is not named by this class."""
        if graph in (self.inferred, self.provenance, self.description):
            return Owner.SYSTEM
        built = (self.authority, self.outside, self.ontology, self.shapes)
        if graph in built or graph.startswith(self.article("")):
            return Owner.BUILD
        return Owner.CLIENT

    def in_default(self, graph: str) -> bool:
        """Return whether this graph is part of the default graph."""
        apart = (self.outside, self.provenance, self.ontology, self.shapes)
        return graph not in apart and not graph.startswith((self.collection(""), self.imported("")))

    def is_beside_facts(self, graph: str) -> bool:
        """Return whether a change of this graph leaves all asserted and inferred triples unchanged."""
        return graph == self.provenance or self.is_clients_apart(graph)

    def is_clients_apart(self, graph: str) -> bool:
        """Return whether a graph is a client's and outside the default graph: a collection or an imported graph."""
        return self.owner(graph) is Owner.CLIENT and not self.in_default(graph)

    def asserts(self, graph: str) -> bool:
        """Return whether a graph's triples are asserted in the default graph, and so a source of inferences."""
        return self.in_default(graph) and graph not in (self.inferred, self.description)
