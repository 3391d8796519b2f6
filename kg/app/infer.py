"""The use case `infer`: what follows from a corpus, using the compiled rules or owlrl."""

from __future__ import annotations

from functools import partial

from rdflib import Graph

from kg.app.asserted_triples import AssertedChange, AssertedTriples
from kg.app.build_options import OWLRL, BuildOptions, Progress, no_progress
from kg.app.schema import Schema
from kg.datasets import GraphNames, Owner
from kg.errors import UnsupportedAxiomError
from kg.reasoning import owlrl_reference
from kg.reasoning.graph_reasoner import infer, infer_change
from kg.reasoning.owlrl_reference import compare
from kg.store import Transaction


def infer_incrementally(
    transaction: Transaction, names: GraphNames, schema: Schema
) -> tuple[AssertedChange, AssertedChange]:
    """Infer what follows from a transaction's edit; return the change of the assertions, and that of the union.

    Relies on the previous version's inferences. Raises ContradictionError if the edit contradicts the ontology.
    """
    before, after = AssertedTriples(transaction, names, before=True), AssertedTriples(transaction, names)
    change = AssertedChange.between(before, after)

    closure = partial(transaction.match, before=True)
    entering, leaving = infer_change(schema.reasoner, closure, after.__contains__, change.added, change.removed)
    transaction.remove(names.inferred, leaving, Owner.SYSTEM)
    transaction.add(names.inferred, entering, Owner.SYSTEM)
    return change, AssertedChange(change.added | {*entering}, change.removed | {*leaving})


def infer_triples(asserted: Graph, ontology: Graph, options: BuildOptions, progress: Progress = no_progress) -> Graph:
    """Return what follows from the asserted triples.

    Raises ContradictionError if they contradict the ontology, UnsupportedAxiomError if the two reasoners differ.
    """
    progress(f"Inferring by {options.reasoner} from {len(asserted):,} triples")
    if options.reasoner == OWLRL:
        return owlrl_reference.infer(asserted, ontology)
    inferred = infer(asserted, ontology)
    if options.cross_check:
        progress(f"Comparing the {len(inferred):,} inferred triples with owlrl's")
        comparison = compare(asserted, ontology, inferred)
        if not comparison.agree:
            raise UnsupportedAxiomError(str(comparison))
    return inferred
