"""A function for each OWL 2 RL axiom, with the rule names of https://www.w3.org/TR/owl2-profiles/ (section 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from pyoxigraph import NamedNode, Variable
from rdflib import OWL, RDFS, BNode, URIRef
from rdflib.term import Node

from kg.reasoning.ontology_reader import OntologyReader
from kg.reasoning.owl_vocabulary import value_space
from kg.reasoning.rules import Inconsistency, Rule, RulePattern, X, Y

Z = Variable("z")
Compiled = Iterator[Rule | Inconsistency]
AxiomCompiler = Callable[[OntologyReader, Node, Node], Compiled]


def _hv(node: Node, name: str) -> str:
    # A restriction with an IRI is handled by `named_restriction`.
    return name if isinstance(node, BNode) else ""


def sub_class(read: OntologyReader, lower: Node, upper: Node) -> Compiled:
    """Make cax-sco; with restrictions, cls-hv2 below and cls-hv1 above."""
    axiom = f"rdfs:subClassOf {read.name(upper)}"
    below = read.class_(lower, lower, axiom)
    # Everything is an instance of the top class, so a rule would only add a triple for each thing.
    if not read.is_top(upper):
        above = read.class_(upper, lower, axiom)
        name = " and ".join(filter(None, (_hv(lower, "cls-hv2"), _hv(upper, "cls-hv1")))) or "cax-sco"
        yield Rule(name, f"{read.name(lower)} is a sub-class of {read.name(upper)}", (below(X),), above(X))


def equivalent_class(read: OntologyReader, left: Node, right: Node) -> Compiled:
    """Make cax-eqc1 and cax-eqc2; with restrictions, cls-hv1 and cls-hv2."""
    axiom, words = f"owl:equivalentClass {read.name(right)}", f"{read.name(left)} and {read.name(right)} are equivalent"
    first, second = read.class_(left, left, axiom), read.class_(right, left, axiom)
    restricted = isinstance(left, BNode) or isinstance(right, BNode)
    forth, back = ("cls-hv1", "cls-hv2") if restricted else ("cax-eqc1", "cax-eqc2")
    yield Rule(forth, words, (first(X),), second(X))
    yield Rule(back, words, (second(X),), first(X))


def named_restriction(read: OntologyReader, node: Node) -> Compiled:
    """Make cls-hv1 and cls-hv2 for a restriction with an IRI."""
    member, valued = read.class_(node, node, "owl:hasValue"), read.restriction(node, node, "owl:hasValue")
    property_, value = (read.graph.value(node, part, any=True) or node for part in (OWL.onProperty, OWL.hasValue))
    words = f"{read.name(node)} is whatever has {read.name(property_)} {read.name(value)}"
    yield Rule("cls-hv1", words, (member(X),), valued(X))
    yield Rule("cls-hv2", words, (valued(X),), member(X))


def disjoint_class(read: OntologyReader, left: Node, right: Node) -> Compiled:
    """Make cax-dw."""
    axiom = f"owl:disjointWith {read.name(right)}"
    first, second = read.class_(left, left, axiom), read.class_(right, left, axiom)
    words = f"nothing is both {read.name(left)} and {read.name(right)}"
    yield Inconsistency("cax-dw", words, (first(X), second(X)))


def all_disjoint_classes(read: OntologyReader, node: Node, members: Node) -> Compiled:
    """Make cax-adc, one inconsistency for each pair."""
    return _each_pair(read, list(read.items(members, node, "owl:AllDisjointClasses")), disjoint_class, "cax-adc")


def _each_pair(read: OntologyReader, items: list[Node], of_pair: AxiomCompiler, name: str) -> Compiled:
    for left, right in combinations(items, 2):
        # The rule of a pair, but with the name of the axiom in the ontology, which explanations show.
        for inconsistency in of_pair(read, left, right):
            yield Inconsistency(name, inconsistency.words, inconsistency.body)


def _between_properties(axiom: str, words: str, forth: str, back: str = "", *, inverse: bool = False) -> AxiomCompiler:
    """Return a function for an axiom by which one property follows from another, given the rules' names."""
    start, end = (Y, X) if inverse else (X, Y)

    def compiled(read: OntologyReader, left: Node, right: Node) -> Compiled:
        written, sentence = f"{axiom} {read.name(right)}", words.format(read.name(left), read.name(right))
        first, second = read.property_(left, left, written), read.property_(right, left, written)
        yield Rule(forth, sentence, (RulePattern(X, first, Y),), RulePattern(start, second, end))
        if back:
            yield Rule(back, sentence, (RulePattern(X, second, Y),), RulePattern(start, first, end))

    return compiled


def disjoint_property(read: OntologyReader, left: Node, right: Node) -> Compiled:
    """Make prp-pdw."""
    axiom = f"owl:propertyDisjointWith {read.name(right)}"
    first, second = read.property_(left, left, axiom), read.property_(right, left, axiom)
    words = f"{read.name(left)} and {read.name(right)} never link the same two things"
    yield Inconsistency("prp-pdw", words, (RulePattern(X, first, Y), RulePattern(X, second, Y)))


