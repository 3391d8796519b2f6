"""Validation of a change: the shapes made ready once, and then held against what each change affects."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from rdflib import Graph

from kg.validation.affected_nodes import Remembered, Triple, Triples, affected, surroundings
from kg.validation.data_graph import with_background
from kg.validation.shacl_validator import validate_ready
from kg.validation.shape_reach import Reach, reach_of, violations_only
from kg.validation.validation_report import Report


class ChangeCheck:
    """Tells whether a change makes what conformed violate the shapes; warnings are passed over."""

    def __init__(self, shapes: Graph, ontology: Graph) -> None:
        self._given, self._ontology = shapes, ontology

    @cached_property
    def _ready(self) -> tuple[Graph, Graph]:
        """Return the shapes that are applied, and the little of the ontology that they need."""
        return violations_only(self._given), with_background(Graph(), self._ontology)

    def report(self, changed: Iterable[Triple], before: Triples, after: Triples) -> Report:
        """Validate what a change of asserted triples affects; the changed ones are in one of the two and not both."""
        shapes, ontology = self._ready
        known = Remembered(after)
        focus = affected(changed, self._reach, Remembered(before), known)
        part = surroundings(focus, known, self._reach, with_background(Graph(), ontology))
        return validate_ready(part, shapes, focus={str(node) for node in focus})

    def prepare(self) -> None:
        """Make the shapes ready now, which the first report does otherwise."""
        self.report((), Graph(), Graph())

    @cached_property
    def _reach(self) -> Reach:
        return reach_of(self._ready[0])
