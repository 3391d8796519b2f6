"""The reasoner for rdflib graphs: what follows from them, and how that changes when they change."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyoxigraph as ox
from rdflib import Graph

from kg.reasoning.canonical_triples import canonical
from kg.reasoning.facts import Find, FoundFacts
from kg.reasoning.reasoner import Reasoner
from kg.terms import RdflibTriple, from_triple, from_triples, to_triples


def infer_change(
    reasoner: Reasoner,
    before: Find,
    is_asserted: Callable[[RdflibTriple], bool],
    added: Iterable[RdflibTriple],
    removed: Iterable[RdflibTriple],
) -> tuple[Graph, Graph]:
    """Return the triples to add to the inferred graph and those to remove; see `Reasoner.infer_delta`.

    `before` finds triples asserted or inferred before the change, `is_asserted` tests what is asserted after it.
    """

    def holds(triple: ox.Triple) -> bool:
        return is_asserted(from_triple(triple))

    change = reasoner.infer_delta(FoundFacts(before), holds, to_triples(added), to_triples(removed))
    return from_triples(change.added), from_triples(change.removed)


def infer_all(reasoner: Reasoner, asserted: Iterable[RdflibTriple]) -> Graph:
    """Return what follows from the asserted triples, as `infer` does, using an existing reasoner."""
    # Sorted, so that anything built from the graph does not depend on the hash seed.
    return from_triples(sorted(reasoner.infer(canonical(to_triples(asserted))), key=str))


def infer(asserted: Graph, ontology: Graph) -> Graph:
    """Return what follows from the asserted triples and the ontology, without these, with canonical literals.

    Raises UnsupportedAxiomError if an axiom has no rule, ContradictionError if triples contradict an axiom.
    """
    return infer_all(Reasoner(ontology), asserted)
