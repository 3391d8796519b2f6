"""The same terms in two libraries, rdflib outside this room and pyoxigraph inside: `to_…` mirrors `from_…`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import cast

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdflibLiteral
from rdflib.term import Node

Term = NamedNode | BlankNode | Literal
CACHED = 1 << 17
"""Terms whose other form is remembered: a term comes about five times in a graph."""


def parts(triple: Triple) -> tuple[NamedNode | BlankNode, NamedNode, Term]:
    """Return subject, predicate and object; triple terms do not occur here."""
    return cast("tuple[NamedNode | BlankNode, NamedNode, Term]", (triple.subject, triple.predicate, triple.object))


@lru_cache(maxsize=CACHED)
def _to_iri(text: str) -> NamedNode:
    return NamedNode(text)


@lru_cache(maxsize=CACHED)
def _from_iri(text: str) -> URIRef:
    return URIRef(text)


def _to_literal(literal: RdflibLiteral) -> Literal:
    if literal.language:
        return Literal(str(literal), language=literal.language)
    return Literal(str(literal), datatype=_to_iri(str(literal.datatype)) if literal.datatype else None)


def to_term(node: Node) -> Term:
    """Return rdflib's node as pyoxigraph's term; TypeError where it is neither IRI, blank node nor literal."""
    if isinstance(node, URIRef):
        return _to_iri(str(node))
    if isinstance(node, RdflibLiteral):
        return _to_literal(node)
    if isinstance(node, BNode):
        return BlankNode(str(node))
    raise TypeError(f"{node!r} is no term of a triple: expected an IRI, a blank node or a literal.")


def _from_literal(literal: Literal) -> RdflibLiteral:
    if literal.language:
        return RdflibLiteral(literal.value, lang=literal.language)
    if literal.datatype.value == "http://www.w3.org/2001/XMLSchema#string":
        return RdflibLiteral(literal.value)
    return RdflibLiteral(literal.value, datatype=_from_iri(literal.datatype.value), normalize=False)


def from_term(term: Term) -> URIRef | BNode | RdflibLiteral:
    """Return pyoxigraph's term as rdflib's node, spelt exactly as it is."""
    if isinstance(term, NamedNode):
        return _from_iri(term.value)
    return _from_literal(term) if isinstance(term, Literal) else BNode(term.value)


def to_triple(triple: tuple[Node, Node, Node]) -> Triple:
    """Return rdflib's triple as pyoxigraph's; TypeError where RDF 1.1 allows no such triple."""
    subject, predicate, object_ = (to_term(node) for node in triple)
    if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
        raise TypeError(f"{triple!r} is no RDF triple: its subject is a literal or its predicate is no IRI.")
    return Triple(subject, predicate, object_)


def to_triples(graph: Iterable[tuple[Node, Node, Node]]) -> Iterator[Triple]:
    """Yield a graph's triples as pyoxigraph's."""
    return (to_triple(triple) for triple in graph)


def from_triple(triple: Triple) -> tuple[URIRef | BNode, URIRef, URIRef | BNode | RdflibLiteral]:
    """Return pyoxigraph's triple as rdflib's."""
    first, predicate, last = parts(triple)
    subject, object_ = from_term(first), from_term(last)
    if isinstance(subject, RdflibLiteral):
        raise TypeError(f"{triple} has a literal as its subject.")
    return subject, _from_iri(predicate.value), object_


def from_triples(triples: Iterable[Triple]) -> Graph:
    """Return a graph of pyoxigraph's triples."""
    graph = Graph()
    for triple in triples:
        graph.add(from_triple(triple))
    return graph


def canonical(triples: Iterable[Triple]) -> frozenset[Triple]:
    """Return the triples with each literal spelt as the engine stores its value (`+00:00` as `Z`, `01` as `1`)."""
    store = Store()
    store.extend(Quad(*triple) for triple in triples)
    return frozenset(quad.triple for quad in store)


def canonical_term(node: Node) -> Term:
    """Return rdflib's node as pyoxigraph's term, a literal spelt as the engine stores its value."""
    anything = NamedNode("urn:anything")
    (triple,) = canonical([Triple(anything, anything, to_term(node))])
    return parts(triple)[2]
