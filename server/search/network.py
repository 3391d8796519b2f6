"""The network of agents and events: nodes, edges, filters, and the few of them that a page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.namespaces import CQ

UNREAL_RELATION = str(CQ.envisagedIn)


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
    """Filters a network by relations (empty: all), by whether events are real, and by days.

    A node without a time matches any days.
    """

    relations: frozenset[str] = frozenset()
    real: str = "all"
    since: str = ""
    until: str = ""


NO_FILTER = NetworkFilter()


@dataclass(frozen=True)
class Network:
    """Some nodes and the edges between them, with the degree of each node in the part that they were taken from."""

    nodes: Mapping[str, NetworkNode]
    edges: Sequence[NetworkEdge]
    degrees: Mapping[str, int]

    @cached_property
    def relations(self) -> list[tuple[str, int]]:
        """Return the relations and how often each joins two nodes, the most frequent first."""
        counts = Counter(edge.relation for edge in self.edges)
        return sorted(counts.items(), key=lambda count: (-count[1], count[0]))


def other_end(edge: NetworkEdge, here: str) -> str:
    """Return the other end of an edge."""
    return edge.end if edge.start == here else edge.start
