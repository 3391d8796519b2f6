"""How far shapes look from the node that they are about, read from the shapes themselves.

Popular nodes are what makes this worth knowing: a state that a thousand articles speak of is pointed at from
everywhere, and most of that is nothing that a shape looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rdflib import RDF, SH, Graph, Literal, URIRef, Variable
from rdflib.paths import Path
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from kg.validation.shape_targets import shapes_with_targets

Step = tuple[object, object, object]
"""A triple pattern of a query: subject, relation or path, and object."""
THIS = Variable("this")
SEVERITIES_THAT_CONFORM = (SH.Info, SH.Warning)
COUNTS = frozenset({SH.minCount, SH.maxCount, SH.path, SH.message, SH.severity, RDF.type})
"""What a property shape may say without looking at the values themselves."""
BRANCHES = (SH["and"], SH["not"], SH["or"], SH.node, SH.qualifiedValueShape, SH.xone)


@dataclass(frozen=True)
class Reach:
    """Relations by which shapes look at what points at their node, on from there, and at what other nodes say."""

    inbound: frozenset[Node]
    followed: frozenset[Node]
    """Those of the inbound whose other end is looked at in turn."""
    afar: frozenset[Node]
    """Relations that shapes look at beyond a first step: where such a triple changes, what points at it is affected."""
    openly: frozenset[Node]
    """Relations beyond which a query looks at triples of any relation."""
    named: frozenset[Node]
    """Relations beyond which a query looks at a triple whose relation and value its node names, as a link does."""


def violations_only(shapes: Graph) -> Graph:
    """Return the shapes with those deactivated whose results never keep data from conforming."""
    active = Graph()
    active += shapes
    for severity in SEVERITIES_THAT_CONFORM:
        for shape in shapes.subjects(SH.severity, severity):
            active.add((shape, SH.deactivated, Literal(lexical_or_value=True)))
    return active


def reach_of(shapes: Graph) -> Reach:
    """Return how far active shapes look, told by their paths and queries."""
    active = {shape for shape in shapes.subjects() if (shape, SH.deactivated, None) not in shapes}
    paths = [(shape, path) for shape, path in shapes.subject_objects(SH.path) if shape in active]
    inverse = {(shape, step) for shape, path in paths for step in _inverse(path, shapes)}
    further = {step for shape, step in inverse if set(shapes.predicates(shape)) - COUNTS}
    texts = [list(_patterns(text, shapes)) for text in shapes.objects(None, SH.select)]
    queries = [pattern for text in texts for pattern in text]
    asked = {step for subject, path, target in queries if target == THIS != subject for step in _steps(path)}
    return Reach(
        inbound=frozenset({step for _, step in inverse} | asked),
        followed=frozenset(further | asked),
        afar=frozenset({RDF.type, *_later(paths, shapes), *_nested(shapes), *_asked_afar(queries)}),
        openly=frozenset(step for text in texts for step in _before_any(text, named=False)),
        named=frozenset(step for text in texts for step in _before_any(text, named=True)),
    )


def _inverse(path: Node, shapes: Graph) -> Iterator[Node]:
    for node in _parts(path, shapes):
        yield from (step for turned in shapes.objects(node, SH.inversePath) for step in _iris(turned, shapes))


def _later(paths: Iterable[tuple[Node, Node]], shapes: Graph) -> Iterator[Node]:
    """Yield what stands in a path that has more than one step."""
    for _, path in paths:
        if (path, RDF.first, None) in shapes:
            yield from (step for rest in list(shapes.items(path))[1:] for step in _iris(rest, shapes))
        elif not isinstance(path, URIRef) and not set(shapes.predicates(path)) <= {SH.alternativePath, SH.inversePath}:
            yield from _iris(path, shapes)


def _nested(shapes: Graph) -> Iterator[Node]:
    """Yield what shapes look at that are applied to values: these have no target of their own there."""
    listed = {node for branch in BRANCHES for target in shapes.objects(None, branch) for node in _parts(target, shapes)}
    waiting, seen = list(listed - shapes_with_targets(shapes)), set[Node]()
    while waiting:
        shape = waiting.pop()
        if shape not in seen:
            seen.add(shape)
            waiting += shapes.objects(shape, SH.property)
            yield from (step for path in shapes.objects(shape, SH.path) for step in _iris(path, shapes))


def _asked_afar(patterns: Iterable[Step]) -> Iterator[Node]:
    for subject, path, _ in patterns:
        if subject != THIS or not isinstance(path, URIRef | Variable):
            yield from _steps(path)


def _before_any(patterns: Sequence[Step], *, named: bool) -> Iterator[Node]:
    """Yield what leads to a triple of any relation, relation and value being named by the node itself or not."""
    told = {target for subject, _, target in patterns if subject == THIS}
    any_relation = [pattern for pattern in patterns if isinstance(pattern[1], Variable)]
    open_ended = {subject for subject, path, target in any_relation if ({path, target} <= told) is named}
    yield from (step for _, path, target in patterns if target in open_ended - {THIS} for step in _steps(path))


def _parts(node: Node, shapes: Graph) -> set[Node]:
    """Return a node of the shapes and, where it is a blank one, all that it is made of."""
    found, waiting = set[Node](), [node]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += () if isinstance(here, URIRef) else shapes.objects(here)
    return found


def _iris(path: Node, shapes: Graph) -> set[Node]:
    found: set[Node] = {node for node in _parts(path, shapes) if isinstance(node, URIRef)}
    return found - {RDF.nil, RDF.List}


def _patterns(text: Node, shapes: Graph) -> Iterator[Step]:
    """Yield the triple patterns of a constraint's query."""
    prefixes = {
        str(shapes.value(node, SH.prefix)): str(shapes.value(node, SH.namespace))
        for node in shapes.objects(None, SH.declare)
    }
    return _within(prepareQuery(str(text), initNs=prefixes).algebra)


def _within(part: object) -> Iterator[Step]:
    if isinstance(part, CompValue):
        for name, value in part.items():
            yield from _triples(value) if name == "triples" else _within(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _within(value)


def _triples(block: Iterable[Sequence[object]]) -> Iterator[Step]:
    """Yield the triples of a block; in a NOT EXISTS they stand in a row, terms behind terms."""
    for row in block:
        for place in range(0, len(row), 3):
            subject, path, target = row[place : place + 3]
            yield subject, path, target


def _steps(path: object) -> Iterator[Node]:
    """Yield the relations that a step of a query may go by; what a variable stands for is not known."""
    if isinstance(path, URIRef):
        yield path
    elif isinstance(path, Path | CompValue):
        yield from (step for value in _inside(path) for step in _steps(value))
    elif isinstance(path, list | tuple):
        yield from (step for value in path for step in _steps(value))


def _inside(path: Path | CompValue) -> Iterable[object]:
    return path.values() if isinstance(path, CompValue) else vars(path).values()
