"""The report of a validation: results as values, as sentences, and as RDF (SHACL, section 3.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from rdflib import SH, Graph, URIRef
from rdflib.paths import Path
from rdflib.term import Node

from kg.errors import Location
from kg.namespaces import SHAPES
from kg.validation.property_paths import to_path

IRI_IN_MESSAGE = re.compile(r"https?://\S*\w")
"""An IRI that a constraint's query inserted into a message."""
NodeName = Callable[[Node], str]
"""Returns the name of a node in a sentence."""


class Severity(Enum):
    """The severity of a result (SHACL, section 2.1.4); only violations keep data from conforming."""

    VIOLATION = str(SH.Violation)
    WARNING = str(SH.Warning)
    INFO = str(SH.Info)


@dataclass(frozen=True)
class ValidationResult:
    """One result: the node that violates a shape, the faulty path and value, and the shape's message."""

    focus: Node
    path: URIRef | Path | None
    """The path from the focus node to the values, or None if the result is about the node itself."""
    value: Node | None
    shape: str
    severity: Severity
    message: str
    actual_values: tuple[Node, ...] = ()
    """All values of the path, if no single one is faulty: there are too few or too many."""


@dataclass(frozen=True)
class ValidationReport:
    """The results of one validation, sorted by location and focus; `graph` is the sh:ValidationReport."""

    results: tuple[ValidationResult, ...]
    graph: Graph
    locations: Mapping[str, Location]

    @property
    def conforms(self) -> bool:
        """Return whether no result is a violation."""
        return not self.violations

    @property
    def violations(self) -> int:
        """Return the number of violations."""
        return sum(result.severity is Severity.VIOLATION for result in self.results)

    def sentences(self) -> tuple[str, ...]:
        """Return one line for each result: file and line of the node if known, the node, its fault, and the shape."""
        return tuple(f"{self._location(result)}{self.sentence(result)}" for result in self.results)

    def sentence(self, result: ValidationResult, name: NodeName | None = None) -> str:
        """Return the node of a result, its fault and the shape as a sentence; `name` names nodes (default `short`)."""
        name = name or short
        parts = [f"{name(result.focus)}: {_message(result, name)}", *self._details(result, name)]
        kind = "" if result.severity is Severity.VIOLATION else f"{result.severity.name.lower()}, "
        return f"{' '.join(parts)} [{kind}{result.shape.removeprefix(SHAPES)}]"

    def _details(self, result: ValidationResult, name: NodeName) -> list[str]:
        if result.value is None:
            values = ", ".join(map(name, result.actual_values)) or "none"
            return [f"Found {values}."] if result.path else []
        if result.value == result.focus or str(result.value) in result.message:
            return []
        location = self.locations.get(str(result.value))
        return [f"Found {name(result.value)}{f' ({location})' if location else ''}."]

    def _location(self, result: ValidationResult) -> str:
        for node in (result.focus, result.value):
            if str(node) in self.locations:
                return f"{self.locations[str(node)]}: "
        return ""


def short(node: Node) -> str:
    """Return a readable name for a node: the distinctive part of its IRI, or a literal in quotation marks."""
    if not isinstance(node, URIRef):
        return f'"{node}"'
    iri = node.rstrip("/")
    _, article, within = iri.partition("/article/")
    if article and "/" in within:
        return within
    return iri.rpartition("#")[2] if "#" in iri else "/".join(iri.rsplit("/", 2)[-2:])


def _message(result: ValidationResult, name: NodeName) -> str:
    return IRI_IN_MESSAGE.sub(lambda match: name(URIRef(match[0])), result.message)


def results_in(report: Graph, data: Graph) -> list[ValidationResult]:
    """Return the distinct results of a sh:ValidationReport on `data`."""
    return list({_result(node, report, data): None for node in report.objects(None, SH.result)})


def _result(node: Node, report: Graph, data: Graph) -> ValidationResult:
    focus, value = report.value(node, SH.focusNode), report.value(node, SH.value)
    path_node = report.value(node, SH.resultPath)
    path = to_path(path_node, report) if path_node is not None else None
    actual_values = sorted(set(data.objects(focus, path)), key=str) if path is not None and value is None else ()
    return ValidationResult(
        focus=focus or node,
        path=path,
        value=value,
        shape=str(report.value(node, SH.sourceShape)),
        severity=Severity(str(report.value(node, SH.resultSeverity))),
        message=" ".join(sorted(str(text) for text in report.objects(node, SH.resultMessage))),
        actual_values=tuple(actual_values),
    )
