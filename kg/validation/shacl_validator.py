"""SHACL validation of asserted triples by pySHACL; inferred ones are left out, as they can make a violation conform."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pyshacl import Validator
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import DataGraph
from rdflib import Graph

from kg.errors import DataError, Location
from kg.validation.data_graph import data_graph_of
from kg.validation.shape_targets import restrict_targets
from kg.validation.validation_report import ValidationReport, ValidationResult, results_in


def validate(
    asserted: Graph,
    shapes: Graph,
    ontology: Graph,
    locations: Mapping[str, Location] | None = None,
    focus: Collection[str] | None = None,
) -> ValidationReport:
    """Validate asserted triples, or only the nodes in `focus`; the arguments are not changed.

    `ontology` includes the concept schemes. Raises DataError if the shapes cannot be applied.
    """
    return validate_data_graph(data_graph_of(asserted, ontology), shapes, locations, focus)


def validate_data_graph(
    data: Graph, shapes: Graph, locations: Mapping[str, Location] | None = None, focus: Collection[str] | None = None
) -> ValidationReport:
    """Validate a graph that `data_graph_of` made; otherwise like `validate`."""
    applied_shapes = shapes if focus is None else restrict_targets(shapes, data, frozenset(focus))
    report = _apply(applied_shapes, data)
    known_locations = dict(locations or {})
    results = sorted(results_in(report, data), key=lambda result: _sort_key(result, known_locations))
    return ValidationReport(tuple(results), report, known_locations)


def _apply(shapes: Graph, data: Graph) -> Graph:
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
