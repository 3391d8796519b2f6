"""The network of a version, read from its columns: people, bodies and happenings, joined as `network-edges` has it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from kg.namespaces import CQ
from server.search.network import Edge, Node, Web, woven
from server.search.property_columns import Column, Columns
from server.search.side_letters import letters
from server.search.tsv_cells import is_iri, text

KINDS = ("Person", "Organization", "Group", "Meeting", "Event", "Scenario")
"""The classes of nodes; what is of several is called by the first."""
LOOSE = (str(CQ.about), str(CQ.addressee))
"""Relations that a chain takes only where no other of its length joins the two."""


def read_web(columns: Columns) -> Web:
    """Return the network of a version."""
    nodes = {each.iri: each for each in _nodes(columns)}
    known = {f"<{each}>" for each in nodes}
    joined = {edge for edge in _edges(columns, known) if edge.one != edge.other}
    by_relation = defaultdict[str, list[Edge]](list)
    for edge in joined:
        by_relation[edge.relation].append(edge)
    ordered = (by_relation[relation] for relation in sorted(by_relation, key=_looseness))
    edges = [edge for some in ordered for edge in sorted(some, key=_ends)]
    return woven(_sided(nodes, edges, letters(side_counts(columns))), edges)


def side_counts(columns: Columns) -> Counter[str]:
    """Return how many participants are on each side."""
    return Counter(columns.iri(side) for sides in columns["side"].values() for side in sides if is_iri(side))


def _nodes(columns: Columns) -> Iterator[Node]:
    names, took = columns.first("name"), _sides_taken(columns)
    first, last = columns.first("earliestBegin"), columns.first("latestEnd")
    seen = set[str]()
    for kind in KINDS:
        for thing in columns.members(kind):
            if thing in names and thing not in seen:
                seen.add(thing)
                times = (text(each.get(thing, "")) for each in (first, last))
                yield Node(columns.iri(thing), kind.lower(), text(names[thing]), took.get(thing, ""), *times)


def _sides_taken(columns: Columns) -> dict[str, str]:
    """Return the letter of the least side that each participant took, where it has one."""
    found: dict[str, str] = {}
    known, participants = letters(side_counts(columns)), columns["participant"]
    for part, sides in columns["side"].items():
        for who in participants.get(part, ()):
            found[who] = min(found.get(who, sides[0]), sides[0])
    return {who: known.get(columns.iri(side), "") for who, side in found.items()}


def _edges(columns: Columns, known: set[str]) -> Iterator[Edge]:
    """Yield what joins two that are known: the relations of the query `network-edges`."""
    for one, relation, other in _joined(columns):
        if one in known and other in known:
            yield Edge(columns.iri(one), relation, columns.iri(other))


def _joined(columns: Columns) -> Iterator[tuple[str, str, str]]:
    for prop in ("participationIn", "envisagedIn"):
        yield from _through(columns["participant"], str(CQ[prop]), columns[prop])
    for prop in ("addressee", "about"):
        yield from _through(columns["source"], str(CQ[prop]), columns[prop])
    predicates = columns["linkPredicate"]
    for link, subjects in columns["linkSubject"].items():
        for predicate in filter(is_iri, predicates.get(link, ())):
            yield from _through({link: subjects}, columns.iri(predicate), columns["linkObject"])
    places = columns["postIn"]
    posts = {held: [at for post in all_ for at in places.get(post, ())] for held, all_ in columns["post"].items()}
    yield from _through(columns["holder"], str(CQ.holds), posts)
    for prop in ("subEventOf", "resultOf"):
        for one, others in columns[prop].items():
            yield from ((one, str(CQ[prop]), other) for other in others)


def _through(ones: Column, relation: str, others: Column) -> Iterator[tuple[str, str, str]]:
    """Yield what one property of a thing is joined with to another of the same thing."""
    for thing, found in ones.items():
        for other in others.get(thing, ()):
            yield from ((one, relation, other) for one in found)


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


def _looseness(relation: str) -> tuple[bool, str]:
    return relation in LOOSE, relation


def _ends(edge: Edge) -> tuple[str, str]:
    return edge.one, edge.other
