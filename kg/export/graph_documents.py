"""Graphs by name, as rdflib graphs or as N-Triples documents, the form in which a store returns them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rdflib import Graph

from kg.terms import RdflibTriple, from_lines, to_term, to_triple

GraphsByName = Mapping[str | None, Graph]
"""Graphs by name; None is the default graph."""
DocumentsByName = Mapping[str | None, Iterable[bytes]]
"""Graphs by name, each as an N-Triples document written by pyoxigraph, in chunks of any size."""


def to_document(graph: Iterable[RdflibTriple]) -> Iterator[bytes]:
    """Yield the lines of a graph in N-Triples. Raises PayloadError if it has a triple that RDF does not allow."""
    return (f"{to_triple(triple)} .\n".encode() for triple in graph)


def from_document(document: Iterable[bytes]) -> Graph:
    """Return the graph of a document, with the lexical forms of its literals unchanged."""
    return from_lines(b"".join(document))


def in_order(graph: Iterable[RdflibTriple]) -> list[RdflibTriple]:
    """Return triples sorted by their terms in N-Triples."""
    return sorted(graph, key=lambda triple: [str(to_term(node)) for node in triple])
