"""The graphs of a dataset: their names, who owns each, and which of them the default graph unites.

SPARQL 1.1 Query, section 13, defines datasets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Owner(Enum):
    """Who writes a graph."""

    BUILD = "kg build, from the mapping documents and the shipped files"
    SYSTEM = "the system itself"
    CLIENT = "clients, over HTTP or by import"


@dataclass(frozen=True)
class GraphNames:
    """The names of the dataset's graphs under a corpus's persistent base (an IRI that ends in a slash)."""

    base: str

    def _named(self, name: str) -> str:
        return f"{self.base}graph/{name}"

    def article(self, identifier: str) -> str:
        """Name the graph of what one article's mapping asserts."""
        return self._named(f"article/{identifier}")

    @property
    def authority(self) -> str:
        """Name the graph of people, organizations and places that articles share."""
        return self._named("authority")

    @property
    def inferred(self) -> str:
        """Name the graph of what follows from the default graph's others and the ontology."""
        return self._named("inferred")

    @property
    def description(self) -> str:
        """Name the graph that describes the dataset to tools: labels of terms, prefixes, examples, VoID."""
        return self._named("description")

    @property
    def outside(self) -> str:
        """Name the graph of knowledge that no article's text holds."""
        return self._named("outside")

    @property
    def provenance(self) -> str:
        """Name the graph of the provenance of all graphs."""
        return self._named("provenance")

    @property
    def ontology(self) -> str:
        """Name the graph of the ontology, its alignments and its schemes."""
        return self._named("ontology")

    def collection(self, identifier: str) -> str:
        """Name the graph of a collection: what a reader collected, with notes that are no facts of the articles."""
        return self._named(f"collection/{identifier}")

    def imported(self, identifier: str) -> str:
        """Name the graph of what `kg import` has read, which is no fact of the articles."""
        return self._named(f"import/{identifier}")

    @property
    def shapes(self) -> str:
        """Name the graph of the shapes."""
        return self._named("shapes")

    def owner(self, graph: str) -> Owner:
        """Return who owns a graph: clients own every graph that is not named here."""
        if graph in (self.inferred, self.provenance, self.description):
            return Owner.SYSTEM
        built = (self.authority, self.outside, self.ontology, self.shapes)
        if graph in built or graph.startswith(self.article("")):
            return Owner.BUILD
        return Owner.CLIENT

    def in_default(self, graph: str) -> bool:
        """Tell whether the default graph unites this graph's triples with the others'."""
        apart = (self.outside, self.provenance, self.ontology, self.shapes)
        return graph not in apart and not graph.startswith((self.collection(""), self.imported("")))

    def is_beside_facts(self, graph: str) -> bool:
        """Tell whether a change of this graph leaves all that is asserted and inferred as it is."""
        return graph == self.provenance or self.is_clients_apart(graph)

    def is_clients_apart(self, graph: str) -> bool:
        """Tell whether a graph is a client's and apart from the facts: a collection, or what was imported."""
        return self.owner(graph) is Owner.CLIENT and not self.in_default(graph)

    def asserts(self, graph: str) -> bool:
        """Tell whether a graph's triples are asserted in the default graph, so that inferences are made from them."""
        return self.in_default(graph) and graph not in (self.inferred, self.description)
