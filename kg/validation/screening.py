"""The nodes of a data graph that may violate the shapes, found by compiled queries: validation looks at no others.

pySHACL takes about half a millisecond for each triple, the queries a seventh of it, most of which is copying the
triples. They select at least the nodes that violate a shape (`shape_compiler`), so pySHACL's report on these alone is
its report on the whole graph.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache

import pyoxigraph as ox
from rdflib import RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from kg.moments import Moment
from kg.terms import from_term, new_graph, to_term
from kg.validation.data_graph import moment_of
from kg.validation.shape_compiler import (
    FUNCTIONS,
    HAS_DATATYPE,
    IS_BEFORE,
    IS_NOT_AFTER,
    MATCHES,
    TYPED_LITERAL,
    ShapeQuery,
    compile_shapes,
    encoded,
)

WITHOUT_TYPED, AS_WRITTEN, AS_VALUES = (
    ox.NamedNode(f"{FUNCTIONS}graph:{name}") for name in ("without-typed-literals", "as-written", "as-values")
)
"""The graphs of the store: triples without typed literals, those with one as it is written, and with it as a value."""
Comparable = Moment | int | float | Decimal


class Screening:
    """The queries of shapes, compiled once for many graphs that are validated beside the same part of the ontology."""

    def __init__(self, shapes: Graph, background: Graph) -> None:
        """Compile the shapes; `background` is what `data_graph_of` makes of the ontology."""
        self._shapes, self._background = shapes, background
        self._queries = compile_shapes(shapes, background)
        self._quads = [quad for triple in background for quad in _quads(triple)]

    def may_violate(self, asserted: Graph) -> dict[Node, set[Node]]:
        """Return for each shape with a target the target nodes that may violate it; shapes without any are left out."""
        store = ox.Store()
        store.extend(self._quads)
        store.extend(quad for triple in asserted for quad in _quads(triple))
        selected: dict[Node, set[Node]] = {}
        for query in self._queries_for(asserted):
            if nodes := set(_selected_nodes(store, query)):
                selected.setdefault(query.shape, set()).update(nodes)
        return selected

    def _queries_for(self, asserted: Graph) -> tuple[ShapeQuery, ...]:
        """Return the queries, whose targets depend on the classes' subclasses, of which the data may name more."""
        if (None, RDFS.subClassOf, None) not in asserted:
            return self._queries
        classes = new_graph()
        for graph in (self._background, asserted):
            classes += graph.triples((None, RDFS.subClassOf, None))
        return compile_shapes(self._shapes, classes)


def may_violate(shapes: Graph, data: Graph) -> dict[Node, set[Node]]:
    """Return what `Screening.may_violate` does of a graph that `data_graph_of` made."""
    return Screening(shapes, data).may_violate(new_graph())


def _quads(triple: tuple[Node, Node, Node]) -> Iterator[ox.Quad]:
    subject, predicate, value = triple
    start = to_term(subject), to_term(predicate)
    term = to_term(value)
    # A typed literal is stored twice, since queries of both kinds run: those of shapes compare by lexical form, as
    # pySHACL does, and those of sh:sparql constraints by value.
    if not isinstance(value, Literal) or value.datatype in (None, XSD.string):
        yield ox.Quad(*start, term, WITHOUT_TYPED)  # type: ignore[arg-type]
        return
    yield ox.Quad(*start, to_term(encoded(value)), AS_WRITTEN)  # type: ignore[arg-type]
    yield ox.Quad(*start, _with_offset(value), AS_VALUES)  # type: ignore[arg-type]


def _with_offset(value: Literal) -> ox.Literal:
    """Return a literal for the engine, which does not compare a moment that has an offset with one that has none."""
    moment = moment_of(value)
    text = f"{value}Z" if moment and moment.offset is None else str(value)
    return ox.Literal(text, datatype=ox.NamedNode(str(value.datatype)))


def _selected_nodes(store: ox.Store, query: ShapeQuery) -> Iterator[Node]:
    graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
        WITHOUT_TYPED,
        AS_VALUES if query.by_value else AS_WRITTEN,
    ]
    solutions = store.query(query.text, default_graph=graphs, custom_functions=_FUNCTIONS)
    for solution in solutions:  # type: ignore[union-attr]
        yield _decoded(solution["this"])


@lru_cache(maxsize=4096)
def _decoded(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> Node:
    """Return a term of the store as the data graph has it."""
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(TYPED_LITERAL):
        # As it was written: rdflib would put it in canonical form.
        return Literal(term.value, datatype=URIRef(term.datatype.value.removeprefix(TYPED_LITERAL)), normalize=False)
    return from_term(term)


def _has_datatype(term: ox.NamedNode | ox.BlankNode | ox.Literal, datatype: ox.NamedNode) -> ox.Literal:
    literal = _decoded(term)
    if not isinstance(literal, Literal):
        return ox.Literal(value=False)
    if literal.datatype == XSD.dateTime:
        return ox.Literal(datatype.value == str(XSD.dateTime) and moment_of(literal) is not None)
    own = RDF.langString if literal.language else literal.datatype or XSD.string
    return ox.Literal(str(own) == datatype.value and not literal.ill_typed)


def _matches(term: ox.NamedNode | ox.Literal, pattern: ox.Literal, flags: ox.Literal) -> ox.Literal:
    return ox.Literal(_pattern(pattern.value, flags.value).search(term.value) is not None)


@lru_cache(maxsize=256)
def _pattern(pattern: str, flags: str) -> re.Pattern[str]:
    return re.compile(pattern, (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0))


def _comparing(compare: Callable[[Comparable, Comparable], bool]) -> Callable[..., ox.Literal | None]:
    def function(left: ox.Literal, right: ox.Literal) -> ox.Literal | None:
        values = _comparable(_decoded(left)), _comparable(_decoded(right))
        # Of a moment and a number Python would raise a TypeError.
        if values[0] is None or values[1] is None or isinstance(values[0], Moment) != isinstance(values[1], Moment):
            return None
        return ox.Literal(compare(values[0], values[1]))

    return function


def _comparable(term: Node) -> Comparable | None:
    """Return the value of a moment or a number; None for all else, which the queries then select."""
    if not isinstance(term, Literal):
        return None
    value = moment_of(term) or term.value
    # Truth values are numbers to Python, and none to SPARQL.
    return value if isinstance(value, Moment | int | float | Decimal) and not isinstance(value, bool) else None


_FUNCTIONS: dict[ox.NamedNode, Callable[..., ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None]] = {
    ox.NamedNode(HAS_DATATYPE): _has_datatype,
    ox.NamedNode(MATCHES): _matches,
    ox.NamedNode(IS_BEFORE): _comparing(operator.lt),
    ox.NamedNode(IS_NOT_AFTER): _comparing(operator.le),
}
