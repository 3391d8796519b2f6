"""Compilation of SHACL shapes to SPARQL queries that select the nodes which may violate them.

A query selects at least every target node that violates its shape (it may select more): a shape that can be compiled
only in part yields a coarser query, down to one that selects all targets. So data of which no query selects a node
conforms, and a full SHACL processor needs to look only at the nodes that are selected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from rdflib import RDF, RDFS, SH, XSD, Graph, Literal, URIRef
from rdflib.paths import SequencePath
from rdflib.term import Node

from kg.validation.property_paths import to_path
from kg.validation.shape_targets import shapes_with_targets

FUNCTIONS = "urn:communique:validation:"
HAS_DATATYPE, MATCHES, IS_BEFORE, IS_NOT_AFTER = (
    f"{FUNCTIONS}{name}" for name in ("has-datatype", "matches", "is-before", "is-not-after")
)
"""Functions of the queries that compare values like pySHACL, which the engine's own operators do not in every case."""
TYPED_LITERAL = f"{FUNCTIONS}typed:"
"""What the datatype of a typed literal begins with in queries: under a datatype that it does not know, the engine
keeps each lexical form apart, as RDF does, and a literal cannot become another of the same value."""
IGNORED = {
    *(RDF.type, RDFS.label, RDFS.comment, RDFS.isDefinedBy),
    *(SH.message, SH.severity, SH.path, SH.property, SH.sparql, SH.flags, SH.name, SH.description, SH.order, SH.group),
    *(SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf),
}
"""Predicates of a shape that say nothing about one value, or that `_Compiler` reads beside the others."""
NODE_KINDS = {
    SH.IRI: "isIRI({0})",
    SH.BlankNode: "isBlank({0})",
    SH.Literal: "isLiteral({0})",
    SH.BlankNodeOrIRI: "!isLiteral({0})",
    SH.BlankNodeOrLiteral: "!isIRI({0})",
    SH.IRIOrLiteral: "!isBlank({0})",
}


TargetPattern = tuple[URIRef, URIRef | None]
"""A predicate and an object, of which None matches any."""


@dataclass(frozen=True)
class ShapeQuery:
    """A query that selects, as `?this`, the target nodes of a shape that may violate it."""

    shape: Node
    text: str
    targets: tuple[TargetPattern, ...] | None
    """The patterns of which one matches a triple if there are target nodes; None if some are named."""
    by_value: bool = False
    """Whether the query compares literals by SPARQL's operators, as that of a sh:sparql constraint does."""


class UnknownConstraintError(Exception):
    """A constraint has no translation: every target node of its shape may violate it."""


def encoded(term: Node) -> Node:
    """Return a term as queries that do not compare by value have it: a typed literal under a datatype of ours."""
    if not isinstance(term, Literal) or term.datatype in (None, XSD.string):
        return term
    return Literal(str(term), datatype=URIRef(f"{TYPED_LITERAL}{term.datatype}"))


def compile_shapes(shapes: Graph, data: Graph) -> tuple[ShapeQuery, ...]:
    """Return queries for every shape with a target; the classes' subclasses are those of `data`."""
    targets = sorted(shapes_with_targets(shapes), key=str)
    return tuple(query for shape in targets for query in _Compiler(shapes, data).queries(shape))


