"""The network of agents and events: nodes, edges, filters, and how nodes and edges are read from columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.namespaces import CQ
from server.search.property_columns import Column, Columns
from server.search.record_paths import CLASS, NAMED, path, paths
from server.search.tsv_cells import is_iri, text

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
        """Return whether the relation holds or the event took place, rather than being planned, feared or denied."""
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
    """Some nodes and the edges between them, with the degree of each node in the part that they are taken from."""

    nodes: Mapping[str, NetworkNode]
    edges: Sequence[NetworkEdge]
    degrees: Mapping[str, int]

    @cached_property
    def relations(self) -> list[tuple[str, int]]:
        """Return the relations and how often each joins two nodes, the most frequent first."""
        counts = Counter(edge.relation for edge in self.edges)
        return sorted(counts.items(), key=lambda count: (-count[1], count[0]))


def assign_side_letters(counts: Mapping[str, int]) -> dict[str, str]:
    """Return the letters a and b for the two sides with the most participants."""
    main_sides = sorted(counts, key=lambda side: (-counts[side], side))[:2]
    return dict(zip(main_sides, "ab", strict=False))


# The first class that applies determines the kind of a node.
NODE_CLASSES = ("Person", "Organization", "Group", "Meeting", "Event", "Scenario")
# A path uses them only if no other path is as short.
WEAK_RELATIONS = (str(CQ.about), str(CQ.addressee))
BELONGING = tuple(sorted(str(relation) for relation in (CQ.affiliatedWith, CQ.memberOf, CQ.holds, CQ.partOf)))
"""Relations by which an agent that took no side itself gets the side of what it belongs to."""
IS_NODE = (NAMED, *(f"{CLASS}{kind}" for kind in NODE_CLASSES))
PATHS = (
    *map(path, ("name", *(f"{CLASS}{kind}" for kind in NODE_CLASSES), "earliestBegin", "latestEnd", "linkPredicate")),
    path("^participant", "side"),
    *(
        way
        for ends in (
            *(("participant",), ("participationIn",), ("envisagedIn",), ("source",), ("addressee",), ("about",)),
            *(("linkSubject",), ("linkObject",), ("holder",), ("post", "postIn"), ("subEventOf",), ("resultOf",)),
        )
        for way in paths(*ends, ends=IS_NODE)
    ),
)


def side_letters(columns: Columns) -> dict[str, str]:
    """Return the letters of the sides with the most participations, by IRI."""
    return assign_side_letters({columns.iri(side): number for side, number in columns.sides.items() if is_iri(side)})


def nodes_due(columns: Columns) -> Iterator[NetworkNode]:
    """Yield the nodes that are due, each with the side that it took itself."""
    names, sides = columns.first("name"), _sides_taken(columns)
    first, last = columns.first("earliestBegin"), columns.first("latestEnd")
    seen = set[str]()
    for kind in NODE_CLASSES:
        for thing in columns.members(kind):
            if thing in names and thing not in seen and columns.is_due(thing):
                seen.add(thing)
                times = (text(column.get(thing, "")) for column in (first, last))
                yield NetworkNode(columns.iri(thing), kind.lower(), text(names[thing]), sides.get(thing, ""), *times)


def _sides_taken(columns: Columns) -> dict[str, str]:
    """Return the letter of the first side (by IRI) that each participant took, if that side has one."""
    first_sides: dict[str, str] = {}
    letters, participants = side_letters(columns), columns["participant"]
    for participation, sides in columns["side"].items():
        for participant in participants.get(participation, ()):
            first_sides[participant] = min(first_sides.get(participant, sides[0]), sides[0])
    return {participant: letters.get(columns.iri(side), "") for participant, side in first_sides.items()}


def relations_with_origins(columns: Columns) -> Iterator[tuple[str, str, str, str]]:
    """Yield (origin, start, relation, end) of each relation whose origin is due, like the query `network-edges`."""
    for origin, start, relation, end in _relations(columns):
        if columns.is_due(origin) and is_iri(start) and is_iri(end) and start != end:
            yield origin, start, relation, end


def _relations(columns: Columns) -> Iterator[tuple[str, str, str, str]]:
    for prop in ("participationIn", "envisagedIn"):
        yield from _join_by_subject(columns["participant"], str(CQ[prop]), columns[prop])
    for prop in ("addressee", "about"):
        yield from _join_by_subject(columns["source"], str(CQ[prop]), columns[prop])
    predicates = columns["linkPredicate"]
    for link, subjects in columns["linkSubject"].items():
        for predicate in filter(is_iri, predicates.get(link, ())):
            yield from _join_by_subject({link: subjects}, columns.iri(predicate), columns["linkObject"])
    places = columns["postIn"]
    organizations = {
        holding: [organization for post in posts for organization in places.get(post, ())]
        for holding, posts in columns["post"].items()
    }
    yield from _join_by_subject(columns["holder"], str(CQ.holds), organizations)
    for prop in ("subEventOf", "resultOf"):
        for start, ends in columns[prop].items():
            yield from ((start, start, str(CQ[prop]), end) for end in ends)


def _join_by_subject(starts: Column, relation: str, ends: Column) -> Iterator[tuple[str, str, str, str]]:
    """Yield an edge from each value of one property to each value of another, by the subject that is its origin."""
    for subject, values in starts.items():
        for end in ends.get(subject, ()):
            yield from ((subject, start, relation, end) for start in values)
