"""Differences between two versions: the changed graphs and, for a few of them, the changed triples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.errors import UnknownVersionError
from kg.formats import NTRIPLES
from kg.store.interfaces import Version
from server.site import site

MAX_GRAPHS_COMPARED = 5
"""Graphs that are compared triple by triple unless one is named."""
MAX_TRIPLES_COMPARED = 50_000
"""Size of a graph, in triples, up to which its versions are compared."""


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
    """Return the graphs that may differ: those written since the version that both come from, or else all there are.

    Versions are numbered in the order of writing, so it is always the later of two whose base is looked up, and no more
    records are read than lie between the two and the one that both come from.
    """
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
