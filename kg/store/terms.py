"""Terms and triples in rdflib's and in the engine's shape, in mirrored pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from kg.errors import PayloadError
from kg.store.port import Triple

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


def to_graph(name: str | None) -> ox.NamedNode | ox.DefaultGraph:
    """Return the engine's name for a graph, its default graph for None, or raise PayloadError for what is no IRI."""
    if name is None:
        return ox.DefaultGraph()
    return _named(name, "a graph's name")


def from_graph(name: GraphName) -> str | None:
    """Return a graph's name as text, None for the default graph."""
    return None if isinstance(name, ox.DefaultGraph) else name.value


def to_term(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return rdflib's term as the engine's, or raise PayloadError for what neither RDF nor the engine knows."""
    if isinstance(term, URIRef):
        return _named(str(term), "a term")
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, Literal):
        return _literal(term)
    raise PayloadError(f"{term!r} is neither an IRI, a blank node nor a literal.")


def from_term(term: Subject | Object) -> Node:
    """Return the engine's term as rdflib's, or raise PayloadError for a triple term, which rdflib does not know."""
    if isinstance(term, ox.NamedNode):
        return _iri(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        datatype = None if term.language else URIRef(term.datatype.value)
        plain = datatype is None or term.datatype.value == _STRING
        return Literal(term.value, lang=term.language, datatype=None if plain else datatype, normalize=False)
    raise PayloadError(f"{term} is a triple used as a term, which cannot be had outside the store.")


def to_triple(triple: Triple) -> ox.Triple:
    """Return rdflib's triple as the engine's, or raise PayloadError for one that RDF does not allow."""
    subject, predicate, value = (to_term(term) for term in triple)
    if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
        raise PayloadError(f"{subject} {predicate} {value} is no triple: literals are objects, predicates are IRIs.")
    return ox.Triple(subject, predicate, value)


def from_triple(triple: ox.Triple | ox.Quad) -> Triple:
    """Return the engine's triple, or a quad's triple, as rdflib's."""
    return from_term(triple.subject), from_term(triple.predicate), from_term(triple.object)


def to_quads(triples: Iterable[ox.Triple], graph: GraphName) -> Iterator[ox.Quad]:
    """Yield triples as quads of a graph."""
    return (ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)


_iri = lru_cache(maxsize=2**16)(URIRef)
"""Makes an IRI, or returns the same again: checking its letters takes longer than finding it."""
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def _named(iri: str, role: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise PayloadError(f"{iri!r} cannot be {role}: {error}.") from None


def _literal(term: Literal) -> ox.Literal:
    try:
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return ox.Literal(str(term), datatype=_named(str(term.datatype), "a datatype") if term.datatype else None)
    except ValueError as error:
        raise PayloadError(f"{term!r} is no literal: {error}.") from None
