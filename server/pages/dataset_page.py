"""About the data: licence, how it was made, its versions and what changed between two of them, and where to get it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, request

from kg.dataset import GraphNames
from kg.errors import UnknownVersionError
from kg.formats import DATASET_FORMATS, GRAPH_FORMATS
from kg.store.interfaces import Version
from server.descriptions.rdf_documents import wanted
from server.descriptions.void import described_as
from server.http.negotiation import prefers_html
from server.http.parameters import Parameters, from_query_string
from server.pages.page_queries import Findings
from server.pages.page_terms import Row
from server.pages.paging import Pager, number
from server.pages.rendering import page as html
from server.pages.version_changes import changes
from server.site import site

bp = Blueprint("dataset", __name__)

MOST_LINES = 200
"""Triples that were added or removed, as the page shows at most."""
MOST_GRAPHS = 100
"""Names of changed graphs that the page lists at most."""
MOST_VERSIONS = 30
"""Versions that the page tells of; others can be compared by their names."""
A_PAGE = 50
"""Graphs of a page whose making it tells."""
MOST_FILES = 20
"""What a graph came from, as the page lists at most."""


@bp.get("/dataset")
def dataset() -> Response:
    """Answer with what there is to know of the data, or with its description for machines (VoID)."""
    parameters, version = from_query_string(), site().store.current()
    if parameters.formats() or not prefers_html(request.accept_mimetypes, GRAPH_FORMATS):
        return described_as(version, wanted())
    return _page(Findings(version), parameters)


def _page(findings: Findings, parameters: Parameters) -> Response:
    names, kept = GraphNames(site().base), site().store.names()
    graph = f"<{names.provenance}>"
    about = findings.ask("dataset-about", this=f"<{names.base}>", provenance=graph)
    chosen = _two(parameters, kept)
    graphs = findings.ask("dataset-graphs", provenance=graph)
    pager = Pager(number(parameters), A_PAGE, len(graphs))
    values: dict[str, Any] = {
        "about": about[0] if about else {},
        "version": findings.version,
        "versions": [*_known(kept[: -MOST_VERSIONS - 1 : -1])],
        "kept": kept[::-1],
        "made": _made(findings, graph, graphs[pager.here]),
        "pager": pager,
        "most_files": MOST_FILES,
        "dumps": DATASET_FORMATS,
        "compared": chosen,
        "changes": changes(*chosen, parameters.one("graph") or "") if chosen else None,
        "most": MOST_LINES,
        "most_graphs": MOST_GRAPHS,
    }
    return html("dataset.html", findings, **values)


def _known(names: tuple[str, ...]) -> Iterator[Version]:
    for name in names:
        with suppress(UnknownVersionError):  # it was pruned meanwhile
            yield site().store.version(name)


def _two(parameters: Parameters, kept: tuple[str, ...]) -> tuple[Version, Version] | None:
    """Return the two versions to compare: those asked for, or the last two; None where there is one only."""
    before, after = parameters.one("from"), parameters.one("to")
    if before and after:
        return site().store.version(before), site().store.version(after)
    return (site().store.version(kept[-2]), site().store.version(kept[-1])) if len(kept) > 1 else None


def _made(findings: Findings, provenance: str, graphs: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return how each of these graphs came to be, and what from."""
    found: dict[str, list[Row]] = {row["graph"].value: [] for row in graphs}
    named = " ".join(row["graph"].sparql for row in graphs)
    for row in findings.ask("dataset-provenance", provenance=provenance, graphs=named) if graphs else ():
        found[row["graph"].value].append(row)
    return [*found.items()]
