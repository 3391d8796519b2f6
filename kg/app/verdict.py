"""What is found wrong with a version to be: it becomes none where a literal is ill-typed or a shape is violated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from rdflib import Literal

from kg.datatypes import literal_fault
from kg.errors import IllTypedLiteralError, ShapesViolatedError
from kg.store import Triple
from kg.validation import Severity, ValidationReport

SHOWN = 20
"""Ill-typed literals that an error spells out."""


def must_be_well_typed(triples: Iterable[Triple]) -> None:
    """Raise IllTypedLiteralError, with a sentence a literal, where a text is no value of its datatype.

    A literal that is ill-typed contradicts any ontology (OWL 2 RL, rule dt-not-type).
    """
    faults = (
        f"{fault} It is the value of <{predicate}> of <{subject}>."
        for subject, predicate, value in triples
        if isinstance(value, Literal) and value.datatype is not None
        if (fault := literal_fault(str(value), str(value.datatype)))
    )
    if found := sorted(islice(faults, SHOWN)):
        raise IllTypedLiteralError("\n".join(found))


def must_conform(report: ValidationReport) -> None:
    """Raise ShapesViolatedError, with a sentence a violation and the report in RDF, where there is a violation."""
    violations = tuple(each for each in report.results if each.severity is Severity.VIOLATION)
    if violations:
        raise ShapesViolatedError("\n".join(replace(report, results=violations).sentences()), report.graph)
