"""What changed between two versions: which graphs, as the versions' records tell, and of a few of them each triple."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.errors import UnknownVersionError
from kg.formats import NTRIPLES
from kg.store.interfaces import Version
from server.site import site

AT_ONCE = 5
"""Graphs that are compared triple by triple without being asked for by name."""
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


@dataclass(frozen=True)
class Changes:
    """The graphs that were compared, and the names of those that differ, or may, and were not."""

    compared: list[Difference]
    others: list[str]


def changes(before: Version, after: Version, graph: str) -> Changes:
    """Return what changed: in the graph that is asked for, where one is, and else in the first few."""
    names = sorted(_changed(before, after))
    chosen = [graph] if graph else names[:AT_ONCE]
    found = (_difference(each, before, after) for each in chosen)
    differing = [each for each in found if each.added is None or each.added or each.removed]
    return Changes(differing, [each for each in names if each not in chosen])


def _changed(before: Version, after: Version) -> frozenset[str]:
    """Return the graphs that may differ: those written since the version that both come from, or else all there are.

    Versions are numbered in the order of writing, so it is always the later of two whose base is looked up, and no more
    records are read than lie between the two and the one that both come from.
    """
    one, other = before.name, after.name
    changed: frozenset[str] = frozenset()
    while one != other:
        later = max(one, other, key=int)
        version = _kept(later)
        if version is None or not version.base:
            return frozenset((*before.counts, *after.counts))
        changed |= {*version.changed}
        one, other = (version.base, other) if later == one else (one, version.base)
    return changed - {""}


def _kept(name: str) -> Version | None:
    try:
        return site().store.version(name)
    except UnknownVersionError:
        return None


def _difference(graph: str, before: Version, after: Version) -> Difference:
    sizes = before.counts.get(graph, 0), after.counts.get(graph, 0)
    if max(sizes) > LARGEST:
        return Difference(graph, *sizes, None, None)
    old, new = (_lines(graph, version) for version in (before, after))
    return Difference(graph, *sizes, sorted(new - old), sorted(old - new))


def _lines(graph: str, version: Version) -> frozenset[str]:
    if graph not in version.counts:
        return frozenset()
    found: Iterable[bytes] = site().store.graph(graph, NTRIPLES, version.name).chunks
    return frozenset(b"".join(found).decode().splitlines())