@dataclass(frozen=True)
class _Compiler:
    shapes: Graph
    data: Graph
    _numbers: Iterator[int] = field(default_factory=count)
    _enclosing: list[Node] = field(default_factory=list)
    """The shapes whose expressions are being made: one within itself is recursive, which SHACL leaves undefined."""

    def queries(self, shape: Node) -> Iterator[ShapeQuery]:
        """Yield the queries of a shape: one for what is compiled, and one for each of its sh:sparql constraints."""
        # SHACL, section 2.1.2: all nodes conform to a shape that is deactivated.
        if (shape, SH.deactivated, Literal(lexical_or_value=True)) in self.shapes:
            return
        target, patterns = self._target(shape), self._target_patterns(shape)
        try:
            conforms = self.conforms(shape, "?this")
        except UnknownConstraintError:  # then every target may violate it, and pySHACL decides
            yield ShapeQuery(shape, _select(target), patterns)
            return
        if conforms:
            yield ShapeQuery(shape, _select(f"{target} FILTER (!({' && '.join(conforms)}))"), patterns)
        for constraint in self.shapes.objects(shape, SH.sparql):
            yield ShapeQuery(shape, self._sparql_constraint(constraint, target), patterns, by_value=True)

    def _target(self, shape: Node) -> str:
        parts = [f"{{ VALUES ?this {{ {_text(node)} }} }}" for node in self.shapes.objects(shape, SH.targetNode)]
        for target_class in self.shapes.objects(shape, SH.targetClass):
            parts += [f"{{ ?this a {name} }}" for name in self.subclasses(target_class)]
        parts += [f"{{ ?this {path.n3()} [] }}" for path in self.shapes.objects(shape, SH.targetSubjectsOf)]
        parts += [f"{{ [] {path.n3()} ?this }}" for path in self.shapes.objects(shape, SH.targetObjectsOf)]
        return f"{{ SELECT DISTINCT ?this {{ {' UNION '.join(parts)} }} }}"

    def _target_patterns(self, shape: Node) -> tuple[TargetPattern, ...] | None:
        if (shape, SH.targetNode, None) in self.shapes:
            return None
        classes = {
            name
            for target_class in self.shapes.objects(shape, SH.targetClass)
            for name in self.data.transitive_subjects(RDFS.subClassOf, target_class)
        }
        relations = {
            relation
            for predicate in (SH.targetSubjectsOf, SH.targetObjectsOf)
            for relation in self.shapes.objects(shape, predicate)
        }
        patterns = {*((RDF.type, name) for name in classes), *((relation, None) for relation in relations)}
        # A class without a name is a variable to the query.
        named = {(URIRef(str(relation)), value if isinstance(value, URIRef) else None) for relation, value in patterns}
        return tuple(sorted(named, key=str))

    def _sparql_constraint(self, constraint: Node, target: str) -> str:
        declarations = {
            f"PREFIX {self.shapes.value(declared, SH.prefix)}: <{self.shapes.value(declared, SH.namespace)}>"
            for ontology in self.shapes.objects(constraint, SH.prefixes)
            for declared in self.shapes.objects(ontology, SH.declare)
        }
        query = self.shapes.value(constraint, SH.select)
        prologue = "\n".join(sorted(declarations))
        return f"{prologue}\n{_select(f'{target} {{ {query} }}')}"

    def conforms(self, shape: Node, node: str, *, exactly: bool = False) -> list[str]:
        """Return expressions that are all true only if a node conforms; if and only if, with `exactly`."""
        if shape in self._enclosing:
            raise UnknownConstraintError
        self._enclosing.append(shape)
        try:
            if (shape, SH.path, None) in self.shapes:
                return self._property_conforms(shape, node, exactly=exactly)
            return self._node_conforms(shape, node, exactly=exactly)
        finally:
            self._enclosing.pop()

    def _node_conforms(self, shape: Node, node: str, *, exactly: bool) -> list[str]:
        tests = list(self._value_tests(shape, node, exactly=exactly))
        for part in self.shapes.objects(shape, SH.property):
            tests += self.conforms(part, node, exactly=exactly)
        return tests

    def _property_conforms(self, shape: Node, node: str, *, exactly: bool) -> list[str]:
        path = f"{node} {self._path(shape)}"
        value = self.variable()
        tests = [*self._count_tests(shape, path), *self._pair_tests(shape, node, path, exactly=exactly)]
        value_tests = list(self._value_tests(shape, value, exactly=exactly))
        for part in self.shapes.objects(shape, SH.property):
            value_tests += self.conforms(part, value, exactly=exactly)
        if value_tests:
            tests.append(f"NOT EXISTS {{ {path} {value} FILTER (!({' && '.join(value_tests)})) }}")
        return tests

    def _count_tests(self, shape: Node, path: str) -> Iterator[str]:
        """Yield the tests of how many values there are (SHACL, section 4.2)."""
        for least in self.shapes.objects(shape, SH.minCount):
            # A query would have to compare as many values with one another: such a shape is left to pySHACL.
            if int(str(least)) > 1:
                raise UnknownConstraintError
            if int(str(least)) == 1:
                yield f"EXISTS {{ {path} {self.variable()} }}"
        for most in self.shapes.objects(shape, SH.maxCount):
            if int(str(most)) > 1:
                raise UnknownConstraintError
            value, other = self.variable(), self.variable()
            more = f"{value} . {path} {other} FILTER (!sameTerm({value}, {other}))" if int(str(most)) else value
            yield f"NOT EXISTS {{ {path} {more} }}"
        for required in self.shapes.objects(shape, SH.hasValue):
            yield f"EXISTS {{ {path} {_text(required)} }}"

    def _pair_tests(self, shape: Node, node: str, path: str, *, exactly: bool) -> Iterator[str]:
        """Yield the tests of pairs of properties (SHACL, section 4.5)."""
        for other in self.shapes.objects(shape, SH.equals):
            value = self.variable()
            triple, own = f"{node} {other.n3()} {value}", f"{path} {value}"
            yield f"NOT EXISTS {{ {own} FILTER NOT EXISTS {{ {triple} }} }}"
            yield f"NOT EXISTS {{ {triple} FILTER NOT EXISTS {{ {own} }} }}"
        for constraint, function in ((SH.lessThan, IS_BEFORE), (SH.lessThanOrEquals, IS_NOT_AFTER)):
            for other in self.shapes.objects(shape, constraint):
                if exactly:  # COALESCE makes an incomparable pair a violation, which negation would turn around
                    raise UnknownConstraintError
                value, limit = self.variable(), self.variable()
                values = f"{path} {value} . {node} {other.n3()} {limit}"
                yield f"NOT EXISTS {{ {values} FILTER (!COALESCE(<{function}>({value}, {limit}), false)) }}"

    def _value_tests(self, shape: Node, value: str, *, exactly: bool) -> Iterator[str]:
        """Yield the tests of one value (SHACL, sections 4.1, 4.3, 4.4, 4.6 to 4.8)."""
        is_property = (shape, SH.path, None) in self.shapes
        # The query of a property shape is about its focus node and not about one value.
        if is_property and (shape, SH.sparql, None) in self.shapes:
            raise UnknownConstraintError
        # Sorted, so that the same shapes are the same queries in every process.
        for predicate, argument in sorted(self.shapes.predicate_objects(shape)):
            if predicate in IGNORED or (is_property and predicate in _OF_PROPERTIES):
                continue
            test = _TESTS.get(predicate)
            if test is None:
                raise UnknownConstraintError
            yield test(_ValueTest(self, shape, argument, value, exactly))

    def subclasses(self, of: Node) -> list[str]:
        """Return a class and those below it, as queries name them."""
        return sorted({_text(name) for name in self.data.transitive_subjects(RDFS.subClassOf, of) if name})

    def _path(self, shape: Node) -> str:
        """Return a shape's path as SPARQL."""
        described, *others = self.shapes.objects(shape, SH.path)
        if others:
            raise UnknownConstraintError
        path = to_path(described, self.shapes)
        # The engine makes a sequence two triple patterns, and in an EXISTS joins these in an order that does not know
        # which variables are bound outside: it would read the second one's whole table for each node. It leaves an
        # alternative alone, so a sequence is made one of two, the second of which has no triples.
        return f"({path.n3()}|<{FUNCTIONS}none>)" if isinstance(path, SequencePath) else path.n3()

    def variable(self) -> str:
        """Return a variable that no query has had yet."""
        return f"?v{next(self._numbers)}"


