"""What a validation's report means for a version to be: it becomes none where something is violated."""

from __future__ import annotations

from dataclasses import replace

from kg.errors import ShapesViolatedError
from kg.validation import Report, Severity


def must_conform(report: Report) -> None:
    """Raise ShapesViolatedError, with a sentence a violation and the report in RDF, where there is a violation."""
    violations = tuple(each for each in report.results if each.severity is Severity.VIOLATION)
    if violations:
        raise ShapesViolatedError("\n".join(replace(report, results=violations).sentences()), report.graph)
