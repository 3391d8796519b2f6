"""The interfaces of stores: what readers and writers can rely on, whichever store it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from rdflib.term import Node

from kg.datasets import GraphNames, Owner
from kg.formats import Format
from kg.sparql.protocol import STORED, Query, QueryForm, RequestDataset

Triple = tuple[Node, Node, Node]
"""A triple in rdflib's terms."""
Pattern = tuple[Node | None, Node | None, Node | None]
"""A triple in which None matches any term."""


@dataclass(frozen=True)
class Answer:
    """A query's answer: `chunks` is lazy, may raise CommuniqueError midway, and is complete only when exhausted."""

    form: QueryForm
    format: Format
    chunks: Iterator[bytes]
    version: str


@dataclass(frozen=True)
class Version:
    """An immutable version of a store."""

    name: str
    created: str
    """xsd:dateTime with offset Z."""
    note: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Triples a graph, by graph name; counted when the version was written. Its keys are the named graphs."""
    default: int = 0
    """Triples in the default graph."""
    digest: str = ""
    """The digest of its record, which tells it from a version of the same name in another store."""
    base: str = ""
    """The version that it was written from; empty if its record does not say."""
    changed: tuple[str, ...] = ()
    """The graphs that differ from its base, by name, sorted; the default graph of a plain store is the empty name."""


@dataclass(frozen=True)
class Change:
    """What a transaction has done to one graph."""

    added: frozenset[Triple]
    removed: frozenset[Triple]


class Store(Protocol):
    """A store for readers. Writes go through `kg.app`, which infers and validates first."""

    def graph_names(self) -> GraphNames | None:
        """Return the names of the graphs, None for a plain store."""

    def current(self) -> Version:
        """Return the version that readers see now."""

    def versions(self) -> tuple[Version, ...]:
        """Return the versions that are kept, oldest first."""

    def names(self) -> tuple[str, ...]:
        """Return the names of the versions that are kept, oldest first; no record is read."""

    def version(self, name: str | None = None) -> Version:
        """Return a kept version, the current one without a name. Raises UnknownVersionError if there is none."""

    def query(self, query: Query) -> Answer:
        """Answer a query. Raises QuerySyntaxError, ForbiddenError, UnknownVersionError or another RequestError."""

    def graph(self, name: str | None, row: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None). Raises UnknownGraphError if there is none."""

    def dataset(self, row: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""


class Transaction(Protocol):
    """A version in the making: readers see nothing of it until `commit`, and `abandon` removes it.

    A context manager: leaving it without a commit abandons it. `owner` is on whose behalf a graph is written: methods
    raise ForbiddenError if the graph has another owner. The default graph, None, can be written in a plain store only.
    """

    @property
    def base(self) -> Version:
        """Return the version that the transaction started from."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def graphs(self) -> tuple[str, ...]:
        """Return the names of the named graphs as they are now, sorted."""

    def triples(self, name: str | None) -> Iterator[Triple]:
        """Return a graph's triples as they are now; none for a graph that does not exist."""

    def replace_graph(self, name: str | None, triples: Iterable[Triple], owner: Owner = Owner.CLIENT) -> None:
        """Make a graph hold exactly these triples; it exists afterwards, even if there are none."""

    def add(self, name: str | None, triples: Iterable[Triple], owner: Owner = Owner.CLIENT) -> None:
        """Add triples to a graph, which exists afterwards."""

    def remove(self, name: str | None, triples: Iterable[Triple], owner: Owner = Owner.CLIENT) -> None:
        """Remove triples from a graph; those that it does not hold are ignored."""

    def load(self, lines: Mapping[str, bytes]) -> None:
        """Add canonical N-Triples to named graphs of any owner, unnoted: in a transaction that is anew."""

    def lines(self, name: str | None = None) -> Iterator[bytes]:
        """Yield the triples of a graph (None: the default graph) as they are now, as chunks of N-Triples."""

    def select(self, text: str) -> Iterator[tuple[Node, ...]]:
        """Yield the solutions of one of the program's own queries over the default graph."""

    def changed_graphs(self) -> tuple[str, ...]:
        """Return the names of the graphs that differ from `base`; in a plain store, of those that may differ."""

    def remove_graph(self, name: str | None, owner: Owner = Owner.CLIENT) -> None:
        """Remove a graph with its triples; the default graph is emptied. Raises UnknownGraphError if there is none."""

    def update(self, text: str, using: RequestDataset = STORED, base: str | None = None) -> bool:
        """Run a SPARQL Update on a client's behalf; tell whether finding the touched graphs cost a scan."""

    def changes(self) -> Mapping[str | None, Change]:
        """Return what differs from `base`, by graph (None: the default graph of a plain store)."""

    def find(
        self, pattern: Pattern, graph: str | None = None, *, before: bool = False, without: Collection[str] = ()
    ) -> Iterator[Triple]:
        """Return a graph's triples that match (None: the default graph), now, or in `base` with `before`.

        Those that one of the graphs `without` holds too are left out.
        """

    def has_more(self, pattern: Pattern, limit: int, *, before: bool = False) -> bool:
        """Tell whether more triples of the default graph than `limit` match, now, or in `base` with `before`."""

    def holders(self, pattern: Pattern, *, before: bool = False) -> frozenset[str]:
        """Return the names of the graphs that hold a triple which matches, now, or in `base` with `before`."""

    def commit(self, note: str, created: str | None = None) -> Version:
        """Make this the current version, created now or at `created`, an xsd:dateTime with offset Z."""

    def abandon(self) -> None:
        """End the transaction and remove its files; ending it twice is no error."""


class WritableStore(Store, Protocol):
    """A store that also takes writes; several writers wait for one another."""

    def write(self, wait: float = 60, *, anew: bool = False) -> Transaction:
        """Start from the current version, or from nothing, which is then compared with it if the transaction is `anew`.

        Raises BusyError if another writer has not ended in `wait` seconds.
        """

    def build_record(self) -> str:
        """Return the text that `keep_build_record` was given last, an empty one if it is lost."""

    def keep_build_record(self, text: str) -> None:
        """Keep a text about what was built beside the versions."""

    def unfinished(self) -> Path:
        """Return the folder, which may have to be made, of what an unfinished build keeps."""

    def drop_unfinished(self) -> None:
        """Remove what an unfinished build has kept."""

    def rollback(self, name: str) -> Version:
        """Make a kept version the current one. Raises UnknownVersionError if there is none of that name."""

    def prune(self, keep: int) -> tuple[Version, ...]:
        """Remove all but the newest `keep` versions, the current one and those being read; return the removed."""
