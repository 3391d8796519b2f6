"""Validation by pySHACL, of what was asserted (MODEL: inference can make a violation conform)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pyshacl import Validator
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import DataGraph
from rdflib import Graph

from kg.errors import DataError, Location
from kg.validation.data_graph import with_background
from kg.validation.shape_targets import restrict
from kg.validation.validation_report import Report, Result, results_in


def validate(
    asserted: Graph,
    shapes: Graph,
    ontology: Graph,
    locations: Mapping[str, Location] | None = None,
    focus: Collection[str] | None = None,
) -> Report:
    """Validate asserted triples, and only the nodes in `focus` where it is given; nothing passed in is changed.

    `ontology` holds the schemes too. Raise DataError if the shapes cannot be applied.
    """
    return validate_ready(with_background(asserted, ontology), shapes, locations, focus)


def validate_ready(
    data: Graph, shapes: Graph, locations: Mapping[str, Location] | None = None, focus: Collection[str] | None = None
) -> Report:
    """Validate triples that stand `with_background` already; otherwise as `validate` does."""
    wanted = shapes if focus is None else restrict(shapes, data, frozenset(focus))
    graph = _run(data, wanted)
    known = dict(locations or {})
    results = sorted(results_in(graph, data), key=lambda result: _order(result, known))
    return Report(tuple(results), graph, known)


def _run(data: Graph, shapes: Graph) -> Graph:
    """Apply the shapes; `pyshacl.validate` would do so too, but sets rdflib's handling of literals for all threads."""
    try:
        validator = Validator(DataGraph.from_rdflib(data), shacl_graph=shapes, options={"allow_warnings": True})
        report: Graph = validator.run()[1]  # type: ignore[no-untyped-call]
    except ReportableRuntimeError as error:
        raise DataError(f"The shapes cannot be applied: {error}") from error
    return report


def _order(result: Result, locations: Mapping[str, Location]) -> tuple[str, int, str, str, str]:
    place = locations.get(str(result.focus))
    file, line = (str(place.file), place.line) if place else ("", 0)
    return file, line, str(result.focus), result.shape, str(result.value)
