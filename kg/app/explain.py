"""The use case `explain`: why a fact of a version holds, with the rules and facts that it follows from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from kg.datasets import GraphNames
from kg.export.graph_documents import from_document
from kg.formats import NTRIPLES
from kg.prefixes import prefixes
from kg.reasoning.canonical_triples import Term, parts
from kg.reasoning.explanations import Explanation
from kg.reasoning.facts import FoundFacts
from kg.reasoning.reasoner import Reasoner
from kg.reasoning.rules import RDF_TYPE
from kg.sparql.protocol import Query
from kg.store import Triple
from kg.store.interfaces import Store
from kg.store.query_rows import select_rows
from kg.terms import EngineTriple, from_triple, parse_lines, to_triple


@dataclass(frozen=True)
class ExplanationStep:
    """One step of a proof: the rule's name in OWL 2 RL, its axiom in words, and its premises; no rule if asserted."""

    fact: Triple
    rule: str = ""
    words: str = ""
    premises: tuple[Triple, ...] = ()


@dataclass(frozen=True)
class FactExplainer:
    """Explains the facts of one version by its own ontology; reused for the version, since compiling is slow."""

    version: str
    names: GraphNames
    reasoner: Reasoner
    _matches: dict[str, list[EngineTriple]] = field(default_factory=dict)
    """The matching facts of each pattern queried so far."""
    _predicates: dict[str, frozenset[str]] = field(default_factory=dict)
    """The predicates of each pattern for a thing's facts queried so far."""

    @classmethod
    def of(cls, store: Store, version: str, names: GraphNames) -> FactExplainer:
        """Return the explainer of a version."""
        ontology = from_document(store.graph(names.ontology, NTRIPLES, version).chunks)
        for prefix, namespace in prefixes(names.base).items():
            ontology.bind(prefix, namespace)
        return cls(version, names, Reasoner(ontology))

    def steps(self, fact: Triple, store: Store) -> tuple[ExplanationStep, ...]:
        """Return all steps of a fact's proof, its own first. Raises RequestError if the fact does not hold."""
        explainer = self.reasoner.explainer(
            FoundFacts(partial(self._find, store)), lambda triples: self._asserted_of([*triples], store)
        )
        return tuple(map(_step, explainer.proof(to_triple(fact))))

    def _asserted_of(self, facts: Sequence[EngineTriple], store: Store) -> list[EngineTriple]:
        """Return the asserted ones among the facts."""
        names = self.names
        # The ontology's graph counts as asserted: some facts about concepts and individuals are stated there.
        not_asserted = (names.inferred, names.description, names.outside, names.provenance)
        excluded = ", ".join(f"<{name}>" for name in not_asserted)
        rows = " ".join(f"({number} {_sparql_triple(*parts(fact))})" for number, fact in enumerate(facts))
        stated = f"VALUES (?number ?s ?p ?o) {{ {rows} }} GRAPH ?graph {{ ?s ?p ?o }}"
        numbers = self._select("number", f"{stated} FILTER(?graph NOT IN ({excluded}))", store)
        return [facts[int(number)] for number in numbers]

    def _find(
        self, store: Store, subject: Term | None, predicate: Term | None, value: Term | None
    ) -> Iterator[EngineTriple]:
        """Yield the matching facts of the default graph."""
        if predicate is not None and (subject or value):
            # Most rules search for facts that do not exist: a thing's predicates, read once, save these queries.
            facts = _sparql_triple(subject, None, None if subject else value)
            if predicate.value not in self._predicates_of(facts, store):
                return
        if subject and predicate == RDF_TYPE and value is not None:  # all of the thing's classes are read once
            yield from (fact for fact in self._find(store, subject, predicate, None) if fact.object == value)
            return
        matched = _sparql_triple(subject, predicate, value)
        if matched not in self._matches:
            text = f"CONSTRUCT {{ {matched} }} WHERE {{ {matched} }}"
            answer = store.query(Query(text, None, NTRIPLES, version=self.version))
            self._matches[matched] = [*parse_lines(b"".join(answer.chunks))]
        yield from self._matches[matched]

    def _predicates_of(self, facts: str, store: Store) -> frozenset[str]:
        """Return the predicates of the facts that match a pattern, from or to one thing.

        A class may follow from any of a hundred domains and ranges, each of which would otherwise be a query.
        """
        if facts not in self._predicates:
            self._predicates[facts] = frozenset(self._select("p", facts, store))
        return self._predicates[facts]

    def _select(self, variable: str, pattern: str, store: Store) -> list[str]:
        text = f"SELECT DISTINCT ?{variable} WHERE {{ {pattern} }}"
        return [row[variable] for row in select_rows(store, text, self.version)]


def _step(explanation: Explanation) -> ExplanationStep:
    fact = from_triple(explanation.triple)
    if explanation.rule is None:
        return ExplanationStep(fact)
    premises = tuple(map(from_triple, explanation.premises))
    return ExplanationStep(fact, explanation.rule.name, explanation.rule.words, premises)


def _sparql_triple(subject: Term | None, predicate: Term | None, value: Term | None) -> str:
    """Return a pattern in SPARQL, with a variable in the place of each None."""
    terms = (subject or "?s", predicate or "?p", value or "?o")
    # In a query, a blank node would be a variable and match any node.
    return " ".join("<urn:none>" if term.startswith("_:") else term for term in map(str, terms))
