"""Writes as data: the requests that a server sends to the process that carries them out, and their outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from kg.formats import Format
from kg.sparql.protocol import STORED
from kg.store import PayloadLimits, RequestDataset, Version
from kg.workers import Client, Running
from kg.workers.query_jobs import LOCAL_CLIENT

ANY = "*"
"""The tag that matches any existing state (RFC 9110, section 13.1)."""


@dataclass(frozen=True)
class Document:
    """RDF that was sent or fetched, not parsed yet."""

    data: bytes = field(repr=False)
    format: Format
    base: str | None = None


Fetch = Callable[[str], Document]
"""Fetches the document that LOAD names, or raises a CommuniqueError that says why not."""


@dataclass(frozen=True)
class RunUpdate:
    """Run a SPARQL Update."""

    text: str
    using: RequestDataset = STORED
    base: str | None = None


@dataclass(frozen=True)
class ReplaceGraph:
    """Replace a graph's triples by those of the documents; None is the default graph."""

    graph: str | None
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class AddToGraph:
    """Add the documents' triples to a graph."""

    graph: str | None
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class AddDataset:
    """Add the documents' quads to their graphs; documents without named graphs make the graph `new` instead."""

    new: str
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class RemoveGraph:
    """Remove a graph."""

    graph: str | None


@dataclass(frozen=True)
class PatchGraph:
    """Run an update whose default graph is one graph, the only one that it may change."""

    graph: str | None
    text: str
    base: str | None = None


Action = RunUpdate | ReplaceGraph | AddToGraph | AddDataset | RemoveGraph | PatchGraph


@dataclass(frozen=True)
class Preconditions:
    """The versions that If-Match and If-None-Match name (RFC 9110, section 13.1), empty if they are not sent."""

    match: frozenset[str] = frozenset()
    none_match: frozenset[str] = frozenset()


@dataclass(frozen=True)
class WriteRequest:
    """A write: its action, the note of its version, its preconditions, and the limits of its RDF."""

    action: Action
    note: str
    preconditions: Preconditions = Preconditions()
    limits: PayloadLimits = field(default_factory=PayloadLimits)
    protected: str = ""
    """The start of the names of graphs that this write may not change; empty if there are none."""

    @property
    def text(self) -> str:
        """Return a description for people: the update's text, if it is one."""
        return self.action.text if isinstance(self.action, RunUpdate | PatchGraph) else self.note


@dataclass(frozen=True)
class Written:
    """The version that a write made, and how many triples its graph held before; None if there was no such graph."""

    version: Version
    triples_before: int | None = None


class Writer(Protocol):
    """Carries out writes, one after another."""

    def write(self, request: WriteRequest, fetch: Fetch, client: Client = LOCAL_CLIENT) -> Written:
        """Make a write the current version. Raises CommuniqueError if it fails; the store is as it was then."""

    def running(self) -> tuple[Running, ...]:
        """Return the writes under way, oldest first."""

    def stop(self, number: int) -> bool:
        """End a write under way; False if there is none of that number."""
