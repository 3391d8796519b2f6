"""Finds the nodes that a change can make violate the shapes, and the part of a large graph needed to validate them.

Shapes read the triples of the validated node, those that point at it, what is up to two steps further out, and the
chains of relations that their paths repeat. Terms are N-Triples texts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from rdflib import RDF

from kg.terms import TextPattern, TextTriple, to_text
from kg.validation.shape_reach import ShapeReach
from kg.validation.value_tests import is_literal

MAX_INBOUND = 200
"""Up to this many inbound triples of a node are fetched together; more are fetched by each relation that is read."""
MAX_SINGLE_RELATIONS = 2
"""Up to this many relations, the triples that lead to a node are looked up for each relation separately."""
TYPE = to_text(RDF.type)
NodeTest = Callable[[bytes], bool]
_ByRelation = Mapping[bytes, Sequence[TextTriple]]


class LargeTripleSource(Protocol):
    """Finds triples in a graph where a node may have too many inbound triples to find them all quickly."""

    def triples(self, pattern: TextPattern, /) -> Iterable[TextTriple]:
        """Return the triples that match."""

    def has_more(self, pattern: TextPattern, limit: int) -> bool:
        """Return whether more than `limit` triples may match."""

    def referrers(self, node: bytes, /) -> Iterable[bytes]:
        """Return the subjects of all triples that lead to a node."""


class CachedSubjects:
    """Fetches the triples of each subject once, and the triples that lead to a node once if they are few."""

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

    def classes(self, subject: bytes) -> Iterable[TextTriple]:
        """Return the triples of a subject's classes, without fetching its others."""
        known = self._outbound.get(subject)
        return self._graph.triples((subject, TYPE, None)) if known is None else known.get(TYPE, ())

    def inbound(self, value: bytes, relations: Collection[bytes]) -> Iterator[TextTriple]:
        """Yield the triples that lead to a node by one of these relations."""
        # Serializing everything that leads to a node takes longer than a few look-ups by relation.
        by_relation = self._inbound_of(value) if len(relations) > MAX_SINGLE_RELATIONS else self._inbound.get(value)
        if by_relation is None:
            for relation in relations:
                yield from self._graph.triples((None, relation, value))
        else:
            for relation in by_relation.keys() & relations:
                yield from by_relation[relation]

    def referrers(self, node: bytes) -> Iterable[bytes]:
        """Return the subjects of all triples that lead to a node."""
        return self._graph.referrers(node)

    def may_lead_to(self, value: bytes) -> bool:
        """Return whether any triple may lead to a node."""
        if value not in self._related:
            self._related[value] = self._graph.has_more((None, None, value), 0)
        return self._related[value]

    def _inbound_of(self, node: bytes) -> _ByRelation | None:
        """Return all triples that lead to a node in one look-up for all relations, None if they are too many."""
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


def affected_nodes(
    changed: Iterable[TextTriple],
    reach: ShapeReach,
    *graphs: CachedSubjects,
    except_for: NodeTest = lambda _node: False,
) -> frozenset[bytes]:
    """Return the nodes to validate again, where each changed triple is in one of the graphs but not in the other.

    These are: the nodes of the changed triples; where shapes read such a triple from a distance, what refers to its
    subject; what reads either from the other end of a relation (a post reads its holdings); and what comes before and
    after it on a chain of relations that a path repeats. Referrers in `except_for` are left out, with what they alone
    lead to.
    """
    triples = list(changed)
    focus = {node for subject, _, value in triples for node in (subject, value)}
    changes: dict[bytes, set[tuple[bytes, bytes]]] = {}
    for subject, relation, value in triples:
        changes.setdefault(subject, set()).add((relation, value))
    # In the graphs before and after the change: references to a node may have been removed or added.
    for graph in graphs:
        for node, relations_and_values in changes.items():
            referring = _referrers(node, relations_and_values, graph, reach)
            referrers = {node, *(referrer for referrer in referring if not except_for(referrer))}
            focus |= referrers
            focus |= {value for source in referrers for value in _values(source, graph, reach.followed)}
        for subject, relation, value in triples:
            if relation in reach.beside_repeated:
                focus |= _along_chains(subject, value, graph, reach)
    return frozenset(focus)


