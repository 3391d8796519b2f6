"""Conversion of RDF terms and triples: `to_…` converts rdflib's to pyoxigraph's, `from_…` pyoxigraph's to rdflib's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from kg.errors import PayloadError
from kg.namespaces import MAX_CACHED_IRIS, iri_node

RdflibTriple = tuple[Node, Node, Node]
TextTriple = tuple[bytes, bytes, bytes]
"""A triple in N-Triples: the text of each term."""
TextPattern = tuple[bytes | None, bytes | None, bytes | None]
"""A triple pattern in N-Triples, in which None matches any term."""
EngineTerm = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
EngineTriple = ox.Triple
MAX_CACHED_TEXTS = 2**13
"""Terms whose N-Triples are cached: those of a few articles, which share words and offsets."""
GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


def new_graph(triples: Iterable[RdflibTriple] = ()) -> Graph:
    """Return an rdflib graph in rdflib's simplest store, which has no contexts and takes half the time."""
    graph = Graph("SimpleMemory", bind_namespaces="none")
    for triple in triples:
        graph.store.add(triple, graph)  # `Graph.add` would look at the type of each term
    return graph


def to_graph(name: str | None) -> ox.NamedNode | ox.DefaultGraph:
    """Return pyoxigraph's name of a graph; None is the default graph. Raises PayloadError if it is not an IRI."""
    return ox.DefaultGraph() if name is None else _to_iri(name, "a graph's name")


def from_graph(name: GraphName) -> str | None:
    """Return a graph's name as a string, None for the default graph."""
    return None if isinstance(name, ox.DefaultGraph) else name.value


def graph_names(store: ox.Store) -> list[str]:
    """Return the names of a store's named graphs, sorted."""
    return sorted(graph.value for graph in store.named_graphs())


def to_term(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return rdflib's term as pyoxigraph's. Raises PayloadError if it is not an IRI, a blank node or a literal."""
    if isinstance(term, URIRef):
        return _to_iri(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, Literal):
        return _to_literal(term)
    raise PayloadError(f"{term!r} is neither an IRI, a blank node nor a literal.")


def from_term(term: EngineTerm) -> URIRef | BNode | Literal:
    """Return pyoxigraph's term as rdflib's, its lexical form unchanged. Raises PayloadError if it is a triple term."""
    if isinstance(term, ox.NamedNode):
        return iri_node(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        return _from_literal(term)
    raise PayloadError(f"{term} is a triple used as a term: rdflib has no triple terms.")


def to_triple(triple: RdflibTriple) -> ox.Triple:
    """Return rdflib's triple as pyoxigraph's. Raises PayloadError if RDF does not allow it."""
    subject, predicate, value = (to_term(term) for term in triple)
    if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
        raise PayloadError(f"{subject} {predicate} {value} is not a triple: literals are objects, predicates are IRIs.")
    return ox.Triple(subject, predicate, value)


def from_triple(triple: ox.Triple | ox.Quad) -> tuple[URIRef | BNode | Literal, URIRef, URIRef | BNode | Literal]:
    """Return pyoxigraph's triple, or the triple of its quad, as rdflib's."""
    return from_term(triple.subject), iri_node(triple.predicate.value), from_term(triple.object)


def to_triples(triples: Iterable[RdflibTriple]) -> Iterator[ox.Triple]:
    """Yield rdflib's triples as pyoxigraph's."""
    return map(to_triple, triples)


def from_triples(triples: Iterable[ox.Triple]) -> Graph:
    """Return pyoxigraph's triples as an rdflib graph."""
    return new_graph(map(from_triple, triples))


def to_lines(triples: Iterable[RdflibTriple]) -> bytes:
    """Return rdflib's triples as N-Triples, with the lexical forms of literals unchanged.

    Raises PayloadError if RDF does not allow one of them.
    """
    lines: list[str] = []
    for triple in triples:
        subject, predicate, value = triple
        if isinstance(subject, Literal) or not isinstance(predicate, URIRef):
            to_triple(triple)  # raises the error
        lines.append(f"{_text(subject)} {_text(predicate)} {_text(value)} .\n")
    return "".join(lines).encode()


def from_lines(lines: bytes) -> Graph:
    """Return N-Triples whose terms have already been checked as an rdflib graph."""
    return from_triples(parse_lines(lines))


def parse_lines(lines: bytes) -> Iterator[ox.Triple]:
    """Yield the triples of N-Triples whose terms have already been checked, as those written by the engine."""
    return (quad.triple for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES, lenient=True))


def write_lines(triples: Iterable[ox.Triple]) -> bytes:
    """Return pyoxigraph's triples as N-Triples."""
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def to_quads(triples: Iterable[ox.Triple], graph: GraphName) -> Iterator[ox.Quad]:
    """Yield triples as quads of a graph."""
    return (ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)


def to_text(term: Node) -> bytes:
    """Return rdflib's term in N-Triples, with the lexical form of a literal unchanged."""
    return _text(term).encode()


def from_text(text: bytes) -> EngineTerm:
    """Return a term in N-Triples as pyoxigraph's."""
    if b"\\" not in text:  # as in most terms; parsing takes five times as long
        if text.startswith(b"<"):
            return ox.NamedNode(text[1:-1].decode())
        if text.endswith(b'"'):
            return ox.Literal(text[1:-1].decode())
    (quad,) = ox.parse(b"<urn:s> <urn:p> %b ." % text, ox.RdfFormat.N_TRIPLES)
    term: EngineTerm = quad.object
    return term


@lru_cache(maxsize=MAX_CACHED_TEXTS)
def _text(term: Node) -> str:
    """Return a term in N-Triples."""
    return str(to_term(term))


@lru_cache(maxsize=MAX_CACHED_IRIS)
def _to_iri(iri: str, role: str = "a term") -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise PayloadError(f"{iri!r} cannot be {role}: {error}.") from None


def _to_literal(literal: Literal) -> ox.Literal:
    try:
        if literal.language:
            return ox.Literal(str(literal), language=literal.language)
        datatype = _to_iri(str(literal.datatype), "a datatype") if literal.datatype else None
        return ox.Literal(str(literal), datatype=datatype)
    except ValueError as error:
        raise PayloadError(f"{literal!r} is not a literal: {error}.") from None


def _from_literal(literal: ox.Literal) -> Literal:
    if literal.language:
        return Literal(literal.value, lang=literal.language)
    if literal.datatype.value == str(XSD.string):
        return Literal(literal.value)
    # without normalize=False rdflib would rewrite the lexical form ("+00:00" for "Z")
    return Literal(literal.value, datatype=iri_node(literal.datatype.value), normalize=False)