@dataclass(frozen=True)
class _ValueTest:
    """The test of one value by one predicate of a shape, whose methods make the tests of a kind each."""

    compiler: _Compiler
    shape: Node
    argument: Node
    value: str
    exactly: bool

    def of_class(self) -> str:
        kind, classes = self.compiler.variable(), ", ".join(self.compiler.subclasses(self.argument))
        return f"EXISTS {{ {self.value} a {kind} FILTER ({kind} IN ({classes})) }}"

    def of_datatype(self) -> str:
        return f"COALESCE(<{HAS_DATATYPE}>({self.value}, {self.argument.n3()}), false)"

    def of_pattern(self) -> str:
        flags = self.compiler.shapes.value(self.shape, SH.flags) or Literal("")
        return f"COALESCE(<{MATCHES}>({self.value}, {self.argument.n3()}, {_text(flags)}), false)"

    def of_minimum(self) -> str:
        if self.exactly:  # as in `_pair_tests`: what cannot be compared is a violation, negated or not
            raise UnknownConstraintError
        return f"COALESCE(<{IS_NOT_AFTER}>({_text(self.argument)}, {self.value}), false)"

    def of_node_kind(self) -> str:
        return NODE_KINDS[URIRef(str(self.argument))].format(self.value)

    def of_members(self) -> str:
        return f"({' || '.join(map(self._same_term, self._items())) or 'false'})"

    def of_node(self) -> str:
        return self._conforms(self.argument)

    def of_not(self) -> str:
        # Exactly, since a node that conforms must not be taken for one that does not, either.
        return f"!{self._conforms(self.argument, negated=True)}"

    def of_or(self) -> str:
        return f"({' || '.join(map(self._conforms, self._items())) or 'false'})"

    def of_and(self) -> str:
        return f"({' && '.join(map(self._conforms, self._items())) or 'true'})"

    def of_value(self) -> str:
        return self._same_term(self.argument)

    def _items(self) -> Iterator[Node]:
        return self.compiler.shapes.items(self.argument)

    def _same_term(self, term: Node) -> str:
        return f"sameTerm({self.value}, {_text(term)})"

    def _conforms(self, shape: Node, *, negated: bool = False) -> str:
        if (shape, SH.sparql, None) in self.compiler.shapes:
            raise UnknownConstraintError
        tests = self.compiler.conforms(shape, self.value, exactly=self.exactly or negated)
        return f"({' && '.join(tests) or 'true'})"


_OF_PROPERTIES = {SH.minCount, SH.maxCount, SH.hasValue, SH.equals, SH.lessThan, SH.lessThanOrEquals}
_TESTS: dict[Node, Callable[[_ValueTest], str]] = {
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


def _select(pattern: str) -> str:
    return f"SELECT DISTINCT ?this WHERE {{ {pattern} }}"


def _text(term: Node) -> str:
    return encoded(term).n3()
