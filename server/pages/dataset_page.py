"""The page about the dataset: licence, provenance, versions, changes and downloads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response

from kg.datasets import GraphNames
from kg.errors import UnknownVersionError
from kg.formats import DATASET_FORMATS, GRAPH_FORMATS, NTRIPLES
from kg.store.interfaces import Version
from server.descriptions.rdf_responses import requested_version
from server.descriptions.void import void_response
from server.http.negotiation import choose_format, prefers_page
from server.http.parameters import Parameters, query_parameters
from server.pages.paging.pager import Pager, page_number
from server.pages.queried_data.page_queries import PageQueries
from server.pages.rendering.page_rendering import page as html
from server.pages.terms.page_terms import Row
from server.site import site

bp = Blueprint("dataset", __name__)

MAX_LINES_SHOWN = 200
MAX_GRAPH_NAMES = 100
# Other versions can be compared by name.
MAX_VERSIONS_LISTED = 30
GRAPHS_PER_PAGE = 50
MAX_FILES_PER_GRAPH = 20


@bp.get("/dataset")
def dataset() -> Response:
    """Return the page about the dataset, or its VoID description."""
    parameters, version = query_parameters(), requested_version()
    if not prefers_page():
        return void_response(version, choose_format(GRAPH_FORMATS))
    return _page(PageQueries(version), parameters)


def _page(queries: PageQueries, parameters: Parameters) -> Response:
    names, versions = GraphNames(site().base), site().store.names()
    graph = f"<{names.provenance}>"
    about = queries.select("dataset-about", this=f"<{names.base}>", provenance=graph)
    chosen = _compared_versions(parameters, versions)
    graphs = queries.select("dataset-graphs", provenance=graph)
    pager = Pager(page_number(parameters), GRAPHS_PER_PAGE, len(graphs))
    values = {
        "about": about[0] if about else {},
        "version": queries.version,
        # Newest first.
        "versions": [*filter(None, map(_stored_version, versions[: -MAX_VERSIONS_LISTED - 1 : -1]))],
        "version_names": versions[::-1],
        "provenance": _provenance_rows(queries, graph, graphs[pager.here]),
        "pager": pager,
        "max_files": MAX_FILES_PER_GRAPH,
        "dumps": DATASET_FORMATS,
        "compared": chosen,
        "changes": version_changes(*chosen, parameters.get("graph") or "") if chosen else None,
        "max_lines": MAX_LINES_SHOWN,
        "max_graph_names": MAX_GRAPH_NAMES,
    }
    return html("dataset.html", queries, GRAPH_FORMATS, **values)


def _compared_versions(parameters: Parameters, versions: tuple[str, ...]) -> tuple[Version, Version] | None:
    """Return the two versions to compare: the requested ones or the last two; None if there is only one."""
    before, after = parameters.get("from"), parameters.get("to")
    # One without the other names no comparison.
    if before and after:
        return site().store.version(before), site().store.version(after)
    return (site().store.version(versions[-2]), site().store.version(versions[-1])) if len(versions) > 1 else None


def _provenance_rows(queries: PageQueries, provenance: str, graphs: list[Row]) -> list[tuple[str, list[Row]]]:
    by_graph: dict[str, list[Row]] = {row["graph"].value: [] for row in graphs}
    names = " ".join(row["graph"].sparql for row in graphs)
    queries.add_names(by_graph)
    for row in queries.select("dataset-provenance", provenance=provenance, graphs=names) if graphs else ():
        by_graph[row["graph"].value].append(row)
    return [*by_graph.items()]


# Unless one is named, which is compared wherever it comes among those that changed.
MAX_GRAPHS_COMPARED = 5
# All lines of both versions of a graph are held in memory while they are compared.
MAX_TRIPLES_COMPARED = 50_000


@dataclass(frozen=True)
class GraphDifference:
    """Added and removed triples of a graph as lines of N-Triples; None if the graph is too large to compare."""

    graph: str
    before: int
    after: int
    added: list[str] | None
    removed: list[str] | None


@dataclass(frozen=True)
class VersionChanges:
    """The compared graphs, and the names of changed graphs that were not compared."""

    compared: list[GraphDifference]
    others: list[str]


def version_changes(before: Version, after: Version, graph: str) -> VersionChanges:
    """Return the differences in the named graph, or in the first few changed graphs if none is named."""
    names = sorted(_changed_graphs(before, after))
    chosen = [graph] if graph else names[:MAX_GRAPHS_COMPARED]
    differences = (_difference(name, before, after) for name in chosen)
    differing = [graph for graph in differences if graph.added is None or graph.added or graph.removed]
    return VersionChanges(differing, [name for name in names if name not in chosen])


def _changed_graphs(before: Version, after: Version) -> frozenset[str]:
    """Return the graphs that may differ: those written since the versions' common base, or all if there is none."""
    # Versions are numbered in the order of writing: the base of the later one is looked up, so that no more records are
    # read than lie between the two and their common base.
    first, second = before.name, after.name
    changed: frozenset[str] = frozenset()
    while first != second:
        later = max(first, second, key=int)
        version = _stored_version(later)
        if version is None or not version.base:
            return frozenset((*before.counts, *after.counts))
        changed |= {*version.changed}
        first, second = (version.base, second) if later == first else (first, version.base)
    return changed - {""}


def _stored_version(name: str) -> Version | None:
    # It may have been pruned since its name was listed.
    try:
        return site().store.version(name)
    except UnknownVersionError:
        return None


def _difference(graph: str, before: Version, after: Version) -> GraphDifference:
    sizes = before.counts.get(graph, 0), after.counts.get(graph, 0)
    if max(sizes) > MAX_TRIPLES_COMPARED:
        return GraphDifference(graph, *sizes, None, None)
    old, new = (_lines(graph, version) for version in (before, after))
    return GraphDifference(graph, *sizes, sorted(new - old), sorted(old - new))


def _lines(graph: str, version: Version) -> frozenset[str]:
    if graph not in version.counts:
        return frozenset()
    triples: Iterable[bytes] = site().store.graph(graph, NTRIPLES, version.name).chunks
    return frozenset(b"".join(triples).decode().splitlines())
