"""Graphs by name, as rdflib's and as documents in N-Triples, the form in which a store gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import Node

from kg.terms import from_triple, new_graph, to_term, to_triple

GraphsByName = Mapping[str | None, Graph]
"""Graphs by name; None is the default graph."""
DocumentsByName = Mapping[str | None, Iterable[bytes]]
"""Graphs by name, each as a document in N-Triples as pyoxigraph writes it, in chunks of any size."""


def to_document(graph: Iterable[tuple[Node, Node, Node]]) -> Iterator[bytes]:
    """Yield the lines of a graph in N-Triples. Raises PayloadError if it has a triple that RDF does not allow."""
    return (f"{to_triple(triple)} .\n".encode() for triple in graph)


def from_document(document: Iterable[bytes]) -> Graph:
    """Return the graph of a document, with the lexical forms of its literals unchanged."""
    # Lenient, since the engine wrote the document and need not check its IRIs and language tags a second time.
    return new_graph(map(from_triple, ox.parse(b"".join(document), ox.RdfFormat.N_TRIPLES, lenient=True)))


def in_order(graph: Iterable[tuple[Node, Node, Node]]) -> list[tuple[Node, Node, Node]]:
    """Return triples in the order of their terms in N-Triples."""
    return sorted(graph, key=lambda triple: [str(to_term(node)) for node in triple])
