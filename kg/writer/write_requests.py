"""Writes as data: the requests that a server sends to the process that executes them, and their outcomes.

Requests are pickled, in chunks, since a document may be longer than a frame. Outcomes are JSON, as is everything that
the front process receives.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from kg.formats import Format
from kg.sparql.protocol import STORED
from kg.store import PayloadLimits, RequestDataset, Version
from kg.workers.frames import MAX_CHUNK_BYTES, Channel, FrameKind, to_json
from kg.workers.query_jobs import LOCAL_CLIENT, Client, Running

ANY = "*"
"""The tag that matches any existing state (RFC 9110, section 13.1)."""


@dataclass(frozen=True)
class Document:
    """RDF that was sent or fetched, and has not been parsed yet."""

    data: bytes = field(repr=False)
    format: Format
    base: str | None = None


Fetch = Callable[[str], Document]
"""Fetches the document that LOAD names, or raises a CommuniqueError."""


@dataclass(frozen=True)
class RunUpdate:
    """Run a SPARQL Update."""

    text: str
    using: RequestDataset = STORED
    base: str | None = None


@dataclass(frozen=True)
class ReplaceGraph:
    """Replace a graph's triples with those of the documents; None is the default graph."""

    graph: str | None
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class AddToGraph:
    """Add the documents' triples to a graph."""

    graph: str | None
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class AddDataset:
    """Add the documents' quads to their graphs; documents without named graphs create the graph `new` instead."""

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
    """The tags in If-Match and If-None-Match (RFC 9110, section 13.1), empty if the fields are not sent."""

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
    """The prefix of the names of graphs that this write must not change; empty if there are none."""

    @property
    def text(self) -> str:
        """Return a readable description: the text if it is an update."""
        return self.action.text if isinstance(self.action, RunUpdate | PatchGraph) else self.note


@dataclass(frozen=True)
class Written:
    """The version made by a write, and the number of triples in its graph before; None if the graph did not exist."""

    version: Version
    triples_before: int | None = None


class Writer(Protocol):
    """Executes writes, one after another."""

    def write(self, request: WriteRequest, fetch: Fetch, client: Client = LOCAL_CLIENT) -> Written:
        """Make a write the current version. Raises CommuniqueError if it fails, leaving the store unchanged."""

    def running(self) -> tuple[Running, ...]:
        """Return the running and waiting writes, oldest first."""

    def stop(self, number: int) -> bool:
        """Stop a write; return False if there is none with that number."""


class _ChunkWriter:
    """A file object that sends what is written to it as frames."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def write(self, data: bytes) -> int:
        for start in range(0, len(data), MAX_CHUNK_BYTES):
            self._channel.send(FrameKind.CHUNK, data[start : start + MAX_CHUNK_BYTES])
        return len(data)


def send_pickled(channel: Channel, value: object) -> None:
    """Send a value to a writer, which trusts the front process; only what a writer sends is never unpickled."""
    # Into the channel, so that a long document is not copied first.
    pickle.dump(value, _ChunkWriter(channel))
    channel.send(FrameKind.END)


def receive_pickled(channel: Channel) -> Any:  # noqa: ANN401 -- whatever the front process has sent
    """Return the next value that the front process sends."""
    parts = bytearray()
    while (frame := channel.receive())[0] is FrameKind.CHUNK:
        parts += frame[1]
    return pickle.loads(parts)  # noqa: S301 -- from the process that started this one


def from_written(written: Written) -> bytes:
    """Return the outcome of a write as a frame's body."""
    return to_json({"version": asdict(written.version), "triples_before": written.triples_before})


def to_written(body: bytes) -> Written:
    """Return the outcome of a write from a frame's body."""
    fields = json.loads(body)
    version = fields["version"]
    return Written(Version(**{**version, "changed": tuple(version["changed"])}), fields["triples_before"])
