"""The things whose records in an index a change of the graph may affect, and the columns around them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from rdflib import RDF

from kg.iterables import in_batches
from kg.store import VersionChanges
from kg.store.interfaces import Version
from kg.workers.served_store import ServedStore
from server.search.property_columns import Column, Columns, property_iri, tsv_rows
from server.search.record_paths import CLASS, NAMED, Path, Step
from server.search.tsv_cells import is_blank, is_iri

# For more than this share of all things, rewriting all records is less work.
MAX_SHARE = 1 / 5


class ColumnsAround(Columns):
    """The columns of the things that are due: complete for everything that their records are read from, no further."""

    def __init__(
        self, store: ServedStore, version: Version, due: Iterable[str], paths: Collection[Path], sides: Counter[str]
    ) -> None:
        super().__init__(store, version)
        self._paths, self._sides = paths, sides
        self._around = Surroundings(store, version)
        self.due = frozenset[str]()
        self.add(due)

    def add(self, things: Iterable[str]) -> None:
        """Add things whose records have to be written again."""
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
        """Return how many participations are on each side, in the whole version."""
        return self._sides

    def __getitem__(self, name: str) -> Column:
        """Return the column of a property, for the things that were read."""
        return self._columns.get(property_iri(name), {})

    def members(self, kind: str) -> list[str]:
        """Return the IRIs of a class's members among the things that were read, sorted."""
        return sorted(filter(is_iri, self._members.get(f"<{property_iri(kind)}>", ())))

    def number_of_subjects(self, name: str, values: Iterable[str]) -> Counter[str]:
        """Return how many subjects have each of these values of a property, in the whole version."""
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
    """Return the things whose records the changes may affect, by the paths that records are read from.

    Raises UntraceableChangeError if this cannot be determined.
    """
    reached = defaultdict[Path, set[str]](set)
    steps = _steps_by_name(paths)
    for name, (subject, _, value) in _named(changes):
        for step, way in steps.get(name, ()):
            reached[way].add(value if step.inverse else subject)
    # Things that were connected before the change are affected too.
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
    """Return the things that are due. Raises UntraceableChangeError if they are too many of an index's things."""
    if len(due) > things * MAX_SHARE:
        raise UntraceableChangeError(f"{len(due)} of {things} things are affected, which are too many.")
    return due


def _read_forth(around: Surroundings, due: Collection[str], paths: Iterable[Path]) -> None:
    """Read everything that paths from the things that are due lead over."""
    reached: dict[Path, Collection[str]] = {(): due}
    ways = {path[: length + 1] for path in paths for length in range(len(path))}
    # Depth by depth, so that all paths share queries.
    for depth in range(1, max(map(len, ways)) + 1):
        at_depth = [way for way in ways if len(way) == depth]
        around.read((way[-1], reached[way[:-1]]) for way in at_depth)
        going_on = [*{way[:depth] for way in ways if len(way) > depth}]
        reached.update(zip(going_on, around.ends((way[-1], reached[way[:-1]]) for way in going_on), strict=True))


def _steps_by_name(paths: Iterable[Path]) -> dict[str, set[tuple[Step, Path]]]:
    """Return, by name, each step that is read under that name, with the path that leads to it from the thing."""
    steps = defaultdict[str, set[tuple[Step, Path]]](set)
    for path in paths:
        for depth, step in enumerate(path):
            # A repeated step may have been taken before.
            way = path[: depth + 1] if step.repeated else path[:depth]
            for name in step.names:
                steps[_whole(name)].add((step, way))
    return steps


def _whole(name: str) -> str:
    """Return a step's name with its IRI in full."""
    if name == NAMED:
        return NAMED
    return CLASS + property_iri(name.removeprefix(CLASS)) if name.startswith(CLASS) else property_iri(name)


def _named(changes: VersionChanges) -> Iterator[tuple[str, Cells]]:
    """Yield the changed triples with the names under which paths refer to them."""
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
        # Something that gained one name and lost another had a name before and has one now.
        if triple[1] == name and (triple[0] in gained) != (triple[0] in lost):
            yield NAMED, triple


TYPE = str(RDF.type)
NODES_PER_QUERY = 500
MIN_NODES = 50
"""How many nodes must need the same properties to get a query of their own."""

Cells = tuple[str, str, str]


class UntraceableChangeError(Exception):
    """What a change affects in an index cannot be determined, so the index has to be built from nothing."""


