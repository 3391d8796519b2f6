"""Counts what the description of a dataset tells: the members of each class, its properties, and their values' types.

The counts of a changed dataset are those before, less what the changed nodes had before, and what they have after.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator

from rdflib import FOAF, ORG, PROV, RDF, XSD, Literal, URIRef
from rdflib.term import Node

from kg.app.asserted_triples import AssertedChange
from kg.datasets import GraphNames
from kg.namespaces import OA, ONTOLOGY, SCHEMA, SEM
from kg.store import Transaction, Triple

ALIGNED = frozenset(map(str, (ONTOLOGY, FOAF, ORG, PROV, SCHEMA, SEM, OA)))
"""Vocabularies that describe the same things: a class of one is described by its own vocabulary's properties only."""
Counts = Counter[tuple[str, ...]]
"""Members by (class), triples by (class, property), values by (class, property, "class" or "datatype", its name)."""
Kinds = Callable[[Node], Collection[Node]]
"""The classes that a node is an instance of."""


def count_partitions(transaction: Transaction, names: GraphNames) -> Counts:
    """Count everything that the default graph holds, but for the description itself."""
    triples = [*_default(transaction, names, (None, None, None))]
    kinds: dict[Node, list[Node]] = defaultdict(list)
    for subject, predicate, value in triples:
        if predicate == RDF.type and isinstance(value, URIRef):
            kinds[subject].append(value)
    return _counted(triples, lambda node: kinds.get(node, ()))


def recount_partitions(counts: Counts, change: AssertedChange, transaction: Transaction, names: GraphNames) -> Counts:
    """Return the counts after a change of what is asserted or inferred."""
    nodes = {subject for subject, _, _ in change.triples}
    typed = {subject for subject, predicate, _ in change.triples if predicate == RDF.type}
    states = (True, False)
    nodes |= {
        triple[0]
        for node in typed
        for before in states
        for triple in _default(transaction, names, (None, None, node), before=before)
    }
    recounted = Counter(counts)
    for before in states:
        (recounted.subtract if before else recounted.update)(_counted_of(nodes, transaction, names, before=before))
    return Counter({key: number for key, number in recounted.items() if number})


def _counted_of(nodes: Iterable[Node], transaction: Transaction, names: GraphNames, *, before: bool) -> Counts:
    triples = [triple for node in nodes for triple in _default(transaction, names, (node, None, None), before=before)]
    known: dict[Node, list[Node]] = {}

    def kinds(node: Node) -> list[Node]:
        if node not in known:
            typed = _default(transaction, names, (node, RDF.type, None), before=before)
            known[node] = [kind for _, _, kind in typed if isinstance(kind, URIRef)]
        return known[node]

    return _counted(triples, kinds)


def _default(
    transaction: Transaction,
    names: GraphNames,
    pattern: tuple[Node | None, Node | None, Node | None],
    *,
    before: bool = False,
) -> Iterator[Triple]:
    return transaction.find(pattern, before=before, without=(names.description,))


def _counted(triples: Iterable[Triple], kinds: Kinds) -> Counts:
    counts: Counts = Counter()
    for subject, predicate, value in triples:
        own = kinds(subject)
        if predicate == RDF.type and value in own:
            counts[str(value),] += 1
        for kind in own:
            if _belong(kind, predicate):
                counts[str(kind), str(predicate)] += 1
                types = (typed for typed in _value_types(value, kinds) if _belong(kind, typed[1]))
                counts.update((str(kind), str(predicate), category, str(term)) for category, term in types)
    return counts


def _value_types(value: Node, kinds: Kinds) -> Iterator[tuple[str, Node]]:
    if isinstance(value, Literal):
        yield "datatype", value.datatype or (RDF.langString if value.language else XSD.string)
    else:
        yield from (("class", kind) for kind in kinds(value))


def _belong(kind: Node, term: Node) -> bool:
    """Tell whether a term describes a class: not if they are from two vocabularies that describe the same things."""
    vocabularies = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in (str(kind), str(term))}
    return len(vocabularies) == 1 or not vocabularies <= ALIGNED