def surrounding_triples(focus: Collection[bytes], graph: CachedSubjects, reach: ShapeReach) -> set[TextTriple]:
    """Return the part of a graph on which validating `focus` gives the same results as on the whole graph."""
    part = set[TextTriple]()
    # No triple has a literal as its subject, so nothing is fetched for literals.
    near = {node for node in focus if not is_literal(node)}
    referrers = set[bytes]()
    for node in near:
        for triple in graph.inbound(node, reach.inbound):
            part.add(triple)
            if triple[1] in reach.followed:
                referrers.add(triple[0])
    # In this order: each step starts from what the previous one found, and copies nothing twice.
    near |= _chain(near, graph, reach.repeated, reach.repeated_inverse)
    values = _copy_triples(near, graph, part) - near
    neighbours = values if reach.onward is None else _copy_triples(near, graph, part, reach.onward) - near
    for node in values - neighbours:
        part.update(graph.classes(node))
    _copy_triples(neighbours, graph, part)
    outer = referrers | _chain(referrers | neighbours, graph, reach.repeated, reach.repeated_inverse)
    further = _copy_triples(outer - near, graph, part, reach.distant) - near - outer
    _copy_triples(further, graph, part, reach.distant)
    return part


def _along_chains(subject: bytes, value: bytes, graph: CachedSubjects, reach: ShapeReach) -> set[bytes]:
    """Return the nodes that may read a triple by a path with repeated relations, from its beginning or its end."""
    before = {subject, *_chain([subject], graph, reach.repeated_inverse, reach.repeated)}
    behind = {value, *_chain([value], graph, reach.repeated, reach.repeated_inverse)}
    chain = before | behind
    beginnings = {source for node in before for source in _subjects(graph, reach.to_repeated, node)}
    return chain | beginnings | {end for node in chain for end in _values(node, graph, reach.followed)}


def _referrers(
    node: bytes, changes: Collection[tuple[bytes, bytes]], graph: CachedSubjects, reach: ShapeReach
) -> Iterator[bytes]:
    """Yield the nodes that refer to a node and may read one of its changed relations and values."""
    # Such a relation is read from a distance, so anything that refers to its subject may read it.
    if any(relation in reach.distant for relation, _ in changes):
        yield from graph.referrers(node)
        return
    yield from _subjects(graph, reach.any_triple, node)
    # Most relations are named by no node, which can be checked without looking at what refers to this one.
    if named := [change for change in changes if graph.may_lead_to(change[0])]:
        subjects = _subjects(graph, reach.named_triple - reach.any_triple, node)
        yield from (subject for subject in subjects if _names_one(subject, named, graph))


def _names_one(node: bytes, changes: Iterable[tuple[bytes, bytes]], graph: CachedSubjects) -> bool:
    """Return whether a node's values include both the relation and the value of a change, as a link's do."""
    values = {value for triples in graph.outbound(node).values() for _, _, value in triples}
    return any(relation in values and value in values for relation, value in changes)


def _values(node: bytes, graph: CachedSubjects, relations: Collection[bytes]) -> list[bytes]:
    outbound = graph.outbound(node)
    # The intersection first: most nodes have few relations, and most shapes read none of them.
    return [value for relation in outbound.keys() & relations for _, _, value in outbound[relation]]


def _subjects(graph: CachedSubjects, relations: Collection[bytes], value: bytes) -> Iterator[bytes]:
    return (subject for subject, _, _ in graph.inbound(value, relations))


def _chain(
    nodes: Iterable[bytes], graph: CachedSubjects, forward: Collection[bytes], backward: Collection[bytes]
) -> set[bytes]:
    """Return the nodes reached through relations, `forward` to their values and `backward` to their subjects."""
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
    """Add the nodes' triples to `part`, all or only those of these relations; return the nodes that they lead to."""
    reached: set[bytes] = set()
    for node in nodes:
        outbound = graph.outbound(node)
        for relation in outbound if relations is None else outbound.keys() & relations:
            part.update(outbound[relation])
            reached.update(value for _, _, value in outbound[relation])
    return {node for node in reached if not is_literal(node)}
