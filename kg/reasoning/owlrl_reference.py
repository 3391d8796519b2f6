"""The reference implementation: owlrl's closure of the same facts, compared with that of the compiled rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import owlrl
from pyoxigraph import Triple
from rdflib import OWL, RDF, BNode, Graph, Literal, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

from kg.errors import ContradictionError
from kg.reasoning.canonical_triples import canonical
from kg.reasoning.compiler import compile_ontology
from kg.reasoning.graph_reasoner import infer as infer_by_rules
from kg.reasoning.ontology_reader import OntologyReader
from kg.reasoning.owl_vocabulary import NON_LOGICAL_PROPERTIES, is_language
from kg.reasoning.rules import RuleSet
from kg.terms import from_triples, to_term, to_triples

OWLRL_ERRORS = Namespace("http://www.daml.org/2002/03/agents/agent-ont#")
ILL_TYPED_LITERAL_PREFIX = "Lexical value of the literal"
"""The prefix of owlrl's message about ill-typed literals, which validation reports."""


@dataclass(frozen=True)
class Comparison:
    """The difference of two closures of the same facts: triples that only the compiled rules or only owlrl inferred."""

    only_rules: tuple[str, ...]
    only_owlrl: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Return whether both closures are the same."""
        return not self.only_rules and not self.only_owlrl

    def __str__(self) -> str:
        if self.agree:
            return "The compiled rules and owlrl infer the same."
        ours, theirs = (", ".join(triples) or "nothing" for triples in (self.only_rules, self.only_owlrl))
        return f"The compiled rules and owlrl differ: only the rules infer {ours}; only owlrl infers {theirs}."


def infer(asserted: Graph, ontology: Graph) -> Graph:
    """Return what owlrl infers, without its noise, comparable to `graph_reasoner.infer` and with the same errors."""
    rules, facts, axioms = compile_ontology(ontology), _canonical(asserted), _canonical(ontology)
    # What follows from the axioms alone is about the schema; subtracting their closure leaves inferences about data.
    closure_of_axioms, closure = _closed(axioms), _closed(facts + axioms)
    useful = [triple for triple in closure - closure_of_axioms if _useful(triple, rules, axioms)]
    inferred = canonical(to_triples(useful)) - canonical(to_triples(facts))
    return from_triples(sorted(inferred, key=str))


def compare(asserted: Graph, ontology: Graph, inferred: Graph | None = None) -> Comparison:
    """Compare what the compiled rules infer (computed if not given) with what owlrl infers, literals by value."""
    rules = compile_ontology(ontology)
    ours = canonical(to_triples(infer_by_rules(asserted, ontology) if inferred is None else inferred))
    theirs = canonical(to_triples(infer(asserted, ontology)))
    return Comparison(_in_words(ours - theirs, rules), _in_words(theirs - ours, rules))


def _in_words(triples: frozenset[Triple], rules: RuleSet) -> tuple[str, ...]:
    return tuple(sorted(rules.in_words(triple) for triple in triples))


def _canonical(graph: Graph) -> Graph:
    return from_triples(canonical(to_triples(graph)))


def _closed(flat: Graph) -> Graph:
    """Return owlrl's closure of a flat copy. Raises ContradictionError if owlrl reports one."""
    # A copy, since owlrl adds its inferences to the graph.
    closure = Graph()
    for triple in (*flat, *_pairs(flat)):
        closure.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(closure)
    errors = sorted(
        str(text) for _, text in closure[: OWLRL_ERRORS.error] if not str(text).startswith(ILL_TYPED_LITERAL_PREFIX)
    )
    if errors:
        raise ContradictionError("owlrl finds that the facts contradict the ontology: " + "; ".join(errors) + ".")
    return closure


def _pairs(flat: Graph) -> Iterator[tuple[Node, Node, Node]]:
    """Yield owl:AllDisjointProperties as pairs, since owlrl 7.6.2 ignores the last of the members."""
    for group in flat[: RDF.type : OWL.AllDisjointProperties]:
        for members in flat[group : OWL.members]:
            for left, right in combinations(Collection(flat, members), 2):
                yield left, OWL.propertyDisjointWith, right


def _useful(triple: tuple[Node, Node, Node], rules: RuleSet, axioms: Graph) -> bool:
    """Return whether the triple is about data rather than about the language, the schema or a literal."""
    subject, predicate, object_ = triple
    if isinstance(subject, Literal) or to_term(subject) in rules.schema or _anonymous(subject, axioms):
        return False
    if predicate == RDF.type:
        return not (is_language(object_) or _anonymous(object_, axioms) or OntologyReader(axioms).is_datatype(object_))
    return predicate in NON_LOGICAL_PROPERTIES or not is_language(predicate)


def _anonymous(node: Node, axioms: Graph) -> bool:
    return isinstance(node, BNode) and ((node, None, None) in axioms or (None, None, node) in axioms)
