"""Checks that relations join what the ontology lets them join: that what an event has as its place is a place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rdflib import RDF
from rdflib.term import Node

from kg.errors import Location, Problem
from kg.mapping.document_triples import DocumentTriples, in_words, node_name, short_name
from kg.mapping.located_triples import LocatedTriple
from kg.mapping.mapping_vocabulary import Classes, MappingVocabulary
from kg.mapping.schema_check import shown
from kg.namespaces import CQ

LINK_KEYS = (CQ.linkSubject, CQ.linkPredicate, CQ.linkObject)
Types = Mapping[Node, Node]
"""The class that a document gives each node."""


def types_in(documents: Iterable[DocumentTriples]) -> Types:
    """Return the types that documents give the nodes that they define."""
    triples = (triple for document in documents for triple in document.triples)
    return {triple.subject: triple.object for triple in triples if triple.predicate == RDF.type}


def type_faults(documents: Sequence[DocumentTriples], types: Types, vocabulary: MappingVocabulary) -> Iterator[Problem]:
    """Yield a problem for every end of a relation that is of another type than the relation can have there."""
    for document in documents:
        link_keys = _keys_of_links(document.triples)
        for triple in document.triples:
            if ends := vocabulary.ends.get(triple.predicate):
                subject, _, value = link_keys.get(triple.location, (triple.location,) * 3)
                relation = shown(short_name(triple.predicate))
                for node, alternatives, location, way in (
                    (triple.subject, ends.subject, subject, f"{relation} starts from"),
                    (triple.object, ends.object, value, f"{relation} leads to"),
                ):
                    if (type_ := types.get(node)) is None:
                        continue  # no document defines it: it is an IRI from elsewhere, or a literal
                    superclasses = vocabulary.superclasses.get(type_, frozenset())
                    unmet = next((classes for classes in alternatives if not classes & superclasses), None)
                    # An unknown class is the fault of another check.
                    if superclasses and unmet is not None:
                        yield Problem(location, _fault(node, type_, unmet, way))


def _fault(node: Node, type_: Node, expected: Classes, way: str) -> str:
    names = " or ".join(sorted(map(_with_article, expected)))
    return f"{shown(node_name(node))} is {_with_article(type_)}; expected {names}, which is what {way}."


def _with_article(class_: Node) -> str:
    words = in_words(class_)
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def _keys_of_links(triples: Iterable[LocatedTriple]) -> dict[Location, tuple[Location, ...]]:
    """Return the places of the three keys of each link by that of its predicate, where its relation is stated."""
    places: dict[Node, dict[Node, Location]] = defaultdict(dict)
    for triple in triples:
        if triple.predicate in LINK_KEYS:
            places[triple.subject][triple.predicate] = triple.location
    return {keys[CQ.linkPredicate]: tuple(keys[key] for key in LINK_KEYS) for keys in places.values()}
