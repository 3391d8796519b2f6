"""The use case `explain`: why a fact of a version holds, by the rules and the facts that it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from kg.datasets import GraphNames
from kg.export.graph_documents import from_document
from kg.formats import JSON, NTRIPLES
from kg.prefixes import prefixes
from kg.reasoning import Explanation, Reasoner
from kg.reasoning.graph_reasoner import Pattern, PatternFacts
from kg.sparql.protocol import Query
from kg.store import Triple
from kg.store.interfaces import Store
from kg.terms import from_triple, to_triple


@dataclass(frozen=True)
class ExplanationStep:
    """One step to a fact: the rule's name in OWL 2 RL, its axiom in words, and its premises; no rule if asserted."""

    fact: Triple
    rule: str = ""
    words: str = ""
    premises: tuple[Triple, ...] = ()


@dataclass(frozen=True)
class FactExplainer:
    """Explains the facts of one version by its own ontology; kept for the version, since compiling takes a while."""

    version: str
    names: GraphNames
    reasoner: Reasoner
    _matches: dict[str, list[Triple]] = field(default_factory=dict)
    """The facts that match each pattern queried so far."""

    @classmethod
    def of(cls, store: Store, version: str, names: GraphNames) -> FactExplainer:
        """Return the explainer of a version."""
        ontology = from_document(store.graph(names.ontology, NTRIPLES, version).chunks)
        for prefix, namespace in prefixes(names.base).items():
            ontology.bind(prefix, namespace)
        return cls(version, names, Reasoner(ontology))

    def steps(self, fact: Triple, store: Store) -> tuple[ExplanationStep, ...]:
        """Return every step to a fact, its own first. Raises RequestError if it is neither asserted nor inferred."""
        explainer = self.reasoner.explainer(
            PatternFacts(lambda pattern: self._find(pattern, store)),
            lambda triple: self._is_asserted(from_triple(triple), store),
        )
        return tuple(map(_step, explainer.proof(to_triple(fact))))

    def _is_asserted(self, fact: Triple, store: Store) -> bool:
        names = self.names
        # The ontology's graph counts as asserted: some facts about concepts and individuals are stated there.
        not_asserted = (names.inferred, names.description, names.outside, names.provenance)
        excluded = ", ".join(f"<{name}>" for name in not_asserted)
        text = f"ASK {{ GRAPH ?graph {{ {_sparql_triple(fact)} }} FILTER(?graph NOT IN ({excluded})) }}"
        answer = store.query(Query(text, JSON, None, version=self.version))
        return bool(json.loads(b"".join(answer.chunks))["boolean"])

    def _find(self, pattern: Pattern, store: Store) -> Iterator[Triple]:
        """Yield the facts of the default graph that match."""
        subject, predicate, value = pattern
        matched = _sparql_triple((subject or URIRef("?s"), predicate or URIRef("?p"), value or URIRef("?o")))
        if matched not in self._matches:
            text = f"CONSTRUCT {{ {matched} }} WHERE {{ {matched} }}"
            answer = store.query(Query(text, None, NTRIPLES, version=self.version))
            self._matches[matched] = [*from_document(answer.chunks)]
        yield from self._matches[matched]


def _step(explanation: Explanation) -> ExplanationStep:
    fact = from_triple(explanation.triple)
    if explanation.rule is None:
        return ExplanationStep(fact)
    premises = tuple(map(from_triple, explanation.premises))
    return ExplanationStep(fact, explanation.rule.name, explanation.rule.words, premises)


def _sparql_triple(pattern: Triple) -> str:
    return " ".join(map(_sparql_term, pattern))


def _sparql_term(node: Node) -> str:
    if isinstance(node, URIRef) and node.startswith("?"):
        return str(node)
    if isinstance(node, BNode):  # in a query it would be a variable, and match any node
        return "<urn:none>"
    return node.n3() if isinstance(node, (URIRef, Literal)) else str(node)
