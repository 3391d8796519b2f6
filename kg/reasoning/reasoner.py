"""The reasoner: an ontology compiled once, for whole closures, incremental changes, and explanations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from pyoxigraph import Triple
from rdflib import OWL, RDFS, Graph, URIRef

from kg.errors import UnsupportedAxiomError
from kg.reasoning.canonical_triples import parts
from kg.reasoning.closure import Closure
from kg.reasoning.compiler import compile_ontology
from kg.reasoning.explanations import Explainer
from kg.reasoning.facts import Facts, LayeredFacts, facts_of
from kg.reasoning.inconsistencies import inconsistencies_in_closure, inconsistencies_of, raise_if_inconsistent
from kg.reasoning.incremental import IncrementalClosure, InferredChange
from kg.reasoning.owl_vocabulary import is_logic
from kg.reasoning.rules import RDF_TYPE, RuleSet
from kg.terms import parse_lines, write_lines

_LOGIC_STARTS = tuple(f" <{namespace}".encode() for namespace in (RDFS, OWL))
"""Substrings of N-Triples that state an axiom (`is_logic`)."""


class Reasoner:
    """OWL 2 RL inference for one ontology (ontology, alignments and schemes in one graph).

    Results do not include what follows from the ontology alone, and nothing is inferred about classes and properties.
    """

    def __init__(self, ontology: Graph) -> None:
        self.rules: RuleSet = compile_ontology(ontology)
        self._ontology = Closure(self.rules)
        self.background = frozenset(parse_lines(self._ontology.everything()))
        """What the ontology asserts about individuals, and what follows from that."""

    def infer(self, asserted: Iterable[Triple]) -> frozenset[Triple]:
        """Return what follows from the asserted triples, without them. Raises ContradictionError at a contradiction."""
        return frozenset(parse_lines(self.infer_lines(write_lines(asserted))))

    def infer_lines(self, asserted: bytes) -> bytes:
        """Return the result of `infer` as N-Triples, given N-Triples with literals in the engine's stored form."""
        if any(start in asserted for start in _LOGIC_STARTS):
            self._accepted(parse_lines(asserted))
        closure = self._ontology.extended(asserted)
        contradictions = inconsistencies_in_closure(self.rules, closure)
        if contradictions:  # only explanations need the closure in a store
            everything, facts = facts_of(parse_lines(closure.everything())), frozenset(parse_lines(asserted))
            raise_if_inconsistent(contradictions, self.rules, self.explainer(everything, facts.intersection))
        return closure.inferred()

    def infer_delta(
        self,
        before: Facts,
        is_asserted: Callable[[Triple], bool],
        added: Iterable[Triple] = (),
        removed: Iterable[Triple] = (),
    ) -> InferredChange:
        """Return how the inferred graph changes when triples are asserted and others are no longer asserted.

        `before` are the facts asserted and inferred before the change; `is_asserted` tests the data after it. A triple
        counts as added if no graph had it before, and as removed if none has it afterwards. Raises as `infer` does.
        """
        whole = LayeredFacts((before, facts_of(self.background)))
        accepted = self._accepted(added)
        update = IncrementalClosure(self.rules, whole, lambda triple: is_asserted(triple) or triple in self.background)
        change = update.run(accepted - self.background, removed)
        # The facts before had no contradictions, so each one now involves a new triple.
        contradictions = inconsistencies_of(self.rules, update.after, update.inserted())
        raise_if_inconsistent(contradictions, self.rules, Explainer(self.rules, update.after, self._base(is_asserted)))
        return change

    def infer_across(
        self, union: Facts, derived: Iterable[Triple], shared: Iterable[Triple], is_asserted: Callable[[Triple], bool]
    ) -> frozenset[Triple]:
        """Return what follows from a union of closures and is not in it, given the first steps (see `chain_queries`).

        `shared` are its triples about nodes of several closures. Raises ContradictionError if these are inconsistent.
        """
        whole = LayeredFacts((union, facts_of(self.background)))
        update = IncrementalClosure(self.rules, whole, is_asserted)
        allowed = (triple for triple in derived if triple.subject not in self.rules.schema)
        update.extend(triple for triple in allowed if triple not in whole)
        # Each closure is consistent, but their triples about a node may contradict each other even if nothing follows.
        contradictions = inconsistencies_of(self.rules, update.after, [*shared, *update.inserted()])
        raise_if_inconsistent(contradictions, self.rules, Explainer(self.rules, update.after, self._base(is_asserted)))
        return frozenset(update.inserted())

    def explainer(self, closure: Facts, asserted_of: Callable[[Collection[Triple]], Collection[Triple]]) -> Explainer:
        """Return an explainer for the triples of a closure (asserted and inferred together)."""
        return Explainer(
            self.rules,
            LayeredFacts((closure, facts_of(self.background))),
            lambda triples: {*asserted_of(triples), *self.rules.facts.intersection(triples)},
        )

    def _base(self, is_asserted: Callable[[Triple], bool]) -> Callable[[Collection[Triple]], Collection[Triple]]:
        return lambda triples: {triple for triple in triples if is_asserted(triple) or triple in self.rules.facts}

    def _accepted(self, asserted: Iterable[Triple]) -> frozenset[Triple]:
        facts = frozenset(asserted)
        stated = [fact for fact in facts if _states_axiom(fact)]
        if stated:
            first = self.rules.in_words(min(stated, key=str))
            raise UnsupportedAxiomError(f"The data states the axiom {first}: axioms are read from the ontology only.")
        return facts


@lru_cache(maxsize=1 << 16)
def _is_logic(iri: str) -> bool:
    return is_logic(URIRef(iri))


def _states_axiom(fact: Triple) -> bool:
    _, predicate, object_ = parts(fact)
    return _is_logic(predicate.value) or (predicate == RDF_TYPE and _is_logic(object_.value))
