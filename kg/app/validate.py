"""The use case `validate`: a dataset must be well-typed and conform to the shapes to become a version."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

from rdflib import Literal

from kg.app.build_options import PYSHACL, QUERIES, Progress, no_progress
from kg.app.corpus_dataset import CorpusDataset
from kg.app.document_errors import line_of, violation_problems
from kg.datatypes import literal_fault
from kg.errors import IllTypedLiteralError, ShapesViolatedError
from kg.mapping.triples.node_locations import read_locations
from kg.store import Triple
from kg.validation.shacl_validator import validate, validate_by_pyshacl
from kg.validation.validation_report import Severity, ValidationReport

MAX_LITERALS_PER_ERROR = 20
"""The maximum number of ill-typed literals that an error lists."""


def validate_dataset(
    dataset: CorpusDataset, progress: Progress = no_progress, validator: str = QUERIES
) -> ValidationReport:
    """Validate the assertions of the default graph against the shapes, on request with pySHACL alone."""
    progress(f"Validating {len(dataset.asserted):,} triples")
    validate_graph = validate_by_pyshacl if validator == PYSHACL else validate
    return validate_graph(dataset.asserted, dataset.schema.shapes, dataset.schema.ontology, dataset.corpus.locations)


def require_valid(dataset: CorpusDataset, progress: Progress, validator: str) -> ValidationReport:
    """Return the report of a conforming dataset. Raises IllTypedLiteralError or ShapesViolatedError otherwise."""
    require_well_typed(dataset.asserted)
    report = validate_dataset(dataset, progress, validator)
    require_conforming(report, dataset.corpus.files.values(), dataset.corpus.names.base)
    return report


def require_well_typed(triples: Iterable[Triple]) -> None:
    """Raise IllTypedLiteralError, with a sentence for each literal whose text is not valid for its datatype.

    An ill-typed literal contradicts any ontology (OWL 2 RL, rule dt-not-type).
    """
    sentences = (
        f"{fault} It is the value of <{predicate}> of <{subject}>."
        for subject, predicate, value in triples
        if isinstance(value, Literal) and value.datatype is not None
        if (fault := literal_fault(str(value), str(value.datatype)))
    )
    if listed := sorted({*islice(sentences, MAX_LITERALS_PER_ERROR)}):
        raise IllTypedLiteralError("\n".join(listed))


def require_conforming(report: ValidationReport, files: Collection[Path] = (), base: str = "") -> None:
    """Raise the error for a report if there is a violation."""
    if not report.conforms:
        raise violation_error(report, files, base)


def violation_error(report: ValidationReport, files: Collection[Path] = (), base: str = "") -> ShapesViolatedError:
    """Return the error for a report: a sentence for each violation, and the report in RDF.

    If the documents' files and the corpus's base are given, each sentence names the key that it is about.
    """
    violations = only_violations(report)
    sentences = violations.sentences()
    if files:
        sentences = tuple(map(line_of, sorted(violation_problems(violations, read_locations(files, base), base))))
    return ShapesViolatedError("\n".join(sentences), report.graph)


def only_violations(report: ValidationReport) -> ValidationReport:
    """Return a report with only the results that prevent conformance."""
    results = tuple(result for result in report.results if result.severity is Severity.VIOLATION)
    return replace(report, results=results)
