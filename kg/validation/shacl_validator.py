"""SHACL validation of asserted triples; inferred ones are left out, since they can make a violation conform.

Compiled shapes find the nodes that may violate a shape, and pySHACL validates and reports these.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property

from rdflib import RDF, SH, BNode, Graph, Literal
from rdflib.term import Node

from kg.errors import DataError, Location
from kg.terms import from_lines, new_graph, to_lines
from kg.validation.data_graph import data_graph_of
from kg.validation.declared_targets import restrict_targets
from kg.validation.screening import Screening
from kg.validation.validation_report import ValidationReport, ValidationResult, results_in


class GraphValidator:
    """Validates graphs against the same shapes and ontology, which includes the concept schemes."""

    def __init__(self, shapes: Graph, ontology: Graph) -> None:
        self._shapes, self._ontology = shapes, ontology

    @cached_property
    def _background(self) -> Graph:
        """Return the few triples of the ontology that the shapes need."""
        return data_graph_of(new_graph(), self._ontology)

    @cached_property
    def _screening(self) -> Screening:
        return Screening(self._shapes, self._background)

    def report(
        self,
        asserted: Graph,
        locations: Mapping[str, Location] | None = None,
        focus: Collection[str] | None = None,
    ) -> ValidationReport:
        """Validate asserted triples, or only the nodes in `focus`; the arguments are not changed.

        Raises DataError if the shapes cannot be applied.
        """
        among = None if focus is None else lambda: focus
        return self.report_of_lines(to_lines(asserted), lambda: asserted, locations, among)

    def report_of_lines(
        self,
        lines: bytes,
        asserted: Callable[[], Graph],
        locations: Mapping[str, Location] | None = None,
        focus: Callable[[], Collection[str]] | None = None,
    ) -> ValidationReport:
        """Validate N-Triples as `report` does; graph and focus are computed only if something may violate a shape."""
        targets = self._screening.may_violate(lines)
        if targets and focus is not None:
            among = focus()
            targets = {shape: {node for node in nodes if str(node) in among} for shape, nodes in targets.items()}
        return self._report_on(targets, asserted, locations)

    def report_of_part(self, lines: bytes, focus: Collection[bytes]) -> ValidationReport:
        """Validate nodes, given the part of a graph that shapes read from them as N-Triples.

        Raises DataError if the shapes cannot be applied.
        """
        return self._report_on(self._screening.may_violate(lines, focus), lambda: from_lines(lines), None)

    def _report_on(
        self,
        targets: Mapping[Node, Collection[Node]],
        asserted: Callable[[], Graph],
        locations: Mapping[str, Location] | None,
    ) -> ValidationReport:
        """Apply the shapes to target nodes of a graph, which is built only if there are any."""
        if not any(targets.values()):
            return ValidationReport((), _conforming_report(), dict(locations or {}))
        data = data_graph_of(asserted(), self._background)
        return _sorted_report(_apply(restrict_targets(self._shapes, targets), data), data, locations)


def validate(
    asserted: Graph,
    shapes: Graph,
    ontology: Graph,
    locations: Mapping[str, Location] | None = None,
    focus: Collection[str] | None = None,
) -> ValidationReport:
    """Return the report of a `GraphValidator` that is created for this graph only."""
    return GraphValidator(shapes, ontology).report(asserted, locations, focus)


def validate_by_pyshacl(
    asserted: Graph,
    shapes: Graph,
    ontology: Graph,
    locations: Mapping[str, Location] | None = None,
) -> ValidationReport:
    """Return the same report as `validate`, computed by pySHACL alone, which takes several times as long."""
    data = data_graph_of(asserted, ontology)
    return _sorted_report(_apply(shapes, data), data, locations)


def _sorted_report(report: Graph, data: Graph, locations: Mapping[str, Location] | None) -> ValidationReport:
    known_locations = dict(locations or {})
    results = sorted(results_in(report, data), key=lambda result: _sort_key(result, known_locations))
    return ValidationReport(tuple(results), report, known_locations)


def merged_report(reports: Iterable[ValidationReport], locations: Mapping[str, Location]) -> ValidationReport:
    """Return one report with the distinct results of several."""
    merged, results, known_locations = Graph(), dict[ValidationResult, None](), dict(locations)
    for report in reports:
        merged += report.graph
        results |= dict.fromkeys(report.results)
        known_locations |= report.locations
    ordered = sorted(results, key=lambda result: _sort_key(result, known_locations))
    return ValidationReport(tuple(ordered), merged, known_locations)


def load_pyshacl() -> None:
    """Import pySHACL before processes that may need it are forked, each with limited time and memory."""
    import pyshacl  # noqa: F401, PLC0415


def _conforming_report() -> Graph:
    report, node = Graph(), BNode()
    report.add((node, RDF.type, SH.ValidationReport))
    report.add((node, SH.conforms, Literal(lexical_or_value=True)))
    return report


def _apply(shapes: Graph, data: Graph) -> Graph:
    from pyshacl import Validator  # noqa: PLC0415 -- takes half a second, and is only needed if something is wrong
    from pyshacl.errors import ReportableRuntimeError  # noqa: PLC0415
    from pyshacl.graph_abstraction import DataGraph  # noqa: PLC0415

    # `pyshacl.validate` would do this too, but it changes rdflib's handling of literals for all threads.
    try:
        validator = Validator(DataGraph.from_rdflib(data), shacl_graph=shapes, options={"allow_warnings": True})
        report: Graph = validator.run()[1]  # type: ignore[no-untyped-call]
    except ReportableRuntimeError as error:
        raise DataError(f"The shapes cannot be applied: {error}") from error
    return report


def _sort_key(result: ValidationResult, locations: Mapping[str, Location]) -> tuple[str, int, str, str, str]:
    location = locations.get(str(result.focus))
    file, line = (str(location.file), location.line) if location else ("", 0)
    return file, line, str(result.focus), result.shape, str(result.value)
