"""The things whose records in an index a change of the graph may alter, and the columns around them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from kg.store import VersionChanges
from kg.store.interfaces import Version
from kg.workers import ServedStore
from server.search.property_columns import Column, Columns, property_iri, tsv_rows
from server.search.read_paths import CLASS, NAMED, Path, Step
from server.search.surroundings import TYPE, Cells, Surroundings, UntraceableChangeError
from server.search.tsv_cells import is_blank, is_iri

# Of more things than this part of all, writing the records of all is less work.
MAX_SHARE = 1 / 5


class ColumnsAround(Columns):
    """The columns of the things that are due, complete for all that their records are read from, and no further."""

    def __init__(
        self, store: ServedStore, version: Version, due: Iterable[str], paths: Collection[Path], sides: Counter[str]
    ) -> None:
        super().__init__(store, version)
        self._paths, self._sides = paths, sides
        self._around = Surroundings(store, version)
        self.due = frozenset[str]()
        self.add(due)

    def add(self, things: Iterable[str]) -> None:
        """Have more things be due."""
        added = frozenset(things)
        self.due = (self.due or frozenset()) | added
        _read_forth(self._around, added, self._paths)
        self._columns, self._members = {}, defaultdict[str, set[str]](set)
        for subject, name, value in sorted(self._around.triples):
            if name == TYPE:
                self._members[value].add(subject)
            else:
                self._columns.setdefault(name, {}).setdefault(subject, []).append(value)

    @property
    def sides(self) -> Counter[str]:
        """Return how many participations are on each side, in all of the version."""
        return self._sides

    def __getitem__(self, name: str) -> Column:
        """Return the column of a property, of the things that were read."""
        return self._columns.get(property_iri(name), {})

    def members(self, kind: str) -> list[str]:
        """Return the IRIs of a class's members among the things that were read, sorted."""
        return sorted(filter(is_iri, self._members.get(f"<{property_iri(kind)}>", ())))

    def number_of_subjects(self, name: str, values: Iterable[str]) -> Counter[str]:
        """Return how many subjects have each of these values of a property, in all of the version."""
        iris = " ".join(sorted(values))
        if not iris:
            return Counter()
        query = (
            f"SELECT ?o (COUNT(?s) AS ?number) {{ VALUES ?o {{ {iris} }} ?s <{property_iri(name)}> ?o }} GROUP BY ?o"
        )
        return Counter({value: int(number) for value, number in tsv_rows(self.store, self.version, query)})


def number_by_side(store: ServedStore, version: Version) -> Counter[str]:
    """Return how many participations of a version are on each side."""
    query = f"SELECT ?side (COUNT(?s) AS ?number) {{ ?s <{property_iri('side')}> ?side }} GROUP BY ?side"
    return Counter({side: int(number) for side, number in tsv_rows(store, version, query)})


def changed_things(store: ServedStore, version: Version, changes: VersionChanges, paths: Collection[Path]) -> set[str]:
    """Return the things whose records the changes may alter, by what the records of a thing are read from.

    Raises UntraceableChangeError if that cannot be told.
    """
    reached = defaultdict[Path, set[str]](set)
    steps = _steps_by_name(paths)
    for name, (subject, _, value) in _named(changes):
        for step, way in steps.get(name, ()):
            reached[way].add(value if step.inverse else subject)
    # What was tied to a thing before depends on it too.
    around = Surroundings(store, version, changes.removed)
    for depth in range(max(map(len, reached), default=0), 0, -1):
        ways = [way for way in reached if len(way) == depth]
        ends = around.ends((way[-1].reversed(), reached[way]) for way in ways)
        for way, places in zip(ways, ends, strict=True):
            reached[way[:-1]] |= places
    if any(map(is_blank, reached[()])):
        raise UntraceableChangeError("A blank node has changed, which no query can name.")
    return {*filter(is_iri, reached[()])}


def require_few(due: set[str], things: int) -> set[str]:
    """Return the things that are due. Raises UntraceableChangeError if they are too many of all in an index."""
    if len(due) > things * MAX_SHARE:
        raise UntraceableChangeError(f"{len(due)} of {things} things are affected, which are too many.")
    return due


def _read_forth(around: Surroundings, due: Collection[str], paths: Iterable[Path]) -> None:
    """Read all that paths from the things that are due lead over."""
    reached: dict[Path, Collection[str]] = {(): due}
    ways = {path[: length + 1] for path in paths for length in range(len(path))}
    for depth in range(1, max(map(len, ways)) + 1):
        at_depth = [way for way in ways if len(way) == depth]
        around.read((way[-1], reached[way[:-1]]) for way in at_depth)
        going_on = [*{way[:depth] for way in ways if len(way) > depth}]
        reached.update(zip(going_on, around.ends((way[-1], reached[way[:-1]]) for way in going_on), strict=True))


def _steps_by_name(paths: Iterable[Path]) -> dict[str, set[tuple[Step, Path]]]:
    """Return, by name, each step that is read under it, with the way to its place from the thing."""
    steps = defaultdict[str, set[tuple[Step, Path]]](set)
    for path in paths:
        for depth, step in enumerate(path):
            # A step that is repeated may have been taken before.
            way = path[: depth + 1] if step.repeated else path[:depth]
            for name in step.names:
                steps[_whole(name)].add((step, way))
    return steps


def _whole(name: str) -> str:
    """Return a name in a step with the IRI that it is short for."""
    if name == NAMED:
        return NAMED
    return CLASS + property_iri(name.removeprefix(CLASS)) if name.startswith(CLASS) else property_iri(name)


def _named(changes: VersionChanges) -> Iterator[tuple[str, Cells]]:
    """Yield the changed triples with the names under which paths have them."""
    name = f"<{property_iri('name')}>"
    gained, lost = (
        {triple[0] for triple in triples if triple[1] == name} for triples in (changes.added, changes.removed)
    )
    for triple in changes.added | changes.removed:
        iri = triple[1][1:-1]
        if iri == TYPE:
            yield CLASS + triple[2][1:-1], triple
        else:
            yield iri, triple
        # Whoever has gained a name and lost another had one before and has one now.
        if triple[1] == name and (triple[0] in gained) != (triple[0] in lost):
            yield NAMED, triple
