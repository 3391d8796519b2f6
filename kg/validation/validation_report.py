"""What a validation found: as values, as sentences for a person, and as the RDF that SHACL defines (section 3.6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from rdflib import SH, Graph, URIRef
from rdflib.paths import Path
from rdflib.term import Node

from kg.errors import Location
from kg.namespaces import SHAPES
from kg.validation.property_paths import to_path

MENTIONED_IRI = re.compile(r"https?://\S*\w")
"""An IRI that a query has put into a message."""


class Severity(Enum):
    """How much a result weighs (SHACL, section 2.1.4): only a violation keeps data from conforming."""

    VIOLATION = str(SH.Violation)
    WARNING = str(SH.Warning)
    INFO = str(SH.Info)


@dataclass(frozen=True)
class Result:
    """One finding: which node, by which path, with which value, against which shape."""

    focus: Node
    path: URIRef | Path | None
    """What the shape looked along, or None where the finding is of the node itself."""
    value: Node | None
    shape: str
    severity: Severity
    message: str
    found: tuple[Node, ...] = ()
    """Where there are too few or too many values, and none that is at fault by itself: those that there are."""


@dataclass(frozen=True)
class Report:
    """The findings of one validation, sorted by place and focus; `graph` holds them as a sh:ValidationReport."""

    results: tuple[Result, ...]
    graph: Graph
    locations: Mapping[str, Location]

    @property
    def conforms(self) -> bool:
        """Tell whether no result is a violation."""
        return not self.violations

    @property
    def violations(self) -> int:
        """Return how many results are violations."""
        return sum(result.severity is Severity.VIOLATION for result in self.results)

    def sentences(self) -> tuple[str, ...]:
        """Return a line a result: file and line of the node where known, the node, what is wrong, and the shape."""
        return tuple(self._sentence(result) for result in self.results)

    def _sentence(self, result: Result) -> str:
        told = [f"{self._where(result)}{short(result.focus)}: {_message(result)}", *self._details(result)]
        kind = "" if result.severity is Severity.VIOLATION else f"{result.severity.name.lower()}, "
        return f"{' '.join(told)} [{kind}{result.shape.removeprefix(SHAPES)}]"

    def _details(self, result: Result) -> list[str]:
        if result.value is None:
            return [f"Found {', '.join(short(node) for node in result.found) or 'none'}."] if result.path else []
        if result.value == result.focus or str(result.value) in result.message:
            return []
        there = self.locations.get(str(result.value))
        return [f"Found {short(result.value)}{f' ({there})' if there else ''}."]

    def _where(self, result: Result) -> str:
        for node in (result.focus, result.value):
            if str(node) in self.locations:
                return f"{self.locations[str(node)]}: "
        return ""


def short(node: Node | None) -> str:
    """Name a node for a person: the part of its IRI that tells it from others, or a literal in quotation marks."""
    if not isinstance(node, URIRef):
        return f'"{node}"'
    iri = node.rstrip("/")
    _, article, within = iri.partition("/article/")
    if article and "/" in within:
        return within
    return iri.rpartition("#")[2] if "#" in iri else "/".join(iri.rsplit("/", 2)[-2:])


def _message(result: Result) -> str:
    return MENTIONED_IRI.sub(lambda found: short(URIRef(found[0])), result.message)


def results_in(report: Graph, data: Graph) -> list[Result]:
    """Return the results of a sh:ValidationReport on `data`, one a message, without repetitions."""
    return list({_result(node, report, data): None for node in report.objects(None, SH.result)})


def _result(node: Node, report: Graph, data: Graph) -> Result:
    focus, value = report.value(node, SH.focusNode), report.value(node, SH.value)
    steps = report.value(node, SH.resultPath)
    path = to_path(steps, report) if steps is not None else None
    found = tuple(sorted(set(data.objects(focus, path)), key=str)) if path is not None and value is None else ()
    return Result(
        focus=focus or node,
        path=path,
        value=value,
        shape=str(report.value(node, SH.sourceShape)),
        severity=Severity(str(report.value(node, SH.resultSeverity))),
        message=" ".join(sorted(str(text) for text in report.objects(node, SH.resultMessage))),
        found=found,
    )
