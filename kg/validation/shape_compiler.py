"""Compilation of SHACL shapes to functions and SPARQL queries that find the nodes that may violate them.

They find at least every target node that violates its shape, and maybe more: no node conforms to a shape that cannot be
compiled. So data conforms if no node is found; otherwise a full SHACL processor only needs to validate those found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from sys import maxsize

from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.term import Node

from kg.sparql.lexer import tokenize
from kg.terms import to_text
from kg.validation.data_index import DataIndex, PathValues, compile_path
from kg.validation.declared_targets import shapes_with_targets
from kg.validation.property_paths import to_path
from kg.validation.value_tests import (
    compiled_pattern,
    has_datatype,
    is_before,
    is_blank,
    is_iri,
    is_literal,
    is_not_after,
    matches,
)

IGNORED = {
    *(RDF.type, RDFS.label, RDFS.comment, RDFS.isDefinedBy),
    *(SH.message, SH.severity, SH.path, SH.property, SH.sparql, SH.flags, SH.name, SH.description, SH.order, SH.group),
    *(SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf),
}
"""Predicates of a shape that do not constrain a single value, or that `_Compiler` handles separately."""
NODE_KINDS: dict[Node, Callable[[bytes], bool]] = {
    SH.IRI: is_iri,
    SH.BlankNode: is_blank,
    SH.Literal: is_literal,
    SH.BlankNodeOrIRI: lambda value: not is_literal(value),
    SH.BlankNodeOrLiteral: lambda value: not is_iri(value),
    SH.IRIOrLiteral: lambda value: not is_blank(value),
}
TYPE = to_text(RDF.type)

NodeTest = Callable[[DataIndex, bytes], bool]
"""Returns whether a node conforms."""
ValuesTest = Callable[[DataIndex, bytes, Collection[bytes]], bool]
"""Returns whether a node conforms, given the values of its path."""


@dataclass(frozen=True)
class ShapeTargets:
    """The target declarations of a shape (SHACL, section 2.1.3), in N-Triples."""

    nodes: frozenset[bytes]
    classes: frozenset[bytes]
    """The target classes and their subclasses."""
    subjects_of: frozenset[bytes]
    objects_of: frozenset[bytes]

    def nodes_in(self, data: DataIndex) -> set[bytes]:
        """Return the target nodes."""
        members = (data.subjects(TYPE).get(name, ()) for name in self.classes)
        subjects = (data.values(predicate) for predicate in self.subjects_of)
        objects = (data.subjects(predicate) for predicate in self.objects_of)
        return {*self.nodes}.union(*members, *subjects, *objects)


@dataclass(frozen=True)
class CompiledShape:
    """A shape with a target: the test for each target node, and queries that select as `?this` nodes that may fail."""

    shape: Node
    targets: ShapeTargets
    conforms: NodeTest
    queries: tuple[str, ...]
    """One query for each sh:sparql constraint; it compares literals by value."""


class UnknownConstraintError(Exception):
    """A constraint has no translation: every target node of its shape may violate it."""


def compile_shapes(shapes: Graph, data: Graph) -> tuple[CompiledShape, ...]:
    """Return every active shape with a target; subclasses of target classes are taken from `data`."""
    # SHACL, section 2.1.2: all nodes conform to a deactivated shape.
    deactivated = {*shapes.subjects(SH.deactivated, Literal(lexical_or_value=True))}
    compiler = _Compiler(shapes, data)
    return tuple(compiler.compile(shape) for shape in sorted(shapes_with_targets(shapes) - deactivated, key=str))


@dataclass(frozen=True)
class _Compiler:
    shapes: Graph
    data: Graph
    _enclosing: list[Node] = field(default_factory=list)
    """The shapes being compiled: a shape inside itself is recursive, which SHACL leaves undefined."""

    def compile(self, shape: Node) -> CompiledShape:
        """Compile a shape with a target."""
        targets = ShapeTargets(
            frozenset(map(to_text, self.shapes.objects(shape, SH.targetNode))),
            frozenset(name for kind in self.shapes.objects(shape, SH.targetClass) for name in self.subclasses(kind)),
            frozenset(map(to_text, self.shapes.objects(shape, SH.targetSubjectsOf))),
            frozenset(map(to_text, self.shapes.objects(shape, SH.targetObjectsOf))),
        )
        constraints = self.shapes.objects(shape, SH.sparql)
        try:
            conforms = self.conforms(shape)
        except UnknownConstraintError:  # every target may then violate it, and pySHACL decides
            return CompiledShape(shape, targets, lambda _data, _node: False, ())
        return CompiledShape(shape, targets, conforms, tuple(self._query(of, targets) for of in constraints))

    def _query(self, constraint: Node, targets: ShapeTargets) -> str:
        declarations = {
            f"PREFIX {self.shapes.value(declared, SH.prefix)}: <{self.shapes.value(declared, SH.namespace)}>"
            for ontology in self.shapes.objects(constraint, SH.prefixes)
            for declared in self.shapes.objects(ontology, SH.declare)
        }
        parts = [
            *(f"{{ VALUES ?this {{ {node.decode()} }} }}" for node in targets.nodes),
            *(f"{{ ?this a {name.decode()} }}" for name in targets.classes),
            *(f"{{ ?this {predicate.decode()} [] }}" for predicate in targets.subjects_of),
            *(f"{{ [] {predicate.decode()} ?this }}" for predicate in targets.objects_of),
        ]
        # Sorted, so that the same shapes give the same queries in every process.
        target = f"{{ SELECT DISTINCT ?this {{ {' UNION '.join(sorted(parts))} }} }}"
        # Inside the constraint's own pattern, where `?this` is bound (SHACL, section 5.3.1): the engine joins two
        # subqueries only after it has all results of both.
        select = str(self.shapes.value(constraint, SH.select))
        # Not the first brace of the text, which may be in a string or a comment: every node found becomes a target.
        begin = next((token.end for token in tokenize(select) if token.is_sign("{")), len(select))
        query = f"{select[:begin]} {target} {select[begin:]}"
        return "\n".join([*sorted(declarations), f"SELECT DISTINCT ?this WHERE {{ {{ {query} }} }}"])

    def conforms(self, shape: Node, *, exactly: bool = False) -> NodeTest:
        """Return a test that is true only if a node conforms; with `exactly`, also whenever it does."""
        if shape in self._enclosing:
            raise UnknownConstraintError
        self._enclosing.append(shape)
        try:
            if (shape, SH.path, None) in self.shapes:
                return self._property_conforms(shape, exactly=exactly)
            return _all(self._node_tests(shape, exactly=exactly))
        finally:
            self._enclosing.pop()

    def _node_tests(self, shape: Node, *, exactly: bool) -> list[NodeTest]:
        """Return the tests of a node, or of each value of a property shape."""
        parts = self.shapes.objects(shape, SH.property)
        tests = self._value_tests(shape, exactly=exactly)
        return [*tests, *(self.conforms(part, exactly=exactly) for part in parts)]

    def _property_conforms(self, shape: Node, *, exactly: bool) -> NodeTest:
        path, counts = self._path(shape), self._counts(shape)
        tests = [*self._required_tests(shape), *self._pair_tests(shape, exactly=exactly)]
        value_tests = self._node_tests(shape, exactly=exactly)
        conforms = _all(value_tests)

        def test(data: DataIndex, node: bytes) -> bool:
            values = path(data, node)
            if len(values) not in counts:
                return False
            # Most shapes have tests of one kind only: not starting an iteration halves the time.
            if value_tests and values and not all(conforms(data, value) for value in values):
                return False
            return not tests or all(passes(data, node, values) for passes in tests)

        return test

    def _counts(self, shape: Node) -> range:
        """Return the range of allowed numbers of values (SHACL, section 4.2)."""
        least = [int(str(count)) for count in self.shapes.objects(shape, SH.minCount)]
        most = [int(str(count)) for count in self.shapes.objects(shape, SH.maxCount)]
        return range(max(least, default=0), min(most, default=maxsize - 1) + 1)

    def _required_tests(self, shape: Node) -> Iterator[ValuesTest]:
        for required in self.shapes.objects(shape, SH.hasValue):
            yield _has_value(to_text(required))

    def _pair_tests(self, shape: Node, *, exactly: bool) -> Iterator[ValuesTest]:
        """Yield the tests of pairs of properties (SHACL, section 4.5)."""
        for other in self.shapes.objects(shape, SH.equals):
            yield _equals(compile_path(URIRef(str(other))))
        for constraint, compare in ((SH.lessThan, is_before), (SH.lessThanOrEquals, is_not_after)):
            for other in self.shapes.objects(shape, constraint):
                if exactly:  # an incomparable pair is a violation, which negation would turn around
                    raise UnknownConstraintError
                yield _compared(compile_path(URIRef(str(other))), compare)

    def _value_tests(self, shape: Node, *, exactly: bool) -> Iterator[NodeTest]:
        """Yield the tests of one value (SHACL, sections 4.1, 4.3, 4.4, 4.6 to 4.8)."""
        is_property = (shape, SH.path, None) in self.shapes
        # The query of a property shape is about its focus node rather than one value.
        if is_property and (shape, SH.sparql, None) in self.shapes:
            raise UnknownConstraintError
        for predicate, argument in self.shapes.predicate_objects(shape):
            if predicate in IGNORED or (is_property and predicate in _OF_PROPERTIES):
                continue
            test = _TESTS.get(predicate)
            if test is None:
                raise UnknownConstraintError
            yield test(_ValueTest(self, shape, argument, exactly))

    def subclasses(self, of: Node) -> frozenset[bytes]:
        """Return a class and its subclasses."""
        return frozenset(to_text(name) for name in self.data.transitive_subjects(RDFS.subClassOf, of) if name)

    def _path(self, shape: Node) -> PathValues:
        described, *others = self.shapes.objects(shape, SH.path)
        if others:
            raise UnknownConstraintError
        return compile_path(to_path(described, self.shapes))


@dataclass(frozen=True)
class _ValueTest:
    """Creates the test of a value for one predicate of a shape, with a method for each kind of constraint."""

    compiler: _Compiler
    shape: Node
    argument: Node
    exactly: bool

    def of_class(self) -> NodeTest:
        classes = self.compiler.subclasses(self.argument)
        return lambda data, value: not classes.isdisjoint(data.values_of(value, TYPE))

    def of_datatype(self) -> NodeTest:
        datatype = str(self.argument)
        return lambda _data, value: has_datatype(value, datatype)

    def of_pattern(self) -> NodeTest:
        flags = self.compiler.shapes.value(self.shape, SH.flags)
        pattern = compiled_pattern(str(self.argument), str(flags or ""))
        return lambda _data, value: matches(value, pattern)

    def of_minimum(self) -> NodeTest:
        if self.exactly:  # as in `_pair_tests`: an incomparable value is a violation, negated or not
            raise UnknownConstraintError
        least = to_text(self.argument)
        return lambda _data, value: is_not_after(least, value)

    def of_node_kind(self) -> NodeTest:
        is_kind = NODE_KINDS[self.argument]
        return lambda _data, value: is_kind(value)

    def of_members(self) -> NodeTest:
        members = frozenset(map(to_text, self._items()))
        return lambda _data, value: value in members

    def of_node(self) -> NodeTest:
        return self._conforms(self.argument)

    def of_not(self) -> NodeTest:
        # Exactly, since a conforming node must not be mistaken for a nonconforming one either.
        conforms = self._conforms(self.argument, negated=True)
        return lambda data, value: not conforms(data, value)

    def of_or(self) -> NodeTest:
        tests = [*map(self._conforms, self._items())]
        return lambda data, value: any(conforms(data, value) for conforms in tests)

    def of_and(self) -> NodeTest:
        return _all([*map(self._conforms, self._items())])

    def of_value(self) -> NodeTest:
        required = to_text(self.argument)
        return lambda _data, value: value == required

    def _items(self) -> Iterator[Node]:
        return self.compiler.shapes.items(self.argument)

    def _conforms(self, shape: Node, *, negated: bool = False) -> NodeTest:
        if (shape, SH.sparql, None) in self.compiler.shapes:
            raise UnknownConstraintError
        return self.compiler.conforms(shape, exactly=self.exactly or negated)


_OF_PROPERTIES = {SH.minCount, SH.maxCount, SH.hasValue, SH.equals, SH.lessThan, SH.lessThanOrEquals}
_TESTS: dict[Node, Callable[[_ValueTest], NodeTest]] = {
    SH["class"]: _ValueTest.of_class,
    SH.datatype: _ValueTest.of_datatype,
    SH.pattern: _ValueTest.of_pattern,
    SH.minInclusive: _ValueTest.of_minimum,
    SH.nodeKind: _ValueTest.of_node_kind,
    SH["in"]: _ValueTest.of_members,
    SH.node: _ValueTest.of_node,
    SH["not"]: _ValueTest.of_not,
    SH["or"]: _ValueTest.of_or,
    SH["and"]: _ValueTest.of_and,
    SH.hasValue: _ValueTest.of_value,
}


def _all(tests: Sequence[NodeTest]) -> NodeTest:
    if len(tests) == 1:
        return tests[0]
    return lambda data, node: all(conforms(data, node) for conforms in tests)


def _has_value(required: bytes) -> ValuesTest:
    return lambda _data, _node, values: required in values


def _equals(others: PathValues) -> ValuesTest:
    return lambda data, node, values: {*values} == {*others(data, node)}


def _compared(others: PathValues, compare: Callable[[bytes, bytes], bool]) -> ValuesTest:
    def test(data: DataIndex, node: bytes, values: Collection[bytes]) -> bool:
        limits = others(data, node)
        return all(compare(value, limit) for value in values for limit in limits)

    return test
