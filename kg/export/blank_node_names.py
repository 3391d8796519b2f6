"""Replacing blank nodes of the ontology and the shapes with IRIs, so that nothing published contains blank nodes.

By RDF 1.1 Concepts, section 3.5, a blank node may be replaced with a globally unique IRI.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox
from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from kg.terms import RdflibTriple, from_triple, new_graph, to_triple

DIGEST_CHARACTERS = 32


def named_blanks(graph: Graph, base: str, kind: type[URIRef | BNode] = URIRef) -> Graph:
    """Return a copy in which each blank node is an IRI made of the base and a digest of its description in the graph.

    With BNode as the kind, it remains a blank node with such a label.

    Connected blank nodes share a digest and are numbered, so that an edit only renames those near it. Two that are
    indistinguishable become one, since they state the same.
    """
    named = new_graph(triple for triple in graph if not _blanks(triple))
    for connected in _connected(graph):
        # Each group separately: canonicalizing the whole graph would be slow and renumber everything at each edit.
        dataset = ox.Dataset(ox.Quad(*to_triple(triple)) for triple in connected)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        digest = hashlib.sha256("\n".join(sorted(map(str, dataset))).encode()).hexdigest()[:DIGEST_CHARACTERS]
        for quad in dataset:
            subject, predicate, value = (_named(node, kind(f"{base}{digest}")) for node in from_triple(quad))
            named.add((subject, predicate, value))
    return named


def _blanks(triple: RdflibTriple) -> list[Node]:
    return [node for node in triple if isinstance(node, BNode)]


def _connected(graph: Iterable[RdflibTriple]) -> list[list[RdflibTriple]]:
    """Return the triples with blank nodes, in groups that have no blank nodes in common."""
    by_blank: defaultdict[Node, list[RdflibTriple]] = defaultdict(list)
    for triple in graph:
        for blank in _blanks(triple):
            by_blank[blank].append(triple)
    groups = []
    while by_blank:
        waiting, group = [next(iter(by_blank))], set[RdflibTriple]()
        while waiting:
            triples = by_blank.pop(waiting.pop(), [])
            group.update(triples)
            waiting += [blank for triple in triples for blank in _blanks(triple)]
        groups.append([*group])
    return groups


def _named(node: Node, start: URIRef | BNode) -> Node:
    """Return the name of a canonical blank node (`c14n0`); the first has no number."""
    if not isinstance(node, BNode):
        return node
    number = node.removeprefix("c14n")
    return start if number == "0" else type(start)(f"{start}-{number}")
