"""Why a fact of a version holds: the rules and the facts behind it, found in the store as they are needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.dataset import GraphNames
from kg.export import prefixes
from kg.formats import JSON, NTRIPLES
from kg.reasoning import Explanation, Reasoner
from kg.reasoning.graph_reasoner import Pattern, PatternFacts
from kg.sparql.protocol import Query
from kg.store.interfaces import Store
from kg.terms import from_triple, to_triple

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True)
class Step:
    """One step to a fact: the rule's name in OWL 2 RL, its axiom in words, and what it rests on; asserted without."""

    fact: Triple
    rule: str = ""
    words: str = ""
    premises: tuple[Triple, ...] = ()


@dataclass(frozen=True)
class Why:
    """Explains the facts of one version by its own ontology; made once a version, since compiling takes a while."""

    version: str
    names: GraphNames
    reasoner: Reasoner
    _found: dict[str, list[Triple]] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, version: str, names: GraphNames) -> Why:
        """Return what explains a version's facts."""
        answer = store.graph(names.ontology, NTRIPLES, version)
        ontology = Graph(bind_namespaces="none").parse(data=b"".join(answer.chunks), format="nt")
        for prefix, namespace in prefixes(names.base).items():
            ontology.bind(prefix, namespace)
        return cls(version, names, Reasoner(ontology))

    def steps(self, fact: Triple, store: Store) -> tuple[Step, ...]:
        """Return every step to a fact, its own first; RequestError where it is neither asserted nor does it follow."""
        explainer = self.reasoner.explainer(
            PatternFacts(lambda pattern: self._holding(pattern, store)),
            lambda triple: self._is_asserted(from_triple(triple), store),
        )
        return tuple(map(_step, explainer.proof(to_triple(fact))))

    def _is_asserted(self, fact: Triple, store: Store) -> bool:
        names = self.names
        others = (names.inferred, names.description, names.outside, names.provenance)
        derived = ", ".join(f"<{name}>" for name in others)
        found = f"GRAPH ?graph {{ {_spelled(fact)} }} FILTER(?graph NOT IN ({derived}))"
        answer = store.query(Query(f"ASK {{ {found} }}", JSON, None, version=self.version))
        return bool(json.loads(b"".join(answer.chunks))["boolean"])

    def _holding(self, pattern: Pattern, store: Store) -> Iterator[Triple]:
        """Yield the facts of the default graph that match."""
        first, middle, last = pattern
        spelled = _spelled((first or URIRef("?s"), middle or URIRef("?p"), last or URIRef("?o")))
        if spelled not in self._found:
            text = f"CONSTRUCT {{ {spelled} }} WHERE {{ {spelled} }}"
            answer = store.query(Query(text, None, NTRIPLES, version=self.version))
            self._found[spelled] = [*Graph().parse(data=b"".join(answer.chunks), format="nt")]
        yield from self._found[spelled]


def _step(found: Explanation) -> Step:
    fact = from_triple(found.triple)
    if found.rule is None:
        return Step(fact)
    return Step(fact, found.rule.name, found.rule.words, tuple(map(from_triple, found.premises)))


def _spelled(pattern: Triple) -> str:
    return " ".join(map(_term, pattern))


def _term(node: Node) -> str:
    if isinstance(node, URIRef) and node.startswith("?"):
        return str(node)
    if isinstance(node, BNode):
        return "<urn:none>"
    return node.n3() if isinstance(node, (URIRef, Literal)) else str(node)
