"""Computes which organizations sources, addressees and participants belong to, according to the same article.

A property chain cannot express this: it would join a statement of one article with a holding of another, and somebody
who has changed sides would always have spoken for both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import product

from rdflib import URIRef

from kg.mapping.triples.located_triples import LocatedTriple
from kg.namespaces import CQ
from kg.reachability import reachable

SIDES = {
    CQ.source: CQ.sourceSide,
    CQ.onBehalfOf: CQ.sourceSide,
    CQ.speakingAs: CQ.sourceSide,
    CQ.addressee: CQ.addresseeSide,
    CQ.attendee: CQ.participantSide,
    CQ.participant: CQ.participantSide,
    CQ.side: CQ.participantSide,
}
"""The property that states a value's organizations as a side; the ontology entails that the value itself is one."""
ORGANIZATIONS_BY = frozenset({CQ.affiliatedWith, CQ.partOf, CQ.postIn})
OF_BONDS = frozenset({CQ.incumbent, CQ.post, CQ.linkSubject, CQ.linkPredicate, CQ.linkObject})
"""The properties that state who belongs to what."""
Objects = defaultdict[tuple[URIRef, URIRef], list[URIRef]]


def implied_sides(triples: Iterable[LocatedTriple], has_ended: Callable[[URIRef], bool]) -> Iterator[LocatedTriple]:
    """Yield the organizations of each side by an article's triples; `has_ended` is applied to links."""
    listed, objects = [*triples], Objects(list)
    for triple in listed:
        if triple.predicate in OF_BONDS and isinstance(triple.object, URIRef):
            objects[triple.subject, triple.predicate].append(triple.object)
    bonds = _bonds(objects, has_ended)
    for triple in listed:
        if triple.predicate in SIDES and isinstance(triple.object, URIRef):
            for organization in sorted(_organizations(triple.object, bonds)):
                yield LocatedTriple(triple.subject, SIDES[triple.predicate], organization, triple.location)


def _bonds(objects: Objects, has_ended: Callable[[URIRef], bool]) -> dict[URIRef, list[tuple[URIRef, URIRef]]]:
    """Return what each person or thing belongs to, and by which property."""
    bonds = defaultdict(list)
    for (node, predicate), values in [*objects.items()]:
        if predicate == CQ.incumbent:
            for holder, post in product(values, objects[node, CQ.post]):
                bonds[holder].append((CQ.holds, post))
        elif predicate == CQ.linkPredicate and not has_ended(node):
            for relation, subject, value in product(
                values, objects[node, CQ.linkSubject], objects[node, CQ.linkObject]
            ):
                if relation == CQ.member:
                    bonds[value].append((CQ.memberOf, subject))
                elif relation == CQ.memberOf or relation in ORGANIZATIONS_BY:
                    bonds[subject].append((relation, value))
    return bonds


def _organizations(start: URIRef, bonds: dict[URIRef, list[tuple[URIRef, URIRef]]]) -> set[URIRef]:
    """Return every organization that a person or thing belongs to, directly or through groups and posts."""
    reached = reachable([start], lambda node: (larger for _, larger in bonds.get(node, ())))
    return {larger for node in reached for relation, larger in bonds.get(node, ()) if relation in ORGANIZATIONS_BY}
