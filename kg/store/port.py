"""The one port for stores: what every store answers, whether embedded or behind a URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from kg.formats import Format


class QueryForm(Enum):
    """The four query forms (SPARQL 1.1 Query, section 16)."""

    SELECT = "SELECT"
    CONSTRUCT = "CONSTRUCT"
    ASK = "ASK"
    DESCRIBE = "DESCRIBE"


@dataclass(frozen=True)
class RequestDataset:
    """The dataset that a request names beside its text (SPARQL 1.1 Protocol, section 2.1.4); it wins over FROM."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """A query as a store takes it: `results` and `graph` are the formats that the asker accepts, None where none.

    A query whose form needs the one that is None is a NotOfferedError, raised before it is evaluated.
    """

    text: str
    results: Format | None
    graph: Format | None
    dataset: RequestDataset = RequestDataset()
    version: str | None = None
    base: str | None = None


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
    """Triples a graph, by graph name; counted when the version was written."""


class Store(Protocol):
    """What a reader may ask of a store. Writes go through `kg.pipeline`, which infers and validates first."""

    def current(self) -> Version:
        """Return the version that readers see now."""

    def query(self, query: Query) -> Answer:
        """Answer a query; QuerySyntaxError, RefusedError, UnknownVersionError and RequestError say what is wrong."""
