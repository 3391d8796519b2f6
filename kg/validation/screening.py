"""Finds the nodes of a data graph that may violate the shapes, by compiled shapes: only these are validated.

pySHACL takes about half a millisecond for each triple. Compiled shapes find at least the nodes that violate a shape
(`shape_compiler`), so pySHACL's report on these nodes alone is the same as on the whole graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

import pyoxigraph as ox
from rdflib import RDFS, XSD, Graph, Literal
from rdflib.term import Node

from kg.terms import from_lines, from_term, to_lines, to_text
from kg.validation.data_index import DataIndex
from kg.validation.moment_values import moment_of
from kg.validation.shape_compiler import CompiledShape, compile_shapes
from kg.validation.value_tests import node_of

_DATE_TIME, _SUB_CLASS = f'"^^<{XSD.dateTime}> .'.encode(), f" <{RDFS.subClassOf}> ".encode()


class Screening:
    """Shapes compiled once for many graphs that are validated together with the same part of the ontology."""

    def __init__(self, shapes: Graph, background: Graph) -> None:
        """Compile the shapes; `background` is the data graph of the ontology alone (`data_graph_of`)."""
        self._shapes, self._background = shapes, background
        self._compiled = compile_shapes(shapes, background)
        self._lines = to_lines(background).splitlines()

    def may_violate(self, lines: bytes, among: Collection[bytes] | None = None) -> dict[Node, set[Node]]:
        """Return, by shape, the target nodes in lines of N-Triples that may violate it; only shapes with such nodes.

        With `among`, only these nodes are returned.
        """
        chosen = None if among is None else {*among}
        stated = lines.splitlines()
        all_lines = [*self._lines, *stated]
        data, selected = DataIndex(all_lines), dict[Node, set[Node]]()
        queries: list[tuple[Node, str]] = []
        for compiled in self._shapes_for(stated):
            targets = compiled.targets.nodes_in(data)
            if chosen is not None:
                targets &= chosen
            if targets:
                if violating := {node_of(node) for node in targets if not compiled.conforms(data, node)}:
                    selected[compiled.shape] = violating
                queries += ((compiled.shape, query) for query in compiled.queries)
        for shape, node in _selected_nodes(queries, all_lines):
            if chosen is None or to_text(node) in chosen:
                selected.setdefault(shape, set()).add(node)
        return selected

    def _shapes_for(self, lines: Iterable[bytes]) -> tuple[CompiledShape, ...]:
        """Return the compiled shapes, compiled again if the data states subclasses, on which their targets depend."""
        stated = b"\n".join(line for line in lines if _SUB_CLASS in line)
        if not stated:
            return self._compiled
        return compile_shapes(self._shapes, from_lines(stated) + self._background)


def _selected_nodes(queries: Iterable[tuple[Node, str]], lines: Iterable[bytes]) -> Iterator[tuple[Node, Node]]:
    """Yield the nodes that queries select, with the shape of the query."""
    store = ox.Store()
    comparable = (_with_offset(line) if line.endswith(_DATE_TIME) else line for line in lines)
    # Leniently, since `to_lines` checked each term.
    store.load(b"\n".join(comparable), ox.RdfFormat.N_TRIPLES, lenient=True)
    for shape, query in queries:
        for solution in store.query(query):  # type: ignore[union-attr]
            yield shape, from_term(solution["this"])


def _with_offset(line: bytes) -> bytes:
    """Return a triple with an offset added to a moment without one, which the engine would not compare with others."""
    start, quote, text = line.removesuffix(_DATE_TIME).rpartition(b'"')
    return b"%b%b%bZ%b" % (start, quote, text, _DATE_TIME) if _lacks_offset(text) else line


@lru_cache(maxsize=1024)
def _lacks_offset(text: bytes) -> bool:
    moment = moment_of(Literal(text.decode(), datatype=XSD.dateTime, normalize=False))
    return moment is not None and moment.offset is None
