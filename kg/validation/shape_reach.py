"""How far the shapes reach from the validated node, computed from the shapes themselves.

This keeps the validation of a change small: a state that a thousand articles mention is pointed at from everywhere, and
shapes read hardly any of these triples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields

from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.term import Node

from kg.reachability import reachable
from kg.terms import to_text
from kg.validation.declared_targets import shapes_with_targets
from kg.validation.query_reach import EVERY_RELATION, QueryReach, ReachOfQueries, query_reach

SEVERITIES_THAT_CONFORM = (SH.Info, SH.Warning)
COUNTING_PREDICATES = frozenset({SH.minCount, SH.maxCount, SH.path, SH.message, SH.severity, RDF.type})
"""Predicates of a property shape that only counts values and does not read their triples."""
CLASS_READING_PREDICATES = COUNTING_PREDICATES | {
    *(SH["class"], SH.datatype, SH.equals, SH.hasValue, SH["in"], SH.lessThan, SH.lessThanOrEquals),
    *(SH.maxExclusive, SH.maxInclusive, SH.minExclusive, SH.minInclusive, SH.nodeKind, SH.pattern),
}
"""Predicates of a property shape that reads no more of its values than their classes."""
NESTED_SHAPE_PREDICATES = (SH["and"], SH["not"], SH["or"], SH.node, SH.qualifiedValueShape, SH.xone)


@dataclass(frozen=True, kw_only=True)
class ShapeReach(ReachOfQueries[frozenset[bytes]]):
    """The relations that shapes read, in N-Triples, by their position relative to the validated node."""

    inbound: frozenset[bytes]
    """Relations by which shapes read what points at the node."""
    followed: frozenset[bytes]
    """The inbound relations whose other end is read in turn."""
    distant: frozenset[bytes]
    """Relations read beyond the first step: a change of such a triple affects what points at its subject."""
    onward: frozenset[bytes] | None
    """Relations that lead to a node of which shapes read more than its classes; None if any relation may."""


def violations_only(shapes: Graph) -> Graph:
    """Return the shapes, with those deactivated whose results never make data nonconforming."""
    active = Graph()
    active += shapes
    for severity in SEVERITIES_THAT_CONFORM:
        for shape in shapes.subjects(SH.severity, severity):
            active.add((shape, SH.deactivated, Literal(lexical_or_value=True)))
    return active


def shape_reach_of(shapes: Graph) -> ShapeReach:
    """Return how far the active shapes reach, by their paths and queries."""
    active = {shape for shape in shapes.subjects() if (shape, SH.deactivated, None) not in shapes}
    paths = [(shape, path) for shape, path in shapes.subject_objects(SH.path) if shape in active]
    inverse = {(shape, relation) for shape, path in paths for relation in _inverse_relations(path, shapes)}
    # A shape that only counts what points at a node does not need the triples of the other ends.
    reading = {relation for shape, relation in inverse if set(shapes.predicates(shape)) - COUNTING_PREDICATES}
    prefixes = declared_prefixes(shapes)
    queries = [asdict(query_reach(str(text), prefixes)) for text in shapes.objects(None, SH.select)]
    # Of all queries together, by field.
    read = {
        field.name: _texts(URIRef(iri) for query in queries for iri in query[field.name] if iri != EVERY_RELATION)
        for field in fields(QueryReach)
    }
    towards_this, off_this, onward = (read.pop(name) for name in ("towards_this", "off_this", "onward"))
    may_follow_any = any(EVERY_RELATION in query["onward"] for query in queries)
    return ShapeReach(
        inbound=_texts(relation for _, relation in inverse) | towards_this,
        followed=_texts(reading) | towards_this,
        distant=_texts({RDF.type, *_later_steps(paths, shapes), *_nested_relations(shapes)}) | off_this,
        onward=None if may_follow_any else onward | _texts({RDF.type, *_onward_relations(paths, shapes)}),
        **read,
    )


def declared_prefixes(shapes: Graph) -> dict[str, str]:
    """Return the prefixes that the shapes' queries may use."""
    declarations = shapes.objects(None, SH.declare)
    return {str(shapes.value(node, SH.prefix)): str(shapes.value(node, SH.namespace)) for node in declarations}


def _texts(relations: Iterable[Node]) -> frozenset[bytes]:
    return frozenset(map(to_text, relations))


def _inverse_relations(path: Node, shapes: Graph) -> Iterator[Node]:
    for node in _parts(path, shapes):
        for inverse in shapes.objects(node, SH.inversePath):
            yield from _iris(inverse, shapes)


def _later_steps(paths: Iterable[tuple[Node, Node]], shapes: Graph) -> Iterator[Node]:
    """Yield the relations after the first step of a path."""
    for _, path in paths:
        if (path, RDF.first, None) in shapes:
            yield from (relation for step in list(shapes.items(path))[1:] for relation in _iris(step, shapes))
        elif not isinstance(path, URIRef) and not set(shapes.predicates(path)) <= {SH.alternativePath, SH.inversePath}:
            yield from _iris(path, shapes)


def _onward_relations(paths: Iterable[tuple[Node, Node]], shapes: Graph) -> Iterator[Node]:
    """Yield the relations by which property shapes lead to nodes of which they read more than the classes."""
    for shape, path in paths:
        if not isinstance(path, URIRef):
            yield from _forward_steps(path, shapes)
        elif not set(shapes.predicates(shape)) <= CLASS_READING_PREDICATES:
            yield path


def _forward_steps(path: Node, shapes: Graph) -> Iterator[Node]:
    """Yield the relations of a path that are not simply followed from value to subject."""
    for node in _parts(path, shapes):
        # The inverse of an inverse is rare enough to take all its relations for forward steps.
        if any(not isinstance(inverse, URIRef) for inverse in shapes.objects(node, SH.inversePath)):
            yield from _iris(node, shapes)
        for predicate, step in shapes.predicate_objects(node):
            if predicate not in (SH.inversePath, RDF.type) and isinstance(step, URIRef) and step != RDF.nil:
                yield step


def _nested_relations(shapes: Graph) -> Iterator[Node]:
    """Yield the relations read by shapes without a target, which are applied to values of other shapes."""
    nested = {
        node
        for predicate in NESTED_SHAPE_PREDICATES
        for value in shapes.objects(None, predicate)
        for node in _parts(value, shapes)
    }
    for shape in reachable(nested - shapes_with_targets(shapes), lambda shape: shapes.objects(shape, SH.property)):
        yield from (relation for path in shapes.objects(shape, SH.path) for relation in _iris(path, shapes))


def _parts(node: Node, shapes: Graph) -> set[Node]:
    """Return a node of the shapes graph and, if it is blank, all nodes that it consists of."""
    return reachable([node], lambda part: () if isinstance(part, URIRef) else shapes.objects(part))


def _iris(path: Node, shapes: Graph) -> set[Node]:
    # A path of several steps is a list (SHACL, section 2.3.1.2), whose own terms are not relations of the data.
    iris: set[Node] = {node for node in _parts(path, shapes) if isinstance(node, URIRef)}
    return iris - {RDF.nil, RDF.List}
