"""About the data: licence, how it was made, its versions and what changed between two of them, and where to get it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from kg.dataset import GraphNames
from kg.formats import DATASET_FORMATS, GRAPH_FORMATS, NTRIPLES
from kg.store.port import Version
from server.describing.rdf import document, wanted
from server.describing.void import described
from server.http.negotiation import prefers_html
from server.http.parameters import Parameters, from_query_string
from server.pages.findings import Findings
from server.pages.rendering import page as html
from server.pages.terms import Row
from server.site import site

bp = Blueprint("dataset", __name__)

MOST_LINES = 200
"""Triples that were added or removed, as the page shows at most."""
LARGEST = 50_000
"""Triples of a graph up to which two versions of it are compared."""


@dataclass(frozen=True)
class Difference:
    """What two versions of a graph do not share, as lines of N-Triples; None where they are too large to compare."""

    graph: str
    before: int
    after: int
    added: list[str] | None
    removed: list[str] | None


@bp.get("/dataset")
def dataset() -> Response:
    """Answer with what there is to know of the data, or with its description for machines (VoID)."""
    parameters, version = from_query_string(), site().store.current()
    if "format" in parameters or not prefers_html(request.accept_mimetypes, GRAPH_FORMATS):
        return document(described(version), wanted(), "void")
    return _page(Findings(version), parameters)


def _page(findings: Findings, parameters: Parameters) -> Response:
    names, versions = GraphNames(site().base), site().store.versions()
    graph = f"<{names.provenance}>"
    about = findings.ask("dataset-about", this=f"<{names.base}>", provenance=graph)
    chosen = _two(parameters, versions)
    values: dict[str, Any] = {
        "about": about[0] if about else {},
        "version": findings.version,
        "versions": versions[::-1],
        "made": _made(findings.ask("dataset-provenance", provenance=graph)),
        "dumps": DATASET_FORMATS,
        "compared": chosen,
        "differences": differences(*chosen) if chosen else [],
        "most": MOST_LINES,
    }
    return html("dataset.html", findings, **values)


def _two(parameters: Parameters, versions: tuple[Version, ...]) -> tuple[Version, Version] | None:
    """Return the two versions to compare: those asked for, or the last two; None where there is one only."""
    asked = parameters.one("from"), parameters.one("to")
    if asked[0] and asked[1]:
        return site().store.version(asked[0]), site().store.version(asked[1])
    return (versions[-2], versions[-1]) if len(versions) > 1 else None


def differences(before: Version, after: Version) -> list[Difference]:
    """Return what changed in each graph between two versions."""
    graphs = sorted({*before.counts, *after.counts})
    found = (_difference(graph, before, after) for graph in graphs)
    return [each for each in found if each.added is None or each.added or each.removed]


def _difference(graph: str, before: Version, after: Version) -> Difference:
    sizes = before.counts.get(graph, 0), after.counts.get(graph, 0)
    if max(sizes) > LARGEST:
        return Difference(graph, *sizes, None, None)
    old, new = (_lines(graph, version) for version in (before, after))
    return Difference(graph, *sizes, sorted(new - old), sorted(old - new))


def _lines(graph: str, version: Version) -> frozenset[str]:
    if graph not in version.counts:
        return frozenset()
    found = b"".join(site().store.graph(graph, NTRIPLES, version.name).chunks)
    return frozenset(found.decode().splitlines())


def _made(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["graph"].value, []).append(row)
    return [*found.items()]
