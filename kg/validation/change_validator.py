"""Validation of a change: the shapes are prepared once and applied only to the nodes that each change affects."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property

from rdflib import Graph
from rdflib.term import Node

from kg.validation.affected_nodes import (
    CachedSubjects,
    LargeTripleSource,
    Triple,
    TripleSource,
    affected_nodes,
    surrounding_triples,
)
from kg.validation.shacl_validator import GraphValidator, load_pyshacl
from kg.validation.shape_reach import ShapeReach, shape_reach_of, violations_only
from kg.validation.validation_report import ValidationReport


class ChangeValidator:
    """Validates changes of data that conformed before; shapes that only warn are applied if that is asked for."""

    def __init__(self, shapes: Graph, ontology: Graph, *, with_warnings: bool = False) -> None:
        self._all_shapes, self._ontology, self._with_warnings = shapes, ontology, with_warnings

    def report(
        self, changed: Iterable[Triple], before: LargeTripleSource, after: LargeTripleSource
    ) -> ValidationReport:
        """Validate what a change of asserted triples affects; each changed triple is in one of the two graphs only."""
        cached = CachedSubjects(after)
        return self.report_of(self.affected(changed, CachedSubjects(before), cached), cached)

    def affected(self, changed: Iterable[Triple], *graphs: TripleSource) -> frozenset[Node]:
        """Return the nodes whose results may depend on triples that are in one of the graphs."""
        return affected_nodes(changed, self._reach, *graphs)

    def report_of(self, focus: Collection[Node], graph: TripleSource) -> ValidationReport:
        """Validate nodes of a graph."""
        part = surrounding_triples(focus, graph, self._reach)
        return self._validator.report(part, focus={str(node) for node in focus})

    def compile(self) -> None:
        """Compile the shapes, and import pySHACL, now rather than during the first report."""
        load_pyshacl()
        self.report_of((), Graph())

    @cached_property
    def _shapes(self) -> Graph:
        return self._all_shapes if self._with_warnings else violations_only(self._all_shapes)

    @cached_property
    def _validator(self) -> GraphValidator:
        return GraphValidator(self._shapes, self._ontology)

    @cached_property
    def _reach(self) -> ShapeReach:
        return shape_reach_of(self._shapes)
