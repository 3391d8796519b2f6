"""What readers can rely on, whichever store it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rdflib.term import Node

from kg.datasets import GraphNames
from kg.formats import Format
from kg.sparql.protocol import Query, QueryForm

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
    """xsd:dateTime with offset Z; empty if nothing says when, as on another engine without a time in its provenance."""
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

    def size_of(self, graph: str | None) -> int:
        """Return how many triples a graph has, the default graph for None."""
        return self.default if graph is None else self.counts.get(graph, 0)


@dataclass(frozen=True)
class Change:
    """What a transaction has done to one graph."""

    added: frozenset[Triple]
    removed: frozenset[Triple]


class Store(Protocol):
    """A store for readers. Writes go through `kg.app`, which infers and validates first."""

    def graph_names(self) -> GraphNames | None:
        """Return the names of the graphs, None for a plain store."""

    def engine_name(self) -> str:
        """Return what the table of engines calls the engine of others that answers; empty for one of ours."""

    def current(self) -> Version:
        """Return the version that readers see now."""

    def versions(self) -> tuple[Version, ...]:
        """Return the versions that are kept, oldest first."""

    def names(self) -> tuple[str, ...]:
        """Return the names of the versions that are kept, oldest first; no record is read."""

    def version(self, name: str | None = None) -> Version:
        """Return a kept version, the current one without a name. Raises UnknownVersionError if there is none."""

    def size(self) -> int | None:
        """Return the bytes of the store's files, None if another engine has them."""

    def query(self, query: Query) -> Answer:
        """Answer a query. Raises QuerySyntaxError, ForbiddenError, UnknownVersionError or another RequestError."""

    def graph(self, name: str | None, format_: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None). Raises UnknownGraphError if there is none."""

    def dataset(self, format_: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""
