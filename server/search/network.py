"""The network of agents and events: its nodes and edges, filters, neighbourhoods and shortest paths."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kg.moments import DAY
from kg.namespaces import CQ
from server.search.time_spans import parse_moment

UNREAL_RELATION = str(CQ.envisagedIn)
EVENT_KINDS = frozenset(("meeting", "event", "scenario"))


@dataclass(frozen=True, slots=True)
class NetworkNode:
    """An agent or an event; `first` and `last` bound its time and are empty if unknown."""

    iri: str
    kind: str
    name: str
    side: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class NetworkEdge:
    """One relation between two nodes, read from `start` to `end`."""

    start: str
    relation: str
    end: str

    @property
    def real(self) -> bool:
        """Tell whether the relation holds or the event took place, rather than being planned, feared or denied."""
        return self.relation != UNREAL_RELATION


@dataclass(frozen=True)
class NetworkFilter:
    """Filters a network by relations (empty: all), by whether events are real, and by days."""

    relations: frozenset[str] = frozenset()
    real: str = "all"
    since: str = ""
    until: str = ""

    def includes_node(self, node: NetworkNode) -> bool:
        """Tell whether a node matches; a node without a time matches any days."""
        if self.real != "all" and node.kind in EVENT_KINDS and (node.kind == "scenario") == (self.real == "yes"):
            return False
        if not (self.since or self.until):
            return True
        (since, first), (until, last) = (
            map(parse_moment, pair) for pair in ((self.since, node.first), (self.until, node.last))
        )
        if since and last and last < since:
            return False
        return not (until and first and first.seconds >= until.seconds + DAY)

    def includes_edge(self, edge: NetworkEdge) -> bool:
        """Tell whether an edge matches."""
        if self.relations and edge.relation not in self.relations:
            return False
        return edge.real or self.real != "yes"


NO_FILTER = NetworkFilter()


@dataclass(frozen=True)
class Network:
    """Nodes and edges, with the edges at each node, in the order in which shortest paths prefer them."""

    nodes: Mapping[str, NetworkNode]
    edges: tuple[NetworkEdge, ...]
    at: Mapping[str, list[NetworkEdge]] = field(repr=False)

    @cached_property
    def ranked(self) -> list[str]:
        """Return the IRIs of the nodes that have edges, by descending degree."""
        return sorted(self.at, key=lambda iri: (-len(self.at[iri]), iri))

    @cached_property
    def relations(self) -> list[tuple[str, int]]:
        """Return the relations and how often each joins two nodes, the most frequent first."""
        counts = Counter(edge.relation for edge in self.edges)
        return sorted(counts.items(), key=lambda count: (-count[1], count[0]))

    def part(self, chosen: NetworkFilter) -> Network:
        """Return the part that matches a filter."""
        if chosen == NO_FILTER:
            return self
        nodes = {iri: node for iri, node in self.nodes.items() if chosen.includes_node(node)}
        edges = (edge for edge in self.edges if edge.start in nodes and edge.end in nodes)
        return build_network(nodes, filter(chosen.includes_edge, edges))

    def busiest(self, max_nodes: int) -> Network:
        """Return the nodes of highest degree and the edges between them."""
        return self.among({*self.ranked[:max_nodes]})

    def around(self, iri: str) -> Network:
        """Return a node, its neighbours, and the edges between them."""
        neighbours = {end for edge in self.at.get(iri, ()) for end in (edge.start, edge.end)}
        return self.among(neighbours | {iri} & {*self.nodes})

    def between(self, here: str, there: str) -> list[NetworkEdge]:
        """Return the edges between two nodes."""
        return [edge for edge in self.at.get(here, ()) if other_end(edge, here) == there]

    def among(self, iris: set[str]) -> Network:
        """Return these nodes and the edges between them."""
        nodes = {iri: self.nodes[iri] for iri in sorted(iris) if iri in self.nodes}
        starting = (edge for iri in nodes for edge in self.at.get(iri, ()) if edge.start == iri)
        return build_network(nodes, (edge for edge in starting if edge.end in nodes))

    def chains(self, start: str, goal: str) -> Iterator[list[str]]:
        """Yield the nodes of every shortest path; none if there is no path."""
        steps = {start: 0}
        waiting = deque([start])
        while waiting and goal not in steps:
            here = waiting.popleft()
            for edge in self.at.get(here, ()):
                there = other_end(edge, here)
                if there not in steps:
                    steps[there] = steps[here] + 1
                    waiting.append(there)
        return _walk_back(self.at, steps, goal) if goal in steps else iter(())


def other_end(edge: NetworkEdge, here: str) -> str:
    """Return the other end of an edge."""
    return edge.end if edge.start == here else edge.start


def build_network(nodes: Mapping[str, NetworkNode], edges: Iterable[NetworkEdge]) -> Network:
    """Return a network of nodes and edges."""
    edges = tuple(edges)
    at: dict[str, list[NetworkEdge]] = {}
    for edge in edges:
        at.setdefault(edge.start, []).append(edge)
        at.setdefault(edge.end, []).append(edge)
    return Network(nodes, edges, at)


def _walk_back(at: Mapping[str, list[NetworkEdge]], steps: Mapping[str, int], here: str) -> Iterator[list[str]]:
    """Yield the paths to a node along which every node is one step farther from the start."""
    if not steps[here]:
        yield [here]
    # Once each, however many edges lead there, in the order in which paths prefer them.
    for there in dict.fromkeys(other_end(edge, here) for edge in at.get(here, ())):
        if steps.get(there) == steps[here] - 1:
            yield from ([*path, here] for path in _walk_back(at, steps, there))
