"""Builds the network of a version from its property columns, with the edges of the query `network-edges`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from kg.namespaces import CQ
from server.search.network import Network, NetworkEdge, NetworkNode, build_network
from server.search.property_columns import Column, Columns
from server.search.side_letters import assign_side_letters
from server.search.tsv_cells import is_iri, text

NODE_CLASSES = ("Person", "Organization", "Group", "Meeting", "Event", "Scenario")
"""Classes of nodes; the first one that applies names the kind of a node."""
WEAK_RELATIONS = (str(CQ.about), str(CQ.addressee))
"""Relations that a path uses only if no other path is as short."""


def read_network(columns: Columns) -> Network:
    """Return the network of a version."""
    nodes = {each.iri: each for each in _nodes(columns)}
    known = {f"<{each}>" for each in nodes}
    joined = {edge for edge in _edges(columns, known) if edge.one != edge.other}
    by_relation = defaultdict[str, list[NetworkEdge]](list)
    for edge in joined:
        by_relation[edge.relation].append(edge)
    ordered = (by_relation[relation] for relation in sorted(by_relation, key=_weakness))
    edges = [edge for some in ordered for edge in sorted(some, key=_edge_ends)]
    return build_network(_with_member_sides(nodes, edges, assign_side_letters(side_counts(columns))), edges)


def side_counts(columns: Columns) -> Counter[str]:
    """Return how many participants are on each side."""
    return Counter(columns.iri(side) for sides in columns["side"].values() for side in sides if is_iri(side))


def _nodes(columns: Columns) -> Iterator[NetworkNode]:
    names, took = columns.first("name"), _sides_taken(columns)
    first, last = columns.first("earliestBegin"), columns.first("latestEnd")
    seen = set[str]()
    for kind in NODE_CLASSES:
        for thing in columns.members(kind):
            if thing in names and thing not in seen:
                seen.add(thing)
                times = (text(each.get(thing, "")) for each in (first, last))
                yield NetworkNode(columns.iri(thing), kind.lower(), text(names[thing]), took.get(thing, ""), *times)


def _sides_taken(columns: Columns) -> dict[str, str]:
    """Return the letter of the first side (by IRI) that each participant took, if that side has one."""
    found: dict[str, str] = {}
    known, participants = assign_side_letters(side_counts(columns)), columns["participant"]
    for part, sides in columns["side"].items():
        for who in participants.get(part, ()):
            found[who] = min(found.get(who, sides[0]), sides[0])
    return {who: known.get(columns.iri(side), "") for who, side in found.items()}


def _edges(columns: Columns, known: set[str]) -> Iterator[NetworkEdge]:
    """Yield the edges between known nodes: the relations of the query `network-edges`."""
    for one, relation, other in _relation_cells(columns):
        if one in known and other in known:
            yield NetworkEdge(columns.iri(one), relation, columns.iri(other))


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
    posts = {held: [at for post in all_ for at in places.get(post, ())] for held, all_ in columns["post"].items()}
    yield from _join_by_subject(columns["holder"], str(CQ.holds), posts)
    for prop in ("subEventOf", "resultOf"):
        for one, others in columns[prop].items():
            yield from ((one, str(CQ[prop]), other) for other in others)


def _join_by_subject(ones: Column, relation: str, others: Column) -> Iterator[tuple[str, str, str]]:
    """Yield an edge from each value of one property to each value of another, subject by subject."""
    for thing, found in ones.items():
        for other in others.get(thing, ()):
            yield from ((one, relation, other) for one in found)


def _with_member_sides(
    nodes: dict[str, NetworkNode], edges: list[NetworkEdge], letters: Mapping[str, str]
) -> dict[str, NetworkNode]:
    """Give members of a side its letter unless they took a side themselves."""
    belongs = {str(CQ.affiliatedWith), str(CQ.memberOf), str(CQ.holds), str(CQ.partOf)}
    found = {iri: letters[iri] for iri in letters if iri in nodes}
    for edge in edges:
        if edge.relation in belongs and edge.other in letters:
            found.setdefault(edge.one, letters[edge.other])
    return {
        iri: node
        if node.side or iri not in found
        else NetworkNode(iri, node.kind, node.name, found[iri], node.first, node.last)
        for iri, node in nodes.items()
    }


def _weakness(relation: str) -> tuple[bool, str]:
    return relation in WEAK_RELATIONS, relation


def _edge_ends(edge: NetworkEdge) -> tuple[str, str]:
    return edge.one, edge.other
