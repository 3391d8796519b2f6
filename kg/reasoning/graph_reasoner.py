"""The reasoner for rdflib graphs: what follows from them, and how that changes when they change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import Node

from kg.reasoning.canonical_triples import Term, canonical
from kg.reasoning.reasoner import Reasoner
from kg.terms import from_term, from_triple, from_triples, to_triple, to_triples

Triple = tuple[Node, Node, Node]
Pattern = tuple[Node | None, Node | None, Node | None]


@dataclass(frozen=True)
class PatternFacts:
    """Facts from a function that finds triples by a pattern of rdflib's terms, in which None matches any term."""

    find: Callable[[Pattern], Iterable[Triple]]

    def match(self, subject: Term | None, predicate: ox.NamedNode, object_: Term | None) -> Iterator[ox.Triple]:
        """Yield the matching triples."""
        if not isinstance(subject, ox.Literal):
            first, last = (None if term is None else from_term(term) for term in (subject, object_))
            yield from map(to_triple, self.find((first, from_term(predicate), last)))

    def __contains__(self, triple: ox.Triple) -> bool:
        return any(True for _ in self.find(from_triple(triple)))


def infer_change(
    reasoner: Reasoner,
    before: Callable[[Pattern], Iterable[Triple]],
    is_asserted: Callable[[Triple], bool],
    added: Iterable[Triple],
    removed: Iterable[Triple],
) -> tuple[Graph, Graph]:
    """Return the triples to add to the inferred graph and those to remove; see `Reasoner.infer_delta`.

    `before` finds triples asserted or inferred before the change, `is_asserted` tests what is asserted after it.
    """

    def holds(triple: ox.Triple) -> bool:
        return is_asserted(from_triple(triple))

    change = reasoner.infer_delta(PatternFacts(before), holds, to_triples(added), to_triples(removed))
    return from_triples(change.added), from_triples(change.removed)


def infer_all(reasoner: Reasoner, asserted: Iterable[Triple]) -> Graph:
    """Return what follows from the asserted triples, as `infer` does, using an existing reasoner."""
    # Sorted, so that anything built from the graph does not depend on the hash seed.
    return from_triples(sorted(reasoner.infer(canonical(to_triples(asserted))), key=str))


def inferred_lines(reasoner: Reasoner, asserted: bytes) -> bytes:
    """Return the result of `infer_all` as N-Triples, given N-Triples whose literals are in the engine's stored form."""
    return reasoner.infer_lines(asserted)


def infer(asserted: Graph, ontology: Graph) -> Graph:
    """Return what follows from the asserted triples and the ontology, without these, with canonical literals.

    Raises UnsupportedAxiomError if an axiom has no rule, ContradictionError if triples contradict an axiom.
    """
    return infer_all(Reasoner(ontology), asserted)
