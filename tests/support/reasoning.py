"""The reasoner on small rdflib graphs: their contradictions, and why a triple follows."""

from __future__ import annotations

from rdflib import Graph
from rdflib.term import Node

from kg.reasoning.canonical_triples import canonical
from kg.reasoning.closure import Closure
from kg.reasoning.explanations import Explainer, Explanation
from kg.reasoning.facts import facts_of
from kg.reasoning.inconsistencies import Contradiction, inconsistencies_in_closure
from kg.reasoning.reasoner import Reasoner
from kg.terms import parse_lines, to_triple, write_lines
from kg.terms import to_triples as engine_triples


def contradictions(asserted: Graph, ontology: Graph) -> list[Contradiction]:
    """Return every contradiction of the asserted triples and the ontology."""
    rules = Reasoner(ontology).rules
    closure = Closure(rules).extended(write_lines(canonical(engine_triples(asserted))))
    return inconsistencies_in_closure(rules, closure)


def explainer(asserted: Graph, ontology: Graph) -> Explainer:
    """Return what explains any triple that is asserted or follows."""
    reasoner, facts = Reasoner(ontology), canonical(engine_triples(asserted))
    closure = Closure(reasoner.rules).extended(write_lines(facts))
    return reasoner.explainer(facts_of(parse_lines(closure.everything())), facts.intersection)


def explain(triple: tuple[Node, Node, Node], asserted: Graph, ontology: Graph) -> Explanation:
    """Return the rule and the triples that the triple follows from. Raises RequestError if it does not hold."""
    (canonical_triple,) = canonical([to_triple(triple)])
    return explainer(asserted, ontology).explain(canonical_triple)