class Surroundings:
    """The triples of a version around things, and those of `lost` that the version no longer has."""

    def __init__(self, store: ServedStore, version: Version, lost: Iterable[Cells] = ()) -> None:
        self._store, self._version = store, version
        self.triples: set[Cells] = set()
        # All keyed by whether a step is inverse: from the value of a triple to its subject, or from subject to value.
        self._lost = defaultdict[tuple[bool, str], list[Cells]](list)
        for triple in lost:
            self._lost[False, triple[0]].append(triple)
            self._lost[True, triple[2]].append(triple)
        self._ends = defaultdict[tuple[bool, str, str], set[str]](set)
        self._known: set[tuple[bool, str, str]] = set()

    def ends(self, steps: Iterable[tuple[Step, Collection[str]]]) -> list[set[str]]:
        """Return where each step leads from its places. Raises UntraceableChangeError at a blank node."""
        all_steps = [*steps]
        self.read(all_steps)
        return [self._after(step, {*places}) for step, places in all_steps]

    def _after(self, step: Step, places: set[str]) -> set[str]:
        reached = self._stepped(step, places)
        if not step.repeated:
            return reached
        seen = places | reached
        while reached:
            self.read([(step, reached)])
            reached = self._stepped(step, reached) - seen
            seen |= reached
        return seen

    def _stepped(self, step: Step, places: set[str]) -> set[str]:
        iris = [*map(predicate, step.names)]
        return {end for iri in iris for place in places for end in self._ends.get((step.inverse, iri, place), ())}

    def read(self, steps: Iterable[tuple[Step, Collection[str]]]) -> None:
        """Query what steps need that is not known yet. Raises UntraceableChangeError at a blank node."""
        needed = {is_inverse: defaultdict[str, set[str]](set) for is_inverse in (False, True)}
        for step, places in steps:
            if any(map(is_blank, places)):
                raise UntraceableChangeError("A blank node has no name by which a query could ask for it.")
            for node in places if step.inverse else filter(is_iri, places):
                needed[step.inverse][node].update(map(predicate, step.names))
        for is_inverse, properties in needed.items():
            self._ask(properties, is_inverse=is_inverse)

    def _ask(self, needed: Mapping[str, Collection[str]], *, is_inverse: bool) -> None:
        """Query the triples that begin at nodes, or end there, with the properties that are needed of each node."""
        variable = "?o" if is_inverse else "?s"
        unknown = {
            node: frozenset(iri for iri in iris if (is_inverse, iri, node) not in self._known)
            for node, iris in needed.items()
        }
        for iris, nodes in _by_properties(unknown):
            pattern = f"?s ?p ?o FILTER(?p IN ({', '.join(f'<{iri}>' for iri in sorted(iris))}))"
            for group in in_batches(sorted(nodes), NODES_PER_QUERY):
                query = f"SELECT ?s ?p ?o {{ VALUES {variable} {{ {' '.join(group)} }} {pattern} }}"
                self._keep(tsv_rows(self._store, self._version, query))
            self._known.update((is_inverse, iri, node) for node in nodes for iri in iris)
            lost = (triple for node in nodes for triple in self._lost.get((is_inverse, node), ()))
            self._keep(triple for triple in lost if triple[1][1:-1] in iris)

    def _keep(self, rows: Iterable[Sequence[str]]) -> None:
        for subject, name, value in rows:
            self.triples.add((subject, name[1:-1], value))
            self._ends[False, name[1:-1], subject].add(value)
            self._ends[True, name[1:-1], value].add(subject)


@lru_cache
def predicate(name: str) -> str:
    """Return the IRI of the property that a step reads."""
    if name == NAMED:
        return property_iri("name")
    return TYPE if name.startswith(CLASS) else property_iri(name)


def _by_properties(needed: Mapping[str, frozenset[str]]) -> Iterator[tuple[frozenset[str], Sequence[str]]]:
    """Yield nodes by the properties that are needed of them; small groups are merged into one."""
    nodes_by_iris = defaultdict[frozenset[str], list[str]](list)
    for node, iris in needed.items():
        if iris:
            nodes_by_iris[iris].append(node)
    few = [iris for iris, nodes in nodes_by_iris.items() if len(nodes) < MIN_NODES]
    rest = [node for iris in few for node in nodes_by_iris.pop(iris)]
    yield from nodes_by_iris.items()
    if rest:
        yield frozenset().union(*few), rest
