"""The reasoner for rdflib graphs: one call each to infer, to find contradictions and to ask why."""

from __future__ import annotations

from rdflib import Graph
from rdflib.term import Node

from kg.inference.closure import Closure
from kg.inference.contradictions import Contradiction
from kg.inference.explain import Explainer, Explanation
from kg.inference.facts import facts_of
from kg.inference.reasoner import Reasoner
from kg.inference.terms import canonical, from_triples, to_triple, to_triples


def infer(asserted: Graph, ontology: Graph) -> Graph:
    """Return what follows from the asserted triples and the ontology, neither included, each literal in canonical form.

    UnsupportedAxiomError names an axiom that has no rule, ContradictionError the triples that clash.
    """
    return from_triples(sorted(Reasoner(ontology).infer(canonical(to_triples(asserted))), key=str))


def contradictions(asserted: Graph, ontology: Graph) -> list[Contradiction]:
    """Return every contradiction of the asserted triples and the ontology."""
    return Reasoner(ontology).contradictions(canonical(to_triples(asserted)))


def explainer(asserted: Graph, ontology: Graph) -> Explainer:
    """Return what explains any triple that is asserted or follows."""
    reasoner, facts = Reasoner(ontology), canonical(to_triples(asserted))
    closure = Closure(reasoner.rules, facts | reasoner.rules.facts)
    return reasoner.explainer(facts_of(closure.everything()), facts.__contains__)


def explain(triple: tuple[Node, Node, Node], asserted: Graph, ontology: Graph) -> Explanation:
    """Return the rule and the triples that the triple follows from; RequestError where it does not hold."""
    (wanted,) = canonical([to_triple(triple)])
    return explainer(asserted, ontology).explain(wanted)
