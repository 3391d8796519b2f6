"""The interface of stores for readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rdflib.term import Node

from kg.datasets import GraphNames
from kg.formats import Format
from kg.sparql.protocol import Query, QueryForm

Triple = tuple[Node, Node, Node]
"""A triple of rdflib's terms."""
Pattern = tuple[Node | None, Node | None, Node | None]
"""A triple pattern, in which None matches any term."""


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
    """An xsd:dateTime with offset Z; empty if unknown, as on another engine whose provenance has no time."""
    note: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    """The number of triples by graph name, counted when the version was written. The keys are the named graphs."""
    default: int = 0
    """The number of triples in the default graph."""
    digest: str = ""
    """The digest of its record, which distinguishes it from a version with the same name in another store."""
    base: str = ""
    """The version that it was written from; empty if its record does not name it."""
    changed: tuple[str, ...] = ()
    """The graphs that differ from its base, by name, sorted; the default graph of a plain store is the empty name."""

    def size_of(self, graph: str | None) -> int:
        """Return the number of triples in a graph; None is the default graph."""
        return self.default if graph is None else self.counts.get(graph, 0)


@dataclass(frozen=True)
class Change:
    """The triples that a transaction has added to and removed from one graph."""

    added: frozenset[Triple]
    removed: frozenset[Triple]


class Store(Protocol):
    """A store for readers. Writes go through `kg.app`, which infers and validates first."""

    def graph_names(self) -> GraphNames | None:
        """Return the names of the graphs, None for a plain store."""

    def engine_name(self) -> str:
        """Return the name of an external engine in the table of engines; empty for our own."""

    def current(self) -> Version:
        """Return the version that readers see now."""

    def versions(self) -> tuple[Version, ...]:
        """Return the versions that are kept, oldest first."""

    def names(self) -> tuple[str, ...]:
        """Return the names of the versions that are kept, oldest first, without reading their records."""

    def version(self, name: str | None = None) -> Version:
        """Return a kept version, by default the current one. Raises UnknownVersionError if there is none."""

    def size(self) -> int | None:
        """Return the total size of the store's files in bytes, None if an external engine has them."""

    def query(self, query: Query) -> Answer:
        """Answer a query. Raises QuerySyntaxError, ForbiddenError, UnknownVersionError or another RequestError."""

    def graph(self, name: str | None, format_: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None). Raises UnknownGraphError if there is none."""

    def dataset(self, format_: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""
