"""What a change can make violate the shapes, and what must be at hand to tell: validation of a part of a large graph.

The shapes read, from the node that they are about: its own triples, those that point at it, what lies up to two steps
further out, and the chains of the transitive relations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from rdflib import Graph, Literal
from rdflib.term import Node

from kg.namespaces import CQ
from kg.validation.shape_reach import Reach

CHAINS = (CQ.condition, CQ.consequence, CQ.partOf, CQ.relays, CQ.resultOf, CQ.subEventOf, CQ.within)
Pattern = tuple[Node | None, Node | None, Node | None]
Triple = tuple[Node, Node, Node]


class Triples(Protocol):
    """Anything that finds triples by a pattern, None for any; an rdflib.Graph does."""

    def triples(self, pattern: Pattern, /) -> Iterable[Triple]:
        """Return the triples that match."""


class Remembered:
    """A graph that is asked once only for what it says of a subject."""

    def __init__(self, graph: Triples) -> None:
        self._graph = graph
        self._told: dict[Node, list[Triple]] = {}

    def triples(self, pattern: Pattern, /) -> Iterable[Triple]:
        """Return the triples that match."""
        subject, path, value = pattern
        if subject is None:
            return self._graph.triples(pattern)
        if subject not in self._told:
            self._told[subject] = [*self._graph.triples((subject, None, None))]
        return (each for each in self._told[subject] if path in (None, each[1]) and value in (None, each[2]))


def affected(changed: Iterable[Triple], reach: Reach, *graphs: Triples) -> frozenset[Node]:
    """Return the nodes to validate anew when the changed triples are in one of the graphs and not in the other.

    These are: the nodes of the changed triples; where shapes look at such a triple from afar, what refers to its
    subject; and what looks back at either from the other end of a relation (a post at its holdings).
    """
    triples = list(changed)
    focus = {node for subject, _, value in triples for node in (subject, value)}
    told: dict[Node, set[tuple[Node, Node]]] = {}
    for subject, path, value in triples:
        told.setdefault(subject, set()).add((path, value))
    for graph in graphs:
        for node, facts in told.items():
            sources = {node, *_sources(node, facts, graph, reach)}
            focus |= sources | {target for source in sources for target in _beyond(source, graph, reach.followed)}
    return frozenset(focus)


def surroundings(focus: Collection[Node], graph: Triples, reach: Reach, part: Graph | None = None) -> Graph:
    """Return the part of a graph on which validating `focus` finds what it would find on the whole.

    It is added to `part`, where one is given.
    """
    part = Graph() if part is None else part
    near = {node for node in focus if not isinstance(node, Literal)}
    sources = set[Node]()
    for node in near:
        for path in reach.inbound:
            pointing = [*graph.triples((None, path, node))]
            part += pointing
            sources |= {source for source, _, _ in pointing if path in reach.followed}
    near |= {further for node in near for further in _chain(node, graph)}
    _describe(_describe(near, graph, part) - near, graph, part)
    _describe(_describe(sources - near, graph, part, reach.afar) - near - sources, graph, part, reach.afar)
    return part


def _sources(node: Node, changed: Collection[tuple[Node, Node]], graph: Triples, reach: Reach) -> Iterator[Node]:
    """Yield what refers to a node and may look at what changed of it, told by relations and values."""
    if any(path in reach.afar for path, _ in changed):
        yield from (source for source, _, _ in graph.triples((None, None, node)))
        return
    for path in reach.openly | reach.named:
        for source, _, _ in graph.triples((None, path, node)):
            if path in reach.openly or _names_one(source, changed, graph):
                yield source


def _names_one(source: Node, facts: Iterable[tuple[Node, Node]], graph: Triples) -> bool:
    named = {value for _, _, value in graph.triples((source, None, None))}
    return any(path in named and value in named for path, value in facts)


def _beyond(node: Node, graph: Triples, paths: Iterable[Node]) -> Iterator[Node]:
    for path in paths:
        yield from (target for _, _, target in graph.triples((node, path, None)))


def _chain(node: Node, graph: Triples) -> set[Node]:
    seen: set[Node] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        ahead = {target for path in CHAINS for _, _, target in graph.triples((here, path, None))} - seen
        seen |= ahead
        waiting += ahead
    return seen


def _describe(nodes: Iterable[Node], graph: Triples, part: Graph, paths: Collection[Node] | None = None) -> set[Node]:
    """Add the nodes' own triples to the part, only those of some relations if told; return what they lead to."""
    reached: set[Node] = set()
    for node in nodes:
        for triple in graph.triples((node, None, None)):
            if paths is None or triple[1] in paths:
                part.add(triple)
                reached.add(triple[2])
    return {node for node in reached if not isinstance(node, Literal)}
