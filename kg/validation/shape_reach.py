"""How far the shapes look from the node that they validate, computed from the shapes themselves.

It keeps validation of a change small: a state that a thousand articles mention is pointed at from everywhere, and
shapes read hardly any of these triples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rdflib import RDF, SH, Graph, Literal, URIRef, Variable
from rdflib.paths import InvPath, MulPath, Path
from rdflib.term import Node

from kg.terms import to_text
from kg.validation.shape_targets import shapes_with_targets

TriplePattern = tuple[object, object, object]
"""A triple pattern of a query: subject, relation or path, and object."""
THIS = Variable("this")
SEVERITIES_THAT_CONFORM = (SH.Info, SH.Warning)
COUNTING_PREDICATES = frozenset({SH.minCount, SH.maxCount, SH.path, SH.message, SH.severity, RDF.type})
"""Predicates of a property shape that only counts its values and does not read them."""
NESTED_SHAPE_PREDICATES = (SH["and"], SH["not"], SH["or"], SH.node, SH.qualifiedValueShape, SH.xone)


@dataclass(frozen=True)
class ShapeReach:
    """The relations that shapes read in N-Triples, by where they stand from the validated node."""

    inbound: frozenset[bytes]
    """Relations by which shapes read what points at the node."""
    followed: frozenset[bytes]
    """Those inbound relations whose other end is read in turn."""
    distant: frozenset[bytes]
    """Relations read beyond a first step: a change of such a triple affects what points at its subject."""
    any_triple: frozenset[bytes]
    """Relations beyond which a query reads triples of any relation."""
    named_triple: frozenset[bytes]
    """Relations beyond which a query reads the triple whose relation and value its node names, as a link does."""
    repeated: frozenset[bytes]
    """Relations that a query follows any number of times in a row."""
    repeated_inverse: frozenset[bytes]
    """Relations that a query follows so from value to subject."""
    beside_repeated: frozenset[bytes]
    """All relations of the paths in which some are repeated."""
    to_repeated: frozenset[bytes]
    """Relations that lead from the validated node to where such a path begins."""


def violations_only(shapes: Graph) -> Graph:
    """Return the shapes with those deactivated whose results never keep data from conforming."""
    active = Graph()
    active += shapes
    for severity in SEVERITIES_THAT_CONFORM:
        for shape in shapes.subjects(SH.severity, severity):
            active.add((shape, SH.deactivated, Literal(lexical_or_value=True)))
    return active


def shape_reach_of(shapes: Graph) -> ShapeReach:
    """Return how far the active shapes look, by their paths and queries."""
    active = {shape for shape in shapes.subjects() if (shape, SH.deactivated, None) not in shapes}
    paths = [(shape, path) for shape, path in shapes.subject_objects(SH.path) if shape in active]
    inverse = {(shape, relation) for shape, path in paths for relation in _inverse_relations(path, shapes)}
    # A shape that only counts what points at a node need not see the other ends' own triples.
    reading = {relation for shape, relation in inverse if set(shapes.predicates(shape)) - COUNTING_PREDICATES}
    queries = [list(_query_patterns(query, shapes)) for query in shapes.objects(None, SH.select)]
    patterns = [pattern for query in queries for pattern in query]
    # A pattern that ends in $this reads what points at the node.
    towards_this = {
        relation for subject, path, target in patterns if target == THIS != subject for relation in _relations(path)
    }
    repeating = [pattern for pattern in patterns if any(_repeated_relations(pattern[1]))]
    repeated = {step for _, path, _ in repeating for step in _repeated_relations(path)}
    return ShapeReach(
        inbound=_texts({relation for _, relation in inverse} | towards_this),
        followed=_texts(reading | towards_this),
        distant=_texts(
            (RDF.type, *_later_steps(paths, shapes), *_nested_relations(shapes), *_relations_off_this(patterns))
        ),
        any_triple=_texts(relation for query in queries for relation in _before_any_relation(query, named=False)),
        named_triple=_texts(relation for query in queries for relation in _before_any_relation(query, named=True)),
        repeated=_texts(relation for relation, inverse in repeated if not inverse),
        repeated_inverse=_texts(relation for relation, inverse in repeated if inverse),
        beside_repeated=_texts(relation for _, path, _ in repeating for relation in _relations(path)),
        to_repeated=_texts(relation for query in queries for relation in _before_repeated(query)),
    )


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


def _nested_relations(shapes: Graph) -> Iterator[Node]:
    """Yield the relations that shapes without a target read, which are applied to the values of others."""
    nested = {
        node
        for predicate in NESTED_SHAPE_PREDICATES
        for value in shapes.objects(None, predicate)
        for node in _parts(value, shapes)
    }
    pending, seen = list(nested - shapes_with_targets(shapes)), set[Node]()
    while pending:
        shape = pending.pop()
        if shape not in seen:
            seen.add(shape)
            pending += shapes.objects(shape, SH.property)
            yield from (relation for path in shapes.objects(shape, SH.path) for relation in _iris(path, shapes))


def _relations_off_this(patterns: Iterable[TriplePattern]) -> Iterator[Node]:
    """Yield the relations of patterns whose subject is not the validated node, or whose path may take several steps."""
    for subject, path, _ in patterns:
        if subject != THIS or not isinstance(path, URIRef | Variable):
            yield from _relations(path)


def _before_any_relation(patterns: Sequence[TriplePattern], *, named: bool) -> Iterator[Node]:
    """Yield what leads to a node of which the query reads any relation.

    `named` chooses the nodes of which only a triple is read whose relation and value the validated node names itself.
    """
    named_by_this = {target for subject, _, target in patterns if subject == THIS}
    any_relation = [pattern for pattern in patterns if isinstance(pattern[1], Variable)]
    nodes = {subject for subject, path, target in any_relation if ({path, target} <= named_by_this) is named}
    for _, path, target in patterns:
        if target in nodes - {THIS}:
            yield from _relations(path)


def _repeated_relations(path: object, *, repeats: bool = False, inverse: bool = False) -> Iterator[tuple[Node, bool]]:
    """Yield the relations of a path that are followed any number of times, and whether from value to subject."""
    if isinstance(path, URIRef):
        if repeats:
            yield path, inverse
    elif isinstance(path, Path):
        # A question mark repeats nothing: its path has one step or none.
        repeats |= isinstance(path, MulPath) and path.mod != "?"
        # The inverse of an inverse leads from subject to value again.
        inverse ^= isinstance(path, InvPath)
        parts = (part for value in vars(path).values() for part in (value if isinstance(value, list) else [value]))
        for part in parts:
            yield from _repeated_relations(part, repeats=repeats, inverse=inverse)


def _before_repeated(patterns: Sequence[TriplePattern]) -> Iterator[Node]:
    """Yield what leads to a node at which a path with repeated relations begins."""
    begins = {subject for subject, path, _ in patterns if any(_repeated_relations(path))} - {THIS}
    yield from (relation for _, path, target in patterns if target in begins for relation in _relations(path))


def _parts(node: Node, shapes: Graph) -> set[Node]:
    """Return a node of the shapes graph and, if it is blank, all nodes that it is made of."""
    parts, pending = set[Node](), [node]
    while pending:
        part = pending.pop()
        if part not in parts:
            parts.add(part)
            pending += () if isinstance(part, URIRef) else shapes.objects(part)
    return parts


def _iris(path: Node, shapes: Graph) -> set[Node]:
    # A path of several steps is a list (SHACL, section 2.3.1.2): what makes it one is no relation of the data.
    iris: set[Node] = {node for node in _parts(path, shapes) if isinstance(node, URIRef)}
    return iris - {RDF.nil, RDF.List}


def _query_patterns(text: Node, shapes: Graph) -> Iterator[TriplePattern]:
    """Yield the triple patterns of a constraint's query."""
    from rdflib.plugins.sparql import prepareQuery  # noqa: PLC0415 -- makes its grammar, which a server never needs

    prefixes = {
        str(shapes.value(node, SH.prefix)): str(shapes.value(node, SH.namespace))
        for node in shapes.objects(None, SH.declare)
    }
    return _algebra_patterns(prepareQuery(str(text), initNs=prefixes).algebra)


def _algebra_patterns(part: object) -> Iterator[TriplePattern]:
    if isinstance(part, Mapping):
        for name, value in part.items():
            yield from _block_patterns(value) if name == "triples" else _algebra_patterns(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _algebra_patterns(value)


def _block_patterns(block: Iterable[Sequence[object]]) -> Iterator[TriplePattern]:
    # In a NOT EXISTS, rdflib leaves the terms of several triples in one flat row.
    for row in block:
        for start in range(0, len(row), 3):
            subject, path, target = row[start : start + 3]
            yield subject, path, target


def _relations(path: object) -> Iterator[Node]:
    """Yield the relations of a pattern's path; a variable in its place yields none."""
    if isinstance(path, URIRef):
        yield path
    elif isinstance(path, Path | Mapping):
        inner = path.values() if isinstance(path, Mapping) else vars(path).values()
        yield from (relation for value in inner for relation in _relations(value))
    elif isinstance(path, list | tuple):
        yield from (relation for value in path for relation in _relations(value))
