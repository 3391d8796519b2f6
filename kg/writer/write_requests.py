"""A write as data: what a server hands to the process that carries it out, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from kg.formats import Format
from kg.sparql.protocol import STORED
from kg.store import PayloadLimits, RequestDataset, Version
from kg.workers import Client, Running

ANY = "*"
"""The tag that stands for whatever there is."""
LOCAL_CLIENT = Client()


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
    """Make a graph (None: the default graph) hold what the documents say."""

    graph: str | None
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class AddToGraph:
    """Add what the documents say to a graph."""

    graph: str | None
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class AddDataset:
    """Add to each graph what the documents say of it; documents without named graphs make the graph `new` instead."""

    new: str
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class RemoveGraph:
    """Remove a graph."""

    graph: str | None


@dataclass(frozen=True)
class PatchGraph:
    """Run an update whose default graph is one graph, which is all that it may write."""

    graph: str | None
    text: str
    base: str | None = None


Action = RunUpdate | ReplaceGraph | AddToGraph | AddDataset | RemoveGraph | PatchGraph


@dataclass(frozen=True)
class Preconditions:
    """The versions that If-Match and If-None-Match name (RFC 9110, section 13.1), empty where they are not sent."""

    match: frozenset[str] = frozenset()
    none_match: frozenset[str] = frozenset()


@dataclass(frozen=True)
class WriteRequest:
    """A write: what to do, the note that its version carries, under which condition, and what RDF may hold."""

    action: Action
    note: str
    preconditions: Preconditions = Preconditions()
    limits: PayloadLimits = field(default_factory=PayloadLimits)

    @property
    def text(self) -> str:
        """Return what is asked, for people."""
        return self.action.text if isinstance(self.action, RunUpdate | PatchGraph) else self.note


@dataclass(frozen=True)
class Written:
    """The version that a write made, and the triples that its graph held before (None: there was no such graph)."""

    version: Version
    held: int | None = None


class Writer(Protocol):
    """What carries writes out, one after another."""

    def write(self, request: WriteRequest, fetch: Fetch, client: Client = LOCAL_CLIENT) -> Written:
        """Make a write the current version, or raise a CommuniqueError and leave everything as it was."""

    def running(self) -> tuple[Running, ...]:
        """Return the writes under way, oldest first."""

    def stop(self, number: int) -> bool:
        """End a write under way; False where there is none of that number."""
