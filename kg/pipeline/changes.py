"""Changing a store: an edit inside a transaction, and what is done before it becomes the current version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rdflib import Graph

from kg.dataset import GraphNames, Master
from kg.errors import ShapesViolatedError
from kg.pipeline.corpus import Knowledge
from kg.pipeline.reasoning import How, inferred
from kg.store import Transaction, Version, WritableStore
from kg.validation import Severity, validate

Edit = Callable[[Transaction], None]


def change_plainly(store: WritableStore, edit: Edit, note: str) -> Version:
    """Make an edit the current version as it is: nothing is inferred and nothing validated."""
    with store.write() as transaction:
        edit(transaction)
        return transaction.commit(note)


def change_checked(store: WritableStore, names: GraphNames, known: Knowledge, edit: Edit, note: str) -> Version:
    """Make an edit the current version, with what follows from it; nothing has changed where it cannot be.

    ContradictionError and ShapesViolatedError say why not. Costs an inference and a validation of the whole.
    """
    with store.write() as transaction:
        edit(transaction)
        asserted = _asserted(transaction, names)
        entailed = inferred(asserted, known.ontology, How(cross_check=False))
        _must_conform(asserted, known)
        transaction.replace_graph(names.inferred, entailed, Master.SYSTEM)
        return transaction.commit(note)


def _asserted(transaction: Transaction, names: GraphNames) -> Graph:
    graph = Graph(bind_namespaces="none")
    for name in transaction.graphs():
        if names.in_default(name) and name != names.inferred:
            for triple in transaction.triples(name):
                graph.add(triple)
    return graph


def _must_conform(asserted: Graph, known: Knowledge) -> None:
    report = validate(asserted, known.shapes, known.ontology)
    violations = tuple(each for each in report.results if each.severity is Severity.VIOLATION)
    if violations:
        raise ShapesViolatedError("\n".join(replace(report, results=violations).sentences()), report.graph)
