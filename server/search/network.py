"""The network of people, bodies and happenings: who is joined to whom, by what, and which part of it is asked for."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kg.moments import DAY
from kg.namespaces import CQ
from server.search.time_spans import read

UNREAL = str(CQ.envisagedIn)
HAPPENINGS = frozenset(("meeting", "event", "scenario"))


@dataclass(frozen=True, slots=True)
class Node:
    """A person, body or happening; `first` and `last` bound its time, empty where nothing is known."""

    iri: str
    kind: str
    name: str
    side: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One relation between two nodes, read from `one` to `other`."""

    one: str
    relation: str
    other: str

    @property
    def real(self) -> bool:
        """Tell whether it holds or took place, rather than being planned, feared or denied."""
        return self.relation != UNREAL


@dataclass(frozen=True)
class Wanted:
    """Which part of a network is asked for: relations (none: all), how real, and the days between which it lies."""

    relations: frozenset[str] = frozenset()
    real: str = "all"
    since: str = ""
    until: str = ""

    def node(self, node: Node) -> bool:
        """Tell whether a node belongs to it; what has no time does so whatever the days are."""
        if self.real != "all" and node.kind in HAPPENINGS and (node.kind == "scenario") == (self.real == "yes"):
            return False
        if not (self.since or self.until):
            return True
        (since, first), (until, last) = (
            map(read, pair) for pair in ((self.since, node.first), (self.until, node.last))
        )
        if since and last and last < since:
            return False
        return not (until and first and first.seconds >= until.seconds + DAY)

    def edge(self, edge: Edge) -> bool:
        """Tell whether an edge belongs to it."""
        if self.relations and edge.relation not in self.relations:
            return False
        return self.real == "all" or edge.real == (self.real == "yes") or self.real == "no"


ALL = Wanted()


@dataclass(frozen=True)
class Web:
    """A network, and the edges at each of its nodes; both in the order in which a chain prefers them."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    at: Mapping[str, list[Edge]] = field(repr=False)

    @cached_property
    def ranked(self) -> list[str]:
        """Return the nodes that have edges, those with the most first."""
        return sorted(self.at, key=lambda iri: (-len(self.at[iri]), iri))

    @cached_property
    def relations(self) -> list[tuple[str, int]]:
        """Return the relations and how often each joins two nodes, the most frequent first."""
        counted = Counter(each.relation for each in self.edges)
        return sorted(counted.items(), key=lambda found: (-found[1], found[0]))

    def part(self, wanted: Wanted) -> Web:
        """Return the part that is wanted."""
        if wanted == ALL:
            return self
        nodes = {iri: node for iri, node in self.nodes.items() if wanted.node(node)}
        edges = (each for each in self.edges if each.one in nodes and each.other in nodes and wanted.edge(each))
        return woven(nodes, edges)

    def busiest(self, most: int) -> Web:
        """Return the nodes with the most edges, and the edges between them."""
        return self.among({*self.ranked[:most]})

    def around(self, iri: str) -> Web:
        """Return a node, what it is joined to, and the edges between them."""
        near = {end for each in self.at.get(iri, ()) for end in (each.one, each.other)}
        return self.among(near | {iri} & {*self.nodes})

    def among(self, iris: set[str]) -> Web:
        """Return these nodes and the edges between them."""
        nodes = {iri: self.nodes[iri] for iri in sorted(iris) if iri in self.nodes}
        near = (each for iri in nodes for each in self.at.get(iri, ()) if each.one == iri)
        return woven(nodes, (each for each in near if each.other in nodes))

    def chain(self, start: str, goal: str) -> list[Edge] | None:
        """Return the fewest edges that lead from one node to another, firm ones first; None where none do."""
        came: dict[str, Edge | None] = {start: None}
        waiting = deque([start])
        while waiting and goal not in came:
            here = waiting.popleft()
            for edge in self.at.get(here, ()):
                there = far(edge, here)
                if there not in came:
                    came[there] = edge
                    waiting.append(there)
        return [*_back(came, goal)][::-1] if goal in came else None


def far(edge: Edge, here: str) -> str:
    """Return the other end of an edge."""
    return edge.other if edge.one == here else edge.one


def woven(nodes: Mapping[str, Node], edges: Iterable[Edge]) -> Web:
    """Return a network of nodes and edges."""
    kept = tuple(edges)
    at: dict[str, list[Edge]] = {}
    for edge in kept:
        at.setdefault(edge.one, []).append(edge)
        at.setdefault(edge.other, []).append(edge)
    return Web(nodes, kept, at)


def _back(came: Mapping[str, Edge | None], goal: str) -> Iterator[Edge]:
    here, edge = goal, came[goal]
    while edge is not None:
        yield edge
        here = far(edge, here)
        edge = came[here]
