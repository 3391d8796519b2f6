"""Validation of changes: the shapes are prepared once and applied only to the nodes that each change affects."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property

from rdflib import Graph
from rdflib.term import Node

from kg.terms import TextTriple, to_text
from kg.validation.affected_nodes import (
    CachedSubjects,
    LargeTripleSource,
    NodeTest,
    affected_nodes,
    surrounding_triples,
)
from kg.validation.shacl_validator import GraphValidator
from kg.validation.shape_reach import ShapeReach, shape_reach_of, violations_only
from kg.validation.validation_report import ValidationReport


class ChangeValidator:
    """Validates changes of data that conformed before; shapes that only warn are applied only `with_warnings`."""

    def __init__(self, shapes: Graph, ontology: Graph, *, with_warnings: bool = False) -> None:
        self._all_shapes, self._ontology, self._with_warnings = shapes, ontology, with_warnings

    def report(
        self, changed: Iterable[tuple[Node, Node, Node]], before: LargeTripleSource, after: LargeTripleSource
    ) -> ValidationReport:
        """Validate what a change of asserted triples affects; each changed triple is in only one of the two graphs."""
        texts = [(to_text(subject), to_text(relation), to_text(value)) for subject, relation, value in changed]
        cached = CachedSubjects(after)
        return self.report_of(self.affected(texts, CachedSubjects(before), cached), cached)

    def affected(
        self, changed: Iterable[TextTriple], *graphs: CachedSubjects, except_for: NodeTest = lambda _node: False
    ) -> frozenset[bytes]:
        """Return the nodes whose results may depend on changed triples, given the graphs that these are or were in.

        Nodes in `except_for` that refer to these triples are left out, with what they alone lead to.
        """
        return affected_nodes(changed, self._reach, *graphs, except_for=except_for)

    def report_of(self, focus: Collection[bytes], graph: CachedSubjects) -> ValidationReport:
        """Validate nodes of a graph."""
        part = surrounding_triples(focus, graph, self._reach)
        return self._validator.report_of_part(b"".join(b"%b %b %b .\n" % triple for triple in part), focus)

    def compile(self) -> None:
        """Compile the shapes now, rather than during the first report."""
        _ = self._reach
        self._validator.report_of_part(b"", ())

    @cached_property
    def _shapes(self) -> Graph:
        return self._all_shapes if self._with_warnings else violations_only(self._all_shapes)

    @cached_property
    def _validator(self) -> GraphValidator:
        return GraphValidator(self._shapes, self._ontology)

    @cached_property
    def _reach(self) -> ShapeReach:
        return shape_reach_of(self._shapes)
