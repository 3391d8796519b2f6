"""Blank nodes of the ontology and the shapes get names, so that nothing published holds any.

RDF 1.1 Concepts, section 3.5: a blank node may be replaced by an IRI that nothing else uses.
"""

from __future__ import annotations

from rdflib import BNode, Graph, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.term import Node


def named_blanks(graph: Graph, base: str) -> Graph:
    """Return a copy in which each blank node is an IRI: the base and a digest of what the graph says about it."""
    named = Graph(bind_namespaces="none")
    for triple in to_canonical_graph(graph):
        subject, predicate, value = (_named(node, base) for node in triple)
        named.add((subject, predicate, value))
    return named


def _named(node: Node, base: str) -> Node:
    return URIRef(f"{base}{node}") if isinstance(node, BNode) else node
