"""Generated ontologies and data: every axiom that the compiler supports, over so few terms that rules meet often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import strategies as st
from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

EX = Namespace("https://example.org/")
CLASSES = [EX[f"C{number}"] for number in range(4)]
LINKS = [EX[f"link{number}"] for number in range(3)]
VALUES = [EX[f"value{number}"] for number in range(2)]
THINGS = [EX[f"thing{number}"] for number in range(4)]
LITERALS = [Literal("a"), Literal("a", lang="en"), Literal("01", datatype=XSD.integer, normalize=False), Literal(2)]
Triple = tuple[Node, Node, Node]
Make = Callable[[Graph, st.DrawFn], None]


@dataclass(frozen=True)
class World:
    """An ontology, data, and the axioms that were put into the ontology."""

    ontology: Graph
    data: Graph
    axioms: tuple[URIRef, ...]


def _two(terms: list[URIRef]) -> st.SearchStrategy[tuple[URIRef, URIRef]]:
    return st.tuples(st.sampled_from(terms), st.sampled_from(terms))


def _between(predicate: URIRef, terms: list[URIRef]) -> Make:
    def make(graph: Graph, draw: st.DrawFn) -> None:
        subject, object_ = draw(_two(terms))
        graph.add((subject, predicate, object_))

    return make


def _expression(graph: Graph, draw: st.DrawFn) -> Node:
    """Draw a class or, half as often, a hasValue restriction, with a name or without."""
    if draw(st.sampled_from([True, True, False])):
        return draw(st.sampled_from(CLASSES))
    node = draw(st.sampled_from([BNode(f"r{len(graph)}"), EX[f"R{len(graph)}"]]))
    _restrict(graph, draw, node)
    return node


def _restrict(graph: Graph, draw: st.DrawFn, node: Node) -> None:
    link = st.tuples(st.sampled_from(LINKS), st.sampled_from(THINGS))
    value = st.tuples(st.sampled_from(VALUES), st.sampled_from(LITERALS))
    property_, constant = draw(st.one_of(link, value))
    for predicate, object_ in ((RDF.type, OWL.Restriction), (OWL.onProperty, property_), (OWL.hasValue, constant)):
        graph.add((node, predicate, object_))


def _classes(predicate: URIRef) -> Make:
    def make(graph: Graph, draw: st.DrawFn) -> None:
        subject = _expression(graph, draw)
        graph.add((subject, predicate, _expression(graph, draw)))

    return make


def _properties(predicate: URIRef) -> Make:
    def make(graph: Graph, draw: st.DrawFn) -> None:
        _between(predicate, draw(st.sampled_from([LINKS, LINKS, VALUES])))(graph, draw)

    return make


def _domain(graph: Graph, draw: st.DrawFn) -> None:
    graph.add((draw(st.sampled_from(LINKS + VALUES)), RDFS.domain, _expression(graph, draw)))


def _range(graph: Graph, draw: st.DrawFn) -> None:
    graph.add((draw(st.sampled_from(LINKS)), RDFS.range, _expression(graph, draw)))


def _kind(kind: URIRef) -> Make:
    def make(graph: Graph, draw: st.DrawFn) -> None:
        graph.add((draw(st.sampled_from(LINKS)), RDF.type, kind))

    return make


def _chain(graph: Graph, draw: st.DrawFn) -> None:
    links = draw(st.lists(st.sampled_from(LINKS), min_size=1, max_size=3))
    head = BNode(f"chain{len(graph)}")
    Collection(graph, head, list[Node](links))
    graph.add((draw(st.sampled_from(LINKS)), OWL.propertyChainAxiom, head))


def _group(kind: URIRef, terms: list[URIRef]) -> Make:
    def make(graph: Graph, draw: st.DrawFn) -> None:
        members = draw(st.lists(st.sampled_from(terms), min_size=2, max_size=3, unique=True))
        node, head = BNode(f"group{len(graph)}"), BNode(f"members{len(graph)}")
        Collection(graph, head, list[Node](members))
        graph.add((node, RDF.type, kind))
        graph.add((node, OWL.members, head))

    return make


AXIOMS: dict[URIRef, Make] = {
    RDFS.subClassOf: _classes(RDFS.subClassOf),
    OWL.equivalentClass: _classes(OWL.equivalentClass),
    OWL.disjointWith: _classes(OWL.disjointWith),
    OWL.hasValue: lambda graph, draw: _restrict(graph, draw, EX[f"R{len(graph)}"]),
    RDFS.subPropertyOf: _properties(RDFS.subPropertyOf),
    OWL.equivalentProperty: _properties(OWL.equivalentProperty),
    OWL.propertyDisjointWith: _properties(OWL.propertyDisjointWith),
    OWL.inverseOf: _between(OWL.inverseOf, LINKS),
    RDFS.domain: _domain,
    RDFS.range: _range,
    OWL.propertyChainAxiom: _chain,
    OWL.SymmetricProperty: _kind(OWL.SymmetricProperty),
    OWL.TransitiveProperty: _kind(OWL.TransitiveProperty),
    OWL.AsymmetricProperty: _kind(OWL.AsymmetricProperty),
    OWL.IrreflexiveProperty: _kind(OWL.IrreflexiveProperty),
    OWL.AllDisjointClasses: _group(OWL.AllDisjointClasses, CLASSES),
    OWL.AllDisjointProperties: _group(OWL.AllDisjointProperties, LINKS),
}
"""How to add one axiom of each supported kind."""

FORBIDDING = {
    OWL.disjointWith,
    OWL.propertyDisjointWith,
    OWL.AsymmetricProperty,
    OWL.IrreflexiveProperty,
    OWL.AllDisjointClasses,
    OWL.AllDisjointProperties,
}


def facts() -> st.SearchStrategy[Triple]:
    """Draw a fact about a thing: a type, a link or a value."""
    thing = st.sampled_from(THINGS)
    typed = st.tuples(thing, st.just(RDF.type), st.sampled_from(CLASSES))
    linked = st.tuples(thing, st.sampled_from(LINKS), thing)
    valued = st.tuples(thing, st.sampled_from(VALUES), st.sampled_from(LITERALS))
    return st.one_of(typed, linked, linked, valued)


def graph_of(triples: list[Triple]) -> Graph:
    """Return a graph of the triples."""
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph


@st.composite
def _worlds(draw: st.DrawFn, *, forbidding: bool, forced: tuple[URIRef, ...] = ()) -> World:
    kinds = sorted(kind for kind in AXIOMS if forbidding or kind not in FORBIDDING)
    chosen = [*forced, *draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=7))]
    ontology = graph_of(draw(st.lists(facts(), max_size=2)))
    for kind in chosen:
        AXIOMS[kind](ontology, draw)
    return World(ontology, graph_of(draw(st.lists(facts(), min_size=3, max_size=12))), tuple(chosen))


@pytest.fixture(scope="session")
def worlds() -> st.SearchStrategy[World]:
    """Worlds with axioms of every kind, contradictions among them."""
    return _worlds(forbidding=True)


@pytest.fixture(scope="session")
def sound_worlds() -> st.SearchStrategy[World]:
    """Worlds that nothing can contradict."""
    return _worlds(forbidding=False)


@pytest.fixture(scope="session")
def sound_worlds_with() -> Callable[[URIRef], st.SearchStrategy[World]]:
    """Worlds that nothing can contradict, with at least one axiom of a kind."""
    return lambda kind: _worlds(forbidding=False, forced=(kind,))


@pytest.fixture(scope="session")
def all_facts() -> st.SearchStrategy[list[Triple]]:
    """Return a strategy for lists of facts over the same terms as the worlds."""
    return st.lists(facts(), max_size=8)
