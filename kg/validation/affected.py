"""What a change can make violate the shapes, and what must be at hand to tell: validation of a part of a large graph.

The shapes read, from the node that they are about: its own triples, those that point at it, what lies up to two steps
further out, and the chains of the transitive relations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from rdflib import Graph, URIRef
from rdflib.term import Node

from kg.namespaces import CQ, OA

CHAINS = (CQ.condition, CQ.consequence, CQ.partOf, CQ.relays, CQ.resultOf, CQ.subEventOf, CQ.within)
ONWARD = (CQ.post, CQ.inArticle, OA.hasSource)
"""By these, what points at a node points on at another that reads both: a holding at its post."""

Pattern = tuple[Node | None, Node | None, Node | None]
Triple = tuple[Node, Node, Node]


class Triples(Protocol):
    """Anything that finds triples by a pattern, None for any; an rdflib.Graph does."""

    def triples(self, pattern: Pattern, /) -> Iterable[Triple]:
        """Return the triples that match."""


def affected(changed: Collection[str], *graphs: Triples) -> frozenset[str]:
    """Return the nodes to validate anew when the triples of `changed` subjects differ between the graphs.

    These are: the changed nodes, what they refer to, what refers to them, and the posts and articles of the latter.
    """
    nodes = [URIRef(node) for node in changed]
    focus: set[Node] = {*nodes}
    for graph in graphs:
        for node in nodes:
            focus |= {target for _, _, target in graph.triples((node, None, None))}
            sources = {source for source, _, _ in graph.triples((None, None, node))}
            focus |= sources | {target for source in sources for target in _beyond(source, graph)}
    return frozenset(str(node) for node in focus if isinstance(node, URIRef))


def surroundings(focus: Collection[str], graph: Triples) -> Graph:
    """Return the part of a graph on which validating `focus` finds what it would find on the whole."""
    part = Graph()
    near: set[Node] = {URIRef(node) for node in focus}
    for node in tuple(near):
        pointing = [*graph.triples((None, None, node))]
        part += pointing
        near |= {source for source, _, _ in pointing} | set(_chain(node, graph))
    for _ in range(2):
        near |= _describe(near, graph, part)
    return part


def _beyond(node: Node, graph: Triples) -> Iterator[Node]:
    for path in ONWARD:
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


def _describe(nodes: Iterable[Node], graph: Triples, part: Graph) -> set[Node]:
    """Add the nodes' own triples to the part; return what they lead to."""
    reached: set[Node] = set()
    for node in nodes:
        for triple in graph.triples((node, None, None)):
            part.add(triple)
            reached.add(triple[2])
    return {node for node in reached if isinstance(node, URIRef)}
