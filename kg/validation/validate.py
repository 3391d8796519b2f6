"""Validation by pySHACL, of what was asserted (MODEL: inference can make a violation conform)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyshacl
from rdflib import Graph

from kg.errors import DataError, Location
from kg.validation.data import with_background
from kg.validation.report import Report, Result, results_in
from kg.validation.targets import restrict


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
    data = with_background(asserted, ontology)
    wanted = shapes if focus is None else restrict(shapes, data, frozenset(focus))
    graph = _run(data, wanted)
    known = dict(locations or {})
    results = sorted(results_in(graph, asserted), key=lambda result: _order(result, known))
    return Report(tuple(results), graph, known)


def _run(data: Graph, shapes: Graph) -> Graph:
    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inference="none", allow_warnings=True)
    except (pyshacl.errors.ShapeLoadError, pyshacl.errors.ReportableRuntimeError) as error:
        raise DataError(f"The shapes cannot be applied: {error}") from error
    if not isinstance(report, Graph):
        raise DataError(f"The shapes cannot be applied: {text}")
    return report


def _order(result: Result, locations: Mapping[str, Location]) -> tuple[str, int, str, str, str]:
    place = locations.get(str(result.focus))
    file, line = (str(place.file), place.line) if place else ("", 0)
    return file, line, str(result.focus), result.shape, str(result.value)
