"""SHACL validation of asserted triples; inferred ones are left out, as they can make a violation conform.

Compiled queries find the nodes that may violate a shape, and pySHACL judges and reports these.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pyshacl import Validator
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import DataGraph
from rdflib import RDF, SH, BNode, Graph, Literal

from kg.errors import DataError, Location
from kg.validation.data_graph import data_graph_of
from kg.validation.screening import may_violate
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
    targets = may_violate(shapes, data)
    if focus is not None:
        targets = {shape: {node for node in nodes if str(node) in focus} for shape, nodes in targets.items()}
    report = _apply(restrict_targets(shapes, targets), data) if any(targets.values()) else _conforming_report()
    return _sorted_report(report, data, locations)


def validate_by_pyshacl(
    asserted: Graph,
    shapes: Graph,
    ontology: Graph,
    locations: Mapping[str, Location] | None = None,
) -> ValidationReport:
    """Return the report that `validate` returns, found by pySHACL alone, which takes several times as long."""
    data = data_graph_of(asserted, ontology)
    return _sorted_report(_apply(shapes, data), data, locations)


def _sorted_report(report: Graph, data: Graph, locations: Mapping[str, Location] | None) -> ValidationReport:
    known_locations = dict(locations or {})
    results = sorted(results_in(report, data), key=lambda result: _sort_key(result, known_locations))
    return ValidationReport(tuple(results), report, known_locations)


def merged_report(reports: Iterable[ValidationReport], locations: Mapping[str, Location]) -> ValidationReport:
    """Return one report with the results of several, each once."""
    merged, results, known_locations = Graph(), dict[ValidationResult, None](), dict(locations)
    for report in reports:
        merged += report.graph
        results |= dict.fromkeys(report.results)
        known_locations |= report.locations
    ordered = sorted(results, key=lambda result: _sort_key(result, known_locations))
    return ValidationReport(tuple(ordered), merged, known_locations)


def _conforming_report() -> Graph:
    report, node = Graph(), BNode()
    report.add((node, RDF.type, SH.ValidationReport))
    report.add((node, SH.conforms, Literal(lexical_or_value=True)))
    return report


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
