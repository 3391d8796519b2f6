"""Which nodes a change can make violate the shapes, and the part of a large graph that validating them needs.

From the node that they validate, shapes read its own triples, those that point at it, what lies up to two steps further
out, and the chains of relations that their paths repeat.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Protocol

from rdflib import Graph, Literal
from rdflib.term import Node

from kg.terms import new_graph
from kg.validation.shape_reach import ShapeReach

MAX_INBOUND = 200
"""Triples that lead to a node up to which all are fetched at once, rather than by each relation that shapes read."""
TripleMatch = tuple[Node | None, Node | None, Node | None]
Triple = tuple[Node, Node, Node]
_ByRelation = dict[Node | None, list[Triple]]


class TripleSource(Protocol):
    """Anything that finds triples by a pattern in which None matches any term; an rdflib.Graph does."""

    def triples(self, pattern: TripleMatch, /) -> Iterable[Triple]:
        """Return the triples that match."""

    def __contains__(self, pattern: TripleMatch, /) -> bool:
        """Tell whether a triple may match."""


class LargeTripleSource(Protocol):
    """Finds triples where so many may lead to a node that finding them all takes long."""

    def triples(self, pattern: TripleMatch, /) -> Iterable[Triple]:
        """Return the triples that match."""

    def has_more(self, pattern: TripleMatch, limit: int) -> bool:
        """Tell whether more triples may match than `limit`."""


class CachedSubjects:
    """A triple source that fetches the triples of each subject once, and those that lead to a node if they are few."""

    def __init__(self, graph: LargeTripleSource) -> None:
        self._graph = graph
        self._outbound: dict[Node, _ByRelation] = {}
        self._inbound: dict[Node, _ByRelation | None] = {}
        self._matched: dict[TripleMatch, bool] = {}

    def triples(self, pattern: TripleMatch, /) -> Iterable[Triple]:
        """Return the triples that match."""
        subject, relation, value = pattern
        if subject is None:
            inbound = None if value is None or relation is None else self._inbound_of(value)
            return self._graph.triples(pattern) if inbound is None else inbound.get(relation, ())
        if subject not in self._outbound:
            self._outbound[subject] = _by_relation(self._graph.triples((subject, None, None)))
        outbound = self._outbound[subject]
        matching = chain.from_iterable(outbound.values()) if relation is None else outbound.get(relation, ())
        return matching if value is None else (triple for triple in matching if triple[2] == value)

    def __contains__(self, pattern: TripleMatch, /) -> bool:
        """Tell whether a triple may match."""
        if pattern not in self._matched:
            self._matched[pattern] = self._graph.has_more(pattern, 0)
        return self._matched[pattern]

    def _inbound_of(self, node: Node) -> _ByRelation | None:
        """Return what leads to a node, None if that is too much: one look-up then serves for all relations."""
        if node not in self._inbound:
            pattern = (None, None, node)
            has_many = self._graph.has_more(pattern, MAX_INBOUND)
            self._inbound[node] = None if has_many else _by_relation(self._graph.triples(pattern))
        return self._inbound[node]


def _by_relation(triples: Iterable[Triple]) -> _ByRelation:
    by_relation: _ByRelation = {}
    for triple in triples:
        by_relation.setdefault(triple[1], []).append(triple)
    return by_relation


def affected_nodes(changed: Iterable[Triple], reach: ShapeReach, *graphs: TripleSource) -> frozenset[Node]:
    """Return the nodes to validate again when each changed triple is in one of the graphs and not in the other.

    These are: the nodes of the changed triples; where shapes read such a triple from a distance, what refers to its
    subject; what reads either from the other end of a relation (a post reads its holdings); and what lies before and
    behind it on a chain of relations that a path repeats.
    """
    triples = list(changed)
    focus = {node for subject, _, value in triples for node in (subject, value)}
    changes: dict[Node, set[tuple[Node, Node]]] = {}
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


def surrounding_triples(focus: Collection[Node], graph: TripleSource, reach: ShapeReach) -> Graph:
    """Return the part of a graph on which validating `focus` gives the results that the whole graph gives."""
    part = new_graph()
    # No triple has a literal as its subject: nothing is fetched for one.
    near = {node for node in focus if not isinstance(node, Literal)}
    referrers = set[Node]()
    for node in near:
        for relation in reach.inbound:
            for triple in graph.triples((None, relation, node)):
                part.add(triple)
                if relation in reach.followed:
                    referrers.add(triple[0])
    # In this order: each step looks from what the one before it has found, and copies nothing twice.
    near |= _chain(near, graph, reach.repeated, reach.repeated_inverse)
    neighbours = _copy_triples(near, graph, part) - near
    _copy_triples(neighbours, graph, part)
    outer = referrers | _chain(referrers | neighbours, graph, reach.repeated, reach.repeated_inverse)
    further = _copy_triples(outer - near, graph, part, reach.distant) - near - outer
    _copy_triples(further, graph, part, reach.distant)
    return part


def _along_chains(subject: Node, value: Node, graph: TripleSource, reach: ShapeReach) -> set[Node]:
    """Return what may read a triple by a path that repeats relations, from where it begins or where it ends."""
    before = {subject, *_chain([subject], graph, reach.repeated_inverse, reach.repeated)}
    behind = {value, *_chain([value], graph, reach.repeated, reach.repeated_inverse)}
    chain = before | behind
    beginnings = {
        source for node in before for relation in reach.to_repeated for source in _subjects(graph, relation, node)
    }
    return chain | beginnings | {end for node in chain for end in _values(node, graph, reach.followed)}


def _referrers(
    node: Node, changes: Collection[tuple[Node, Node]], graph: TripleSource, reach: ShapeReach
) -> Iterator[Node]:
    """Yield what refers to a node and may read one of the changed relations and values of it."""
    # Such a relation is read from a distance, so that whatever refers to its subject may read it.
    if any(relation in reach.distant for relation, _ in changes):
        yield from (subject for subject, _, _ in graph.triples((None, None, node)))
        return
    for relation in reach.any_triple:
        yield from _subjects(graph, relation, node)
    # Most relations are named by no node, which is known without looking at what refers to this one.
    if named := [change for change in changes if (None, None, change[0]) in graph]:
        for relation in reach.named_triple - reach.any_triple:
            yield from (subject for subject in _subjects(graph, relation, node) if _names_one(subject, named, graph))


def _names_one(node: Node, changes: Iterable[tuple[Node, Node]], graph: TripleSource) -> bool:
    """Tell whether a node has both the relation and the value of a change among its own values, as a link does."""
    values = {value for _, _, value in graph.triples((node, None, None))}
    return any(relation in values and value in values for relation, value in changes)


def _values(node: Node, graph: TripleSource, relations: Iterable[Node]) -> Iterator[Node]:
    for relation in relations:
        yield from (value for _, _, value in graph.triples((node, relation, None)))


def _subjects(graph: TripleSource, relation: Node, value: Node) -> Iterator[Node]:
    return (subject for subject, _, _ in graph.triples((None, relation, value)))


def _chain(
    nodes: Iterable[Node], graph: TripleSource, forward: Collection[Node], backward: Collection[Node]
) -> set[Node]:
    """Return what is reached from nodes by relations, `forward` to their values and `backward` to their subjects."""
    seen, pending = set[Node](), [*nodes]
    while pending:
        node = pending.pop()
        if not isinstance(node, Literal):
            ahead = {*_values(node, graph, forward)}.union(*(_subjects(graph, relation, node) for relation in backward))
            pending += ahead - seen
            seen |= ahead
    return seen


def _copy_triples(
    nodes: Iterable[Node], graph: TripleSource, part: Graph, relations: Collection[Node] | None = None
) -> set[Node]:
    """Add the nodes' own triples to `part`, of all or only these relations; return the nodes that they lead to."""
    reached: set[Node] = set()
    for node in nodes:
        for triple in graph.triples((node, None, None)):
            if relations is None or triple[1] in relations:
                part.add(triple)
                reached.add(triple[2])
    return {node for node in reached if not isinstance(node, Literal)}
