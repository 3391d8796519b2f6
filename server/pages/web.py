"""The network of people, bodies and happenings, read once a version: who is joined to whom, by what."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.formats import TSV
from kg.namespaces import CQ
from kg.store.port import Query, Version
from server.pages.findings import query
from server.pages.names import sides
from server.site import site

UNREAL = str(CQ.envisagedIn)
HAPPENINGS = frozenset(("meeting", "event", "scenario"))
LOOSE = (str(CQ.about), str(CQ.addressee))
"""Relations that a chain takes only where no other of its length joins the two."""


@dataclass(frozen=True)
class Node:
    """A person, body or happening; `first` and `last` bound its time, empty where nothing is known."""

    iri: str
    kind: str
    name: str
    side: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
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
        return not (self.since and node.last and node.last[:10] < self.since) and not (
            self.until and node.first and node.first[:10] > self.until
        )

    def edge(self, edge: Edge) -> bool:
        """Tell whether an edge belongs to it."""
        if self.relations and edge.relation not in self.relations:
            return False
        return self.real == "all" or edge.real == (self.real == "yes") or self.real == "no"


ALL = Wanted()


@dataclass(frozen=True)
class Web:
    """A network, and the edges at each of its nodes."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    at: Mapping[str, list[Edge]] = field(repr=False)

    def part(self, wanted: Wanted) -> Web:
        """Return the part that is wanted."""
        if wanted == ALL:
            return self
        nodes = {iri: node for iri, node in self.nodes.items() if wanted.node(node)}
        edges = (each for each in self.edges if each.one in nodes and each.other in nodes and wanted.edge(each))
        return woven(nodes, edges)

    def busiest(self, most: int) -> Web:
        """Return the nodes with the most edges, and the edges between them."""
        ranked = sorted(self.at, key=lambda iri: (-len(self.at[iri]), iri))[:most]
        return self.among({*ranked})

    def around(self, iri: str) -> Web:
        """Return a node, what it is joined to, and the edges between them."""
        near = {end for each in self.at.get(iri, ()) for end in (each.one, each.other)}
        return self.among(near | {iri} & {*self.nodes})

    def among(self, iris: set[str]) -> Web:
        """Return these nodes and the edges between them."""
        nodes = {iri: node for iri, node in self.nodes.items() if iri in iris}
        return woven(nodes, (each for each in self.edges if each.one in nodes and each.other in nodes))

    def chain(self, start: str, goal: str) -> list[Edge] | None:
        """Return the fewest edges that lead from one node to another, firm ones first; None where none do."""
        came: dict[str, Edge | None] = {start: None}
        waiting = deque([start])
        while waiting and goal not in came:
            here = waiting.popleft()
            for edge in sorted(self.at.get(here, ()), key=_looseness):
                there = far(edge, here)
                if there not in came:
                    came[there] = edge
                    waiting.append(there)
        return [*_back(came, goal)][::-1] if goal in came else None


def far(edge: Edge, here: str) -> str:
    """Return the other end of an edge."""
    return edge.other if edge.one == here else edge.one


def web(version: Version) -> Web:
    """Return the network of a version."""
    found: Web = site().once("web", version, lambda: _read(version))
    return found


def woven(nodes: Mapping[str, Node], edges: Iterable[Edge]) -> Web:
    """Return a network of nodes and edges."""
    kept = tuple(edges)
    at: dict[str, list[Edge]] = {}
    for edge in kept:
        at.setdefault(edge.one, []).append(edge)
        at.setdefault(edge.other, []).append(edge)
    return Web(nodes, kept, at)


def _read(version: Version) -> Web:
    letters = sides(version)
    told = [Node(iri(row[0]), text(row[1])[2:], text(row[2]), letters.get(iri(row[3]), ""), text(row[4]), text(row[5]))
            for row in tabled("network-nodes", version)]  # fmt: skip
    nodes = {each.iri: each for each in told}
    edges = [Edge(iri(row[0]), iri(row[1]), iri(row[2])) for row in tabled("network-edges", version)]
    joined = [each for each in edges if each.one in nodes and each.other in nodes and each.one != each.other]
    return woven(_sided(nodes, joined, letters), joined)


def _sided(nodes: dict[str, Node], edges: list[Edge], letters: Mapping[str, str]) -> dict[str, Node]:
    """Give those who belong to a side its letter, where they took no side themselves."""
    belongs = {str(CQ.affiliatedWith), str(CQ.memberOf), str(CQ.holds), str(CQ.partOf)}
    found = {iri: letters[iri] for iri in letters if iri in nodes}
    for edge in edges:
        if edge.relation in belongs and edge.other in letters:
            found.setdefault(edge.one, letters[edge.other])
    return {
        iri: node
        if node.side or iri not in found
        else Node(iri, node.kind, node.name, found[iri], node.first, node.last)
        for iri, node in nodes.items()
    }


def tabled(name: str, version: Version) -> Iterator[list[str]]:
    """Return a query's rows as TSV spells them: at this size, reading JSON would take longer than the query."""
    answer = site().store.query(Query(query(name)[1], TSV, None, version=version.name))
    lines = b"".join(answer.chunks).decode().split("\n")
    return (line.split("\t") for line in lines[1:] if line)


def iri(written: str) -> str:
    """Return the IRI that a cell of TSV holds."""
    return written[1:-1]


def text(written: str) -> str:
    """Return the text of the literal that a cell of TSV holds."""
    if not written.startswith('"'):
        return written
    inner = written[1 : written.rindex('"')]
    return inner if "\\" not in inner else inner.encode("latin-1", "backslashreplace").decode("unicode_escape")


def _looseness(edge: Edge) -> tuple[bool, str, str, str]:
    return (edge.relation in LOOSE, edge.relation, edge.one, edge.other)


def _back(came: Mapping[str, Edge | None], goal: str) -> Iterator[Edge]:
    here, edge = goal, came[goal]
    while edge is not None:
        yield edge
        here = far(edge, here)
        edge = came[here]


def relations(whole: Web) -> list[tuple[str, int]]:
    """Return the relations of a network and how often each joins two nodes, the most frequent first."""
    counted = Counter(each.relation for each in whole.edges)
    return sorted(counted.items(), key=lambda found: (-found[1], found[0]))