def all_disjoint_properties(read: OntologyReader, node: Node, members: Node) -> Compiled:
    """Make prp-adp, one inconsistency for each pair."""
    return _each_pair(read, list(read.items(members, node, "owl:AllDisjointProperties")), disjoint_property, "prp-adp")


def domain(read: OntologyReader, property_: Node, class_: Node) -> Compiled:
    """Make prp-dom."""
    axiom = f"rdfs:domain {read.name(class_)}"
    named = read.property_(property_, property_, axiom)
    if not read.is_top(class_):
        words = f"whatever has {read.name(property_)} is {read.name(class_)}"
        yield Rule("prp-dom", words, (RulePattern(X, named, Y),), read.class_(class_, property_, axiom)(X))


def range_(read: OntologyReader, property_: Node, class_: Node) -> Compiled:
    """Make prp-rng; for a datatype, make an inconsistency for values outside its value space (OWL 2, section 4)."""
    axiom = f"rdfs:range {read.name(class_)}"
    named = read.property_(property_, property_, axiom)
    body, subject = (RulePattern(X, named, Y),), read.name(property_)
    if read.is_datatype(class_):
        yield from _datatype_range(read, body, subject, class_)
    elif not read.is_top(class_):
        words = f"whatever is a value of {subject} is {read.name(class_)}"
        yield Rule("prp-rng", words, body, read.class_(class_, property_, axiom)(Y))


def _datatype_range(read: OntologyReader, body: tuple[RulePattern, ...], subject: str, datatype: Node) -> Compiled:
    # Nothing if the value space is unknown: values that cannot be distinguished are not an inconsistency.
    allowed = frozenset(NamedNode(str(iri)) for iri in value_space(URIRef(str(datatype))))
    if allowed:
        yield Inconsistency(
            "prp-rng", f"every value of {subject} is {read.name(datatype)}", body, allowed, str(datatype)
        )


def chain(read: OntologyReader, property_: Node, links: Node) -> Compiled:
    """Make prp-spo2."""
    axiom = "owl:propertyChainAxiom"
    named, items = read.property_(property_, property_, axiom), list(read.items(links, property_, axiom))
    if not items:
        # OWL 2 has no chains of fewer than two links (Structural Specification, section 9.2.1); one link is harmless.
        read.refuse(property_, axiom, "its list is empty")
    steps = [Variable(f"x{place}") for place in range(len(items) + 1)]
    path = [read.property_(item, property_, axiom) for item in items]
    body = tuple(RulePattern(a, link, b) for (a, b), link in zip(pairwise(steps), path, strict=True))
    words = f"{', then '.join(read.name(item) for item in items)} together make {read.name(property_)}"
    yield Rule("prp-spo2", words, body, RulePattern(steps[0], named, steps[-1]))


def _characteristic(
    name: str, words: str, body: Sequence[tuple[Variable, Variable]], head: tuple[Variable, Variable] | None = None
) -> AxiomCompiler:
    """Return a function for a characteristic of a property; without a head, facts that match the body contradict it."""

    def compiled(read: OntologyReader, property_: Node, kind: Node) -> Compiled:
        named = read.property_(property_, property_, read.name(kind))
        patterns = tuple(RulePattern(subject, named, value) for subject, value in body)
        axiom = words.format(read.name(property_))
        if head is None:
            yield Inconsistency(name, axiom, patterns)
        else:
            yield Rule(name, axiom, patterns, RulePattern(head[0], named, head[1]))

    return compiled


PREDICATES: Mapping[Node, AxiomCompiler] = {
    RDFS.subClassOf: sub_class,
    OWL.equivalentClass: equivalent_class,
    OWL.disjointWith: disjoint_class,
    RDFS.subPropertyOf: _between_properties("rdfs:subPropertyOf", "{} is a sub-property of {}", "prp-spo1"),
    OWL.equivalentProperty: _between_properties(
        "owl:equivalentProperty", "{} and {} are equivalent", "prp-eqp1", "prp-eqp2"
    ),
    OWL.inverseOf: _between_properties(
        "owl:inverseOf", "{} is the inverse of {}", "prp-inv1", "prp-inv2", inverse=True
    ),
    OWL.propertyDisjointWith: disjoint_property,
    RDFS.domain: domain,
    RDFS.range: range_,
    OWL.propertyChainAxiom: chain,
}
"""Axioms that are a single triple with this predicate."""

CHARACTERISTICS: Mapping[Node, AxiomCompiler] = {
    OWL.SymmetricProperty: _characteristic("prp-symp", "{} is symmetric", [(X, Y)], (Y, X)),
    OWL.TransitiveProperty: _characteristic("prp-trp", "{} is transitive", [(X, Y), (Y, Z)], (X, Z)),
    OWL.AsymmetricProperty: _characteristic("prp-asyp", "{} never holds in both directions", [(X, Y), (Y, X)]),
    OWL.IrreflexiveProperty: _characteristic("prp-irp", "nothing has {} to itself", [(X, X)]),
}
"""Axioms that are a type of a property."""

GROUPS: Mapping[Node, AxiomCompiler] = {
    OWL.AllDisjointClasses: all_disjoint_classes,
    OWL.AllDisjointProperties: all_disjoint_properties,
}
"""Axioms that are a node of this type with owl:members."""
