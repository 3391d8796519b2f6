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
from functools import cache, lru_cache

import pyoxigraph as ox
from rdflib import RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from kg.moments import Moment
from kg.terms import from_term, from_triples, to_lines
from kg.validation.data_graph import moment_of
from kg.validation.shape_compiler import (
    FUNCTIONS,
    HAS_DATATYPE,
    IS_BEFORE,
    IS_NOT_AFTER,
    MATCHES,
    TYPED_LITERAL,
    ShapeQuery,
    TargetPattern,
    compile_shapes,
)

WITHOUT_TYPED, AS_WRITTEN, AS_VALUES = (
    ox.NamedNode(f"{FUNCTIONS}graph:{name}") for name in ("without-typed-literals", "as-written", "as-values")
)
"""The graphs of the store: triples without typed literals, those with one as it is written, and with it as a value."""
_NAMES = {graph: str(graph).encode() for graph in (WITHOUT_TYPED, AS_WRITTEN, AS_VALUES)}
_DATE_TIME, _SUB_CLASS = f"{XSD.dateTime}> .".encode(), f" <{RDFS.subClassOf}> ".encode()
Comparable = Moment | int | float | Decimal


class Screening:
    """The queries of shapes, compiled once for many graphs that are validated beside the same part of the ontology."""

    def __init__(self, shapes: Graph, background: Graph) -> None:
        """Compile the shapes; `background` is what `data_graph_of` makes of the ontology."""
        self._shapes, self._background = shapes, background
        self._queries = compile_shapes(shapes, background)
        self._quads = [*_quads(to_lines(background))]

    def may_violate(self, lines: bytes) -> dict[Node, set[Node]]:
        """Return for each shape with a target the target nodes in N-Triples that may violate it, if there are any."""
        store = ox.Store()
        store.extend(self._quads)
        store.extend(_quads(lines))
        selected: dict[Node, set[Node]] = {}
        # The engine takes a quarter of a millisecond to read a query, and an article lacks the targets of many.
        has_targets = _target_finder(store)
        for query in filter(has_targets, self._queries_for(lines)):
            if nodes := set(_selected_nodes(store, query)):
                selected.setdefault(query.shape, set()).update(nodes)
        return selected

    def _queries_for(self, lines: bytes) -> tuple[ShapeQuery, ...]:
        """Return the queries, whose targets depend on the classes' subclasses, of which the data may name more."""
        stated = b"".join(line for line in lines.splitlines(keepends=True) if _SUB_CLASS in line)
        if not stated:
            return self._queries
        classes = from_triples(quad.triple for quad in ox.parse(stated, ox.RdfFormat.N_TRIPLES))
        return compile_shapes(self._shapes, classes + self._background)


def may_violate(shapes: Graph, data: Graph) -> dict[Node, set[Node]]:
    """Return what `Screening.may_violate` does of a graph that `data_graph_of` made."""
    return Screening(shapes, data).may_violate(b"")


def _quads(lines: bytes) -> Iterator[ox.Quad]:
    """Yield N-Triples as quads of the three graphs."""
    return ox.parse(b"".join(map(_in_graphs, lines.splitlines())), ox.RdfFormat.N_QUADS)


def _in_graphs(line: bytes) -> bytes:
    # A typed literal is stored twice, since queries of both kinds run: those of shapes compare by lexical form, as
    # pySHACL does, and those of sh:sparql constraints by value.
    start, typed, datatype = line.rpartition(b'"^^<')
    if not typed or not line.endswith(b"> ."):
        return b"%b %b .\n" % (line[:-2], _NAMES[WITHOUT_TYPED])
    written = b"%b%b%b%b %b .\n" % (start, typed, TYPED_LITERAL.encode(), datatype[:-2], _NAMES[AS_WRITTEN])
    offset = b"Z" if datatype == _DATE_TIME and _lacks_offset(start.partition(b' "')[2]) else b""
    return b"%b%b%b%b%b %b .\n" % (written, start, offset, typed, datatype[:-2], _NAMES[AS_VALUES])


def _lacks_offset(text: bytes) -> bool:
    """Tell whether a moment has no offset: the engine does not compare it with one that has."""
    moment = moment_of(Literal(text.decode(), datatype=XSD.dateTime, normalize=False))
    return moment is not None and moment.offset is None


def _target_finder(store: ox.Store) -> Callable[[ShapeQuery], bool]:
    """Return what tells whether a store may hold a target node of a query."""

    @cache
    def is_matched(pattern: TargetPattern) -> bool:
        predicate, value = pattern
        quads = store.quads_for_pattern(None, _iri(predicate), None if value is None else _iri(value), None)
        return next(quads, None) is not None

    return lambda query: query.targets is None or any(map(is_matched, query.targets))


@lru_cache(maxsize=1024)
def _iri(name: URIRef) -> ox.NamedNode:
    return ox.NamedNode(str(name))


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


@lru_cache(maxsize=4096)  # classes of nodes and digests come time and again
def _matches(term: ox.NamedNode | ox.Literal, pattern: ox.Literal, flags: ox.Literal) -> ox.Literal:
    return ox.Literal(_pattern(pattern.value, flags.value).search(term.value) is not None)


@lru_cache(maxsize=256)
def _pattern(pattern: str, flags: str) -> re.Pattern[str]:
    return re.compile(pattern, (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0))


def _comparing(compare: Callable[[Comparable, Comparable], bool]) -> Callable[..., ox.Literal | None]:
    def function(left: ox.Literal, right: ox.Literal) -> ox.Literal | None:
        values = _comparable(left), _comparable(right)
        # Of a moment and a number Python would raise a TypeError.
        if values[0] is None or values[1] is None or isinstance(values[0], Moment) != isinstance(values[1], Moment):
            return None
        return ox.Literal(compare(values[0], values[1]))

    return function


@lru_cache(maxsize=4096)
def _comparable(value: ox.NamedNode | ox.BlankNode | ox.Literal) -> Comparable | None:
    """Return the value of a moment or a number; None for all else, which the queries then select."""
    term = _decoded(value)
    if not isinstance(term, Literal):
        return None
    comparable = moment_of(term) or term.value
    # Truth values are numbers to Python, and none to SPARQL.
    is_number = isinstance(comparable, Moment | int | float | Decimal) and not isinstance(comparable, bool)
    return comparable if is_number else None


_FUNCTIONS: dict[ox.NamedNode, Callable[..., ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None]] = {
    ox.NamedNode(HAS_DATATYPE): _has_datatype,
    ox.NamedNode(MATCHES): _matches,
    ox.NamedNode(IS_BEFORE): _comparing(operator.lt),
    ox.NamedNode(IS_NOT_AFTER): _comparing(operator.le),
}
