"""Which nodes a change can make violate the shapes, and the part of a large graph that validating them needs.

From the node that they validate, shapes read its own triples, those that point at it, what lies up to two steps further
out, and the chains of relations that their paths repeat. Terms are their texts in N-Triples.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from kg.terms import TextPattern, TextTriple
from kg.validation.shape_reach import ShapeReach
from kg.validation.value_tests import is_literal

MAX_INBOUND = 200
"""Triples that lead to a node up to which all are fetched at once, rather than by each relation that shapes read."""
MAX_SINGLE_RELATIONS = 2
"""Relations up to which what leads to a node is looked up for each alone."""
_ByRelation = Mapping[bytes, Sequence[TextTriple]]


class LargeTripleSource(Protocol):
    """Finds triples where so many may lead to a node that finding them all takes long."""

    def triples(self, pattern: TextPattern, /) -> Iterable[TextTriple]:
        """Return the triples that match."""

    def has_more(self, pattern: TextPattern, limit: int) -> bool:
        """Tell whether more triples may match than `limit`."""


class CachedSubjects:
    """Fetches the triples of each subject once, and those that lead to a node if they are few."""

    def __init__(self, graph: LargeTripleSource) -> None:
        self._graph = graph
        self._outbound: dict[bytes, _ByRelation] = {}
        self._inbound: dict[bytes, _ByRelation | None] = {}
        self._related: dict[bytes, bool] = {}

    def outbound(self, subject: bytes) -> _ByRelation:
        """Return the triples of a subject by relation."""
        if subject not in self._outbound:
            self._outbound[subject] = _by_relation(self._graph.triples((subject, None, None)))
        return self._outbound[subject]

    def inbound(self, value: bytes, relations: Collection[bytes]) -> Iterator[TextTriple]:
        """Yield the triples of relations that lead to a node."""
        # To write out all that leads to a node takes longer than looking up what does by few relations.
        by_relation = self._inbound_of(value) if len(relations) > MAX_SINGLE_RELATIONS else self._inbound.get(value)
        if by_relation is None:
            for relation in relations:
                yield from self._graph.triples((None, relation, value))
        else:
            for relation in by_relation.keys() & relations:
                yield from by_relation[relation]

    def all_inbound(self, value: bytes) -> Iterable[TextTriple]:
        """Return all triples that lead to a node."""
        return self._graph.triples((None, None, value))

    def may_lead_to(self, value: bytes) -> bool:
        """Tell whether any triple may lead to a node."""
        if value not in self._related:
            self._related[value] = self._graph.has_more((None, None, value), 0)
        return self._related[value]

    def _inbound_of(self, node: bytes) -> _ByRelation | None:
        """Return what leads to a node, None if that is too much: one look-up then serves for all relations."""
        if node not in self._inbound:
            pattern = (None, None, node)
            has_many = self._graph.has_more(pattern, MAX_INBOUND)
            self._inbound[node] = None if has_many else _by_relation(self._graph.triples(pattern))
        return self._inbound[node]


def _by_relation(triples: Iterable[TextTriple]) -> _ByRelation:
    by_relation: dict[bytes, list[TextTriple]] = {}
    for triple in triples:
        by_relation.setdefault(triple[1], []).append(triple)
    return by_relation


def affected_nodes(changed: Iterable[TextTriple], reach: ShapeReach, *graphs: CachedSubjects) -> frozenset[bytes]:
    """Return the nodes to validate again when each changed triple is in one of the graphs and not in the other.

    These are: the nodes of the changed triples; where shapes read such a triple from a distance, what refers to its
    subject; what reads either from the other end of a relation (a post reads its holdings); and what lies before and
    behind it on a chain of relations that a path repeats.
    """
    triples = list(changed)
    focus = {node for subject, _, value in triples for node in (subject, value)}
    changes: dict[bytes, set[tuple[bytes, bytes]]] = {}
    for subject, relation, value in triples:
        changes.setdefault(subject, set()).add((relation, value))
    # In the graph before the change and the one after it: what referred to a node may no longer, and the reverse.
    for graph in graphs:
        for node, relations_and_values in changes.items():
            referrers = {node, *_referrers(node, relations_and_values, graph, reach)}
            focus |= referrers
            focus |= {value for source in referrers for value in _values(source, graph, reach.followed)}
        for subject, relation, value in triples:
            if relation in reach.beside_repeated:
                focus |= _along_chains(subject, value, graph, reach)
    return frozenset(focus)


def surrounding_triples(focus: Collection[bytes], graph: CachedSubjects, reach: ShapeReach) -> set[TextTriple]:
    """Return the part of a graph on which validating `focus` gives the results that the whole graph gives."""
    part = set[TextTriple]()
    # No triple has a literal as its subject: nothing is fetched for one.
    near = {node for node in focus if not is_literal(node)}
    referrers = set[bytes]()
    for node in near:
        for triple in graph.inbound(node, reach.inbound):
            part.add(triple)
            if triple[1] in reach.followed:
                referrers.add(triple[0])
    # In this order: each step looks from what the one before it has found, and copies nothing twice.
    near |= _chain(near, graph, reach.repeated, reach.repeated_inverse)
    neighbours = _copy_triples(near, graph, part) - near
    _copy_triples(neighbours, graph, part)
    outer = referrers | _chain(referrers | neighbours, graph, reach.repeated, reach.repeated_inverse)
    further = _copy_triples(outer - near, graph, part, reach.distant) - near - outer
    _copy_triples(further, graph, part, reach.distant)
    return part


def _along_chains(subject: bytes, value: bytes, graph: CachedSubjects, reach: ShapeReach) -> set[bytes]:
    """Return what may read a triple by a path that repeats relations, from where it begins or where it ends."""
    before = {subject, *_chain([subject], graph, reach.repeated_inverse, reach.repeated)}
    behind = {value, *_chain([value], graph, reach.repeated, reach.repeated_inverse)}
    chain = before | behind
    beginnings = {source for node in before for source in _subjects(graph, reach.to_repeated, node)}
    return chain | beginnings | {end for node in chain for end in _values(node, graph, reach.followed)}


def _referrers(
    node: bytes, changes: Collection[tuple[bytes, bytes]], graph: CachedSubjects, reach: ShapeReach
) -> Iterator[bytes]:
    """Yield what refers to a node and may read one of the changed relations and values of it."""
    # Such a relation is read from a distance, so that whatever refers to its subject may read it.
    if any(relation in reach.distant for relation, _ in changes):
        yield from (subject for subject, _, _ in graph.all_inbound(node))
        return
    yield from _subjects(graph, reach.any_triple, node)
    # Most relations are named by no node, which is known without looking at what refers to this one.
    if named := [change for change in changes if graph.may_lead_to(change[0])]:
        subjects = _subjects(graph, reach.named_triple - reach.any_triple, node)
        yield from (subject for subject in subjects if _names_one(subject, named, graph))


def _names_one(node: bytes, changes: Iterable[tuple[bytes, bytes]], graph: CachedSubjects) -> bool:
    """Tell whether a node has both the relation and the value of a change among its own values, as a link does."""
    values = {value for triples in graph.outbound(node).values() for _, _, value in triples}
    return any(relation in values and value in values for relation, value in changes)


def _values(node: bytes, graph: CachedSubjects, relations: Collection[bytes]) -> list[bytes]:
    outbound = graph.outbound(node)
    # By what there is of the two: most nodes have few relations, and most shapes read none of them.
    return [value for relation in outbound.keys() & relations for _, _, value in outbound[relation]]


def _subjects(graph: CachedSubjects, relations: Collection[bytes], value: bytes) -> Iterator[bytes]:
    return (subject for subject, _, _ in graph.inbound(value, relations))


def _chain(
    nodes: Iterable[bytes], graph: CachedSubjects, forward: Collection[bytes], backward: Collection[bytes]
) -> set[bytes]:
    """Return what is reached from nodes by relations, `forward` to their values and `backward` to their subjects."""
    seen, pending = set[bytes](), [*nodes]
    while pending:
        node = pending.pop()
        if not is_literal(node):
            ahead = {*_values(node, graph, forward), *_subjects(graph, backward, node)}
            pending += ahead - seen
            seen |= ahead
    return seen


def _copy_triples(
    nodes: Iterable[bytes], graph: CachedSubjects, part: set[TextTriple], relations: Collection[bytes] | None = None
) -> set[bytes]:
    """Add the nodes' own triples to `part`, of all or only these relations; return the nodes that they lead to."""
    reached: set[bytes] = set()
    for node in nodes:
        outbound = graph.outbound(node)
        for relation in outbound if relations is None else outbound.keys() & relations:
            part.update(outbound[relation])
            reached.update(value for _, _, value in outbound[relation])
    return {node for node in reached if not is_literal(node)}
