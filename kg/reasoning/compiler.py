"""Compiles an ontology to rules: each of its triples is a supported axiom, an annotation, a fact, or an error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from pyoxigraph import NamedNode, Triple
from rdflib import OWL, RDF, BNode, Graph, URIRef
from rdflib.term import Node

from kg.reasoning.axioms import CHARACTERISTICS, GROUPS, PREDICATES, named_restriction
from kg.reasoning.canonical_triples import canonical
from kg.reasoning.ontology_reader import OntologyReader
from kg.reasoning.owl_vocabulary import (
    ANNOTATION_NAMESPACES,
    DECLARATIONS,
    LANGUAGE_ANNOTATIONS,
    SCHEMA_TYPES,
    STRUCTURE,
    is_logic,
)
from kg.reasoning.rules import Inconsistency, Rule, RuleSet
from kg.terms import to_triple

RuleOrInconsistency = TypeVar("RuleOrInconsistency", Rule, Inconsistency)


def compile_ontology(ontology: Graph) -> RuleSet:
    """Compile a graph of ontology, alignments and schemes. Raises UnsupportedAxiomError if an axiom has no rule."""
    read = OntologyReader(ontology)
    declared = {subject for subject, kind in ontology[: RDF.type] if kind in SCHEMA_TYPES}
    # In a fixed order, so that errors name the same axiom and the rules are the same for every hash seed.
    triples = sorted(ontology, key=lambda triple: [(type(node).__name__, str(node)) for node in triple])
    compiled = [rule for triple in triples for rule in _axiom(read, triple)]
    # Axioms first: only they show which terms are classes and properties, and which nodes are used.
    schema = declared | read.classes | read.properties
    facts = canonical(_facts(read, triples, schema))
    return RuleSet(
        # A rule whose head is part of its body derives nothing.
        rules=tuple(_distinct(rule for rule in compiled if isinstance(rule, Rule) and rule.head not in rule.body)),
        inconsistencies=tuple(_distinct(rule for rule in compiled if isinstance(rule, Inconsistency))),
        facts=facts,
        schema=frozenset(NamedNode(str(term)) for term in schema if isinstance(term, URIRef)),
        prefixes=read.prefixes,
    )


def _distinct(rules: Iterable[RuleOrInconsistency]) -> list[RuleOrInconsistency]:
    """Return one of each set of rules with the same meaning, in an order that does not depend on the hash seed."""
    by_meaning = {_meaning(rule): rule for rule in rules}
    return sorted(by_meaning.values(), key=lambda rule: (rule.words, rule.name, str([str(part) for part in rule.body])))


def _meaning(rule: Rule | Inconsistency) -> tuple[object, ...]:
    return rule.body, rule.head if isinstance(rule, Rule) else rule.datatypes


def _axiom(read: OntologyReader, triple: tuple[Node, Node, Node]) -> Iterator[Rule | Inconsistency]:
    subject, predicate, object_ = triple
    if predicate in PREDICATES:
        yield from PREDICATES[predicate](read, subject, object_)
    elif predicate == RDF.type:
        yield from _typed(read, subject, object_)
    elif predicate == OWL.imports:
        _imported(read, subject, object_)
    elif predicate == OWL.hasValue and isinstance(subject, URIRef):
        yield from named_restriction(read, subject)
    elif is_logic(predicate) and predicate not in STRUCTURE:
        read.refuse(subject, read.name(predicate), "no rule is made from it")


def _typed(read: OntologyReader, subject: Node, kind: Node) -> Iterator[Rule | Inconsistency]:
    if kind in CHARACTERISTICS:
        yield from CHARACTERISTICS[kind](read, subject, kind)
    elif kind in GROUPS:
        yield from _group(read, subject, kind)
    elif is_logic(kind):
        read.refuse(subject, f"rdf:type {read.name(kind)}", "no rule is made from it")


def _group(read: OntologyReader, node: Node, kind: Node) -> Iterator[Rule | Inconsistency]:
    members = list(read.graph[node : OWL.members])
    if len(members) != 1:
        read.refuse(node, read.name(kind), "it has no list of owl:members, or several")
    read.used.add(node)
    yield from GROUPS[kind](read, node, members[0])


def _imported(read: OntologyReader, subject: Node, imported: Node) -> None:
    present = (imported, RDF.type, OWL.Ontology) in read.graph or (None, OWL.versionIRI, imported) in read.graph
    if not present:
        read.refuse(subject, f"owl:imports {read.name(imported)}", "the imported ontology is not in the given graph")


def _facts(read: OntologyReader, triples: list[tuple[Node, Node, Node]], schema: set[Node]) -> Iterator[Triple]:
    for subject, predicate, object_ in triples:
        if subject in read.used:
            continue
        _placed(read, subject, predicate, object_)
        if subject in schema:
            _annotation(read, subject, predicate, object_)
        elif predicate not in PREDICATES and not (predicate == RDF.type and object_ in DECLARATIONS):
            yield to_triple((subject, predicate, object_))


def _placed(read: OntologyReader, subject: Node, predicate: Node, object_: Node) -> None:
    """Refuse parts of expressions that no supported axiom uses, and facts about blank nodes."""
    if predicate in STRUCTURE or any(isinstance(node, BNode) for node in (subject, object_) if node not in read.used):
        read.refuse(subject, read.name(predicate), "the node belongs to no supported axiom")


def _annotation(read: OntologyReader, subject: Node, predicate: Node, object_: Node) -> None:
    known = predicate in PREDICATES or predicate in LANGUAGE_ANNOTATIONS or predicate in (RDF.type, OWL.imports)
    listed = str(predicate).startswith(ANNOTATION_NAMESPACES)
    declared = (predicate, RDF.type, OWL.AnnotationProperty) in read.graph
    header = (subject, RDF.type, OWL.Ontology) in read.graph
    if not (known or listed or declared or header):
        why = "this is neither a known nor a declared annotation property"
        read.refuse(subject, f"{read.name(predicate)} {read.name(object_)}", why)
