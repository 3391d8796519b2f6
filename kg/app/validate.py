"""The use case `validate`: a dataset must be well-typed and conform to the shapes to become a version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from rdflib import Literal

from kg.app.build_options import Progress, no_progress
from kg.app.corpus_dataset import CorpusDataset
from kg.datatypes import literal_fault
from kg.errors import IllTypedLiteralError, ShapesViolatedError
from kg.store import Triple
from kg.validation import Severity, ValidationReport, validate

MAX_LITERALS_PER_ERROR = 20
"""Ill-typed literals that an error lists."""


def validate_dataset(dataset: CorpusDataset, progress: Progress = no_progress) -> ValidationReport:
    """Validate what is asserted in the default graph against the shapes."""
    progress(f"Validating {len(dataset.asserted):,} triples")
    return validate(dataset.asserted, dataset.schema.shapes, dataset.schema.ontology, dataset.locations)


def require_valid(dataset: CorpusDataset, progress: Progress = no_progress) -> ValidationReport:
    """Return the report of a conforming dataset. Raises IllTypedLiteralError or ShapesViolatedError otherwise."""
    require_well_typed(dataset.asserted)
    report = validate_dataset(dataset, progress)
    require_conforming(report)
    return report


def require_well_typed(triples: Iterable[Triple]) -> None:
    """Raise IllTypedLiteralError, with a sentence for each literal, if a text is not a value of its datatype.

    A literal that is ill-typed contradicts any ontology (OWL 2 RL, rule dt-not-type).
    """
    sentences = (
        f"{fault} It is the value of <{predicate}> of <{subject}>."
        for subject, predicate, value in triples
        if isinstance(value, Literal) and value.datatype is not None
        if (fault := literal_fault(str(value), str(value.datatype)))
    )
    if listed := sorted(islice(sentences, MAX_LITERALS_PER_ERROR)):
        raise IllTypedLiteralError("\n".join(listed))


def require_conforming(report: ValidationReport) -> None:
    """Raise the error of a report if there is a violation."""
    if not report.conforms:
        raise violation_error(report)


def violation_error(report: ValidationReport) -> ShapesViolatedError:
    """Return the error of a report: a sentence for each violation, and the report in RDF."""
    violations = tuple(result for result in report.results if result.severity is Severity.VIOLATION)
    return ShapesViolatedError("\n".join(replace(report, results=violations).sentences()), report.graph)
