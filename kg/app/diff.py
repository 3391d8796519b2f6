"""The use case `diff`: the differences between two datasets, each a version of a store or a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg import formats
from kg.app.export import full_names
from kg.datasets import GraphNames
from kg.engines import StorePlace, is_address
from kg.errors import PayloadError, RequestError
from kg.export.difference import TripleChange, differences, labels_in
from kg.export.graph_documents import DocumentsByName, to_document
from kg.formats import GRAPH_FORMATS, Format, Holds
from kg.store import ParsedGraph, PayloadLimits, Store, read_dataset

FILE_LIMITS = PayloadLimits(triples=20_000_000)
"""A user's own file may be larger than what a client sends; it is read into memory."""


@dataclass(frozen=True)
class Difference:
    """The changes from one dataset to another, their titles, and the labels of the terms that changed."""

    before: str
    after: str
    base: str
    """The prefix of the names of the store's graphs; empty without a store."""
    changes: Sequence[TripleChange]
    labels: dict[str, str]
    about_builds: Collection[str]
    """The graphs that change with every build, unless they were requested."""


def compare(place: StorePlace, before: str | None, after: str | None, graphs: Collection[str] = ()) -> Difference:
    """Compare two versions of a store, files, or other stores, in all graphs or only the given ones.

    A side is a file or another store if there is one with that name. The defaults are the current version for `after`,
    and the one before it for `before`. Raises RequestError, UnknownVersionError, UnknownGraphError or PayloadError if
    one cannot be read, or a file with one graph is compared with several; StoreError or FetchError as `StorePlace.open`
    does.
    """
    sides = [_side(place, before, "previous"), _side(place, after, "current")]
    base = next((side.base for side in sides if isinstance(side, _VersionSide)), "")
    names = _chosen(graphs, base, {name for side in sides for name in side.names})
    if names is None and len({side.holds_one_graph for side in sides}) > 1:
        raise RequestError(
            f"One of {sides[0].title} and {sides[1].title} holds one graph only: name with --graph the graph of the "
            "other that it is compared with."
        )
    old, new = (side.documents(names) for side in sides)
    changes = differences(old, new)
    terms = {term for change in changes for term in (change.subject, change.object)}
    # The documents are read a second time, since only now it is known which labels are needed.
    labels = {name: text for side in sides for name, text in labels_in(side.documents(names), terms).items()}
    about_builds = () if graphs else (GraphNames(base).provenance, GraphNames(base).description)
    return Difference(sides[0].title, sides[1].title, base, changes, labels, about_builds)


def _chosen(graphs: Collection[str], base: str, known: Collection[str | None]) -> tuple[str, ...] | None:
    """Return the full names of the given graphs, or None for all."""
    if not graphs:
        return None
    return tuple(full_names(graphs, base, {name for name in known if name}, "Neither side has a graph {!r}; their"))


@dataclass(frozen=True)
class _VersionSide:
    store: Store
    version: str
    place: StorePlace

    holds_one_graph = False

    @property
    def title(self) -> str:
        return f"version {self.version} of {self.place}"

    @property
    def base(self) -> str:
        names = self.store.graph_names()
        return names.base if names else ""

    @property
    def names(self) -> Sequence[str | None]:
        plain = self.store.graph_names() is None
        return [*self.store.version(self.version).counts, *([None] if plain else [])]

    def documents(self, names: Collection[str] | None) -> DocumentsByName:
        return {
            name: self.store.graph(name, formats.NTRIPLES, self.version).chunks
            for name in self.names
            if names is None or name in names
        }


@dataclass(frozen=True)
class _FileSide:
    path: Path
    format_: Format

    @property
    def title(self) -> str:
        return str(self.path)

    @property
    def holds_one_graph(self) -> bool:
        return self.format_.holds is Holds.TRIPLES

    @cached_property
    def _graphs(self) -> dict[str | None, ParsedGraph]:
        try:
            # Relative IRIs are resolved against the file's location (RFC 3986, section 5.1.3).
            return dict(read_dataset(self.path.read_bytes(), self.format_, self.path.resolve().as_uri(), FILE_LIMITS))
        except PayloadError as error:
            raise PayloadError(f"{self.path}: {error}") from error

    @property
    def names(self) -> Sequence[str | None]:
        return [*self._graphs]

    def documents(self, names: Collection[str] | None) -> DocumentsByName:
        # The only graph of the file is compared with the given one.
        if self.holds_one_graph and names is not None and len(names) == 1:
            return {name: to_document(self._graphs.get(None, ParsedGraph(()))) for name in names}
        return {name: to_document(graph) for name, graph in self._graphs.items() if names is None or name in names}


def _side(place: StorePlace, side: str | None, otherwise: str) -> _VersionSide | _FileSide:
    if side is not None and Path(side).is_file():
        path = Path(side)
        return _FileSide(path, formats.by_name(path.suffix.removeprefix("."), GRAPH_FORMATS))
    if side is not None and (is_address(side) or Path(side).is_dir()):
        # The login is for one server, and must not be sent to another.
        other = place if side == place.name else StorePlace(side)
        opened = other.open()
        return _VersionSide(opened, opened.current().name, other)
    store = place.open()
    if side is None and otherwise == "previous":
        current, names = store.current().name, store.names()
        # By position among the kept versions, since those in between may have been pruned.
        earlier = names[: names.index(current)] if current in names else ()
        if not earlier:
            raise RequestError(
                f"{place} keeps no version before {current}: name a version, a file or another store to compare with."
            )
        side = earlier[-1]
    return _VersionSide(store, store.version(side).name, place)
