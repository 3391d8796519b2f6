"""Builds the network of a version from its property columns, with the edges of the query `network-edges`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kg.namespaces import CQ
from server.search.network import NetworkEdge, NetworkNode
from server.search.property_columns import Column, Columns
from server.search.side_letters import assign_side_letters
from server.search.tsv_cells import is_iri, text

NODE_CLASSES = ("Person", "Organization", "Group", "Meeting", "Event", "Scenario")
"""Classes of nodes; the first one that applies names the kind of a node."""
WEAK_RELATIONS = (str(CQ.about), str(CQ.addressee))
"""Relations that a path uses only if no other path is as short."""


def read_network(columns: Columns) -> tuple[list[NetworkNode], list[NetworkEdge]]:
    """Return the nodes and the edges of a version."""
    nodes = {node.iri: node for node in _nodes(columns)}
    edges = [*{*_edges(columns, {f"<{iri}>" for iri in nodes})}]
    return _with_member_sides(nodes, sorted(edges, key=_edge_place), assign_side_letters(side_counts(columns))), edges


def side_counts(columns: Columns) -> Counter[str]:
    """Return how many participants are on each side."""
    return Counter(columns.iri(side) for sides in columns["side"].values() for side in sides if is_iri(side))


def _nodes(columns: Columns) -> Iterator[NetworkNode]:
    names, sides = columns.first("name"), _sides_taken(columns)
    first, last = columns.first("earliestBegin"), columns.first("latestEnd")
    seen = set[str]()
    for kind in NODE_CLASSES:
        for thing in columns.members(kind):
            if thing in names and thing not in seen:
                seen.add(thing)
                times = (text(column.get(thing, "")) for column in (first, last))
                yield NetworkNode(columns.iri(thing), kind.lower(), text(names[thing]), sides.get(thing, ""), *times)


def _sides_taken(columns: Columns) -> dict[str, str]:
    """Return the letter of the first side (by IRI) that each participant took, if that side has one."""
    first_sides: dict[str, str] = {}
    letters, participants = assign_side_letters(side_counts(columns)), columns["participant"]
    for participation, sides in columns["side"].items():
        for participant in participants.get(participation, ()):
            first_sides[participant] = min(first_sides.get(participant, sides[0]), sides[0])
    return {participant: letters.get(columns.iri(side), "") for participant, side in first_sides.items()}


def _edges(columns: Columns, known: set[str]) -> Iterator[NetworkEdge]:
    """Yield the edges between two known nodes: the relations of the query `network-edges`."""
    for start, relation, end in _relation_cells(columns):
        if start in known and end in known and start != end:
            yield NetworkEdge(columns.iri(start), relation, columns.iri(end))


def _relation_cells(columns: Columns) -> Iterator[tuple[str, str, str]]:
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
            yield from ((start, str(CQ[prop]), end) for end in ends)


def _join_by_subject(starts: Column, relation: str, ends: Column) -> Iterator[tuple[str, str, str]]:
    """Yield an edge from each value of one property to each value of another, subject by subject."""
    for subject, values in starts.items():
        for end in ends.get(subject, ()):
            yield from ((start, relation, end) for start in values)


def _with_member_sides(
    nodes: dict[str, NetworkNode], edges: list[NetworkEdge], letters: Mapping[str, str]
) -> list[NetworkNode]:
    """Give members of a side its letter unless they took a side themselves."""
    belongs = {str(CQ.affiliatedWith), str(CQ.memberOf), str(CQ.holds), str(CQ.partOf)}
    member_sides = {iri: letters[iri] for iri in letters if iri in nodes}
    for edge in edges:
        if edge.relation in belongs and edge.end in letters:
            member_sides.setdefault(edge.start, letters[edge.end])
    return [
        node if node.side or iri not in member_sides else replace(node, side=member_sides[iri])
        for iri, node in nodes.items()
    ]


def _edge_place(edge: NetworkEdge) -> tuple[bool, str, str, str]:
    return edge.relation in WEAK_RELATIONS, edge.relation, edge.start, edge.end
