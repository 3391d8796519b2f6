"""Checks that relations join what the ontology allows: that the place of an event is a place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from rdflib import RDF
from rdflib.term import Node

from kg.errors import Location, Problem
from kg.mapping.documents.mapping_vocabulary import Classes, MappingVocabulary
from kg.mapping.documents.schema_check import shown
from kg.mapping.triples.document_triples import DocumentTriples, in_words, node_name, short_name
from kg.mapping.triples.located_triples import LocatedTriple
from kg.namespaces import CQ

TYPE = frozenset({RDF.type})
LINK_KEYS = dict.fromkeys((CQ.linkSubject, CQ.linkPredicate, CQ.linkObject))
Types = Mapping[Node, Node]
"""The class that a document states for each node."""


def types_in(documents: Iterable[DocumentTriples]) -> Types:
    """Return the types that documents state for the nodes that they define."""
    triples = (triple for document in documents for triple in document.triples)
    return {triple.subject: triple.object for triple in triples if triple.predicate in TYPE}


def type_faults(documents: Sequence[DocumentTriples], types: Types, vocabulary: MappingVocabulary) -> Iterator[Problem]:
    """Yield a problem for every end of a relation whose type the relation does not allow there."""
    for document in documents:
        mistyped = [*_mistyped(document.triples, types, vocabulary)]
        link_keys = _keys_of_links(document.triples) if mistyped else {}
        for triple, end, unmet in mistyped:
            node, way = (triple.subject, "starts from") if end == 0 else (triple.object, "leads to")
            keys = link_keys.get(triple.location)
            relation = f"{shown(short_name(triple.predicate))} {way}"
            yield Problem(keys[end] if keys else triple.location, _fault(node, types[node], unmet, relation))


def _mistyped(
    triples: Iterable[LocatedTriple], types: Types, vocabulary: MappingVocabulary
) -> Iterator[tuple[LocatedTriple, int, Classes]]:
    """Yield relations with the index of a mistyped end in the triple, and the classes that were expected there."""

    @cache  # a document has few such pairs, but thousands of relations
    def unmet(alternatives: frozenset[Classes], type_: Node) -> Classes | None:
        superclasses = vocabulary.superclasses.get(type_)
        # Another check reports an unknown class.
        return next((classes for classes in alternatives if not classes & superclasses), None) if superclasses else None

    for triple in triples:
        ends = vocabulary.ends.get(triple.predicate)
        for end, node, alternatives in (
            ((0, triple.subject, ends.subject), (2, triple.object, ends.object)) if ends else ()
        ):
            # A node without a type is defined in no document: it is an IRI from elsewhere, or a literal.
            type_ = types.get(node) if alternatives else None
            if type_ is not None and (classes := unmet(alternatives, type_)) is not None:
                yield triple, end, classes


def _fault(node: Node, type_: Node, expected: Classes, way: str) -> str:
    names = " or ".join(sorted(map(_with_article, expected)))
    return f"{shown(node_name(node))} is {_with_article(type_)}; expected {names}, which is what {way}."


def _with_article(class_: Node) -> str:
    words = in_words(class_)
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def _keys_of_links(triples: Iterable[LocatedTriple]) -> dict[Location, tuple[Location, ...]]:
    """Return the locations of each link's three keys, by that of its predicate, which is the relation's too."""
    places: dict[Node, dict[Node, Location]] = defaultdict(dict)
    for triple in triples:
        if triple.predicate in LINK_KEYS:
            places[triple.subject][triple.predicate] = triple.location
    return {keys[CQ.linkPredicate]: tuple(keys[key] for key in LINK_KEYS) for keys in places.values()}
