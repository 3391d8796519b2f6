"""Writes as data: the requests that a server sends to the process that executes them, and their outcomes.

A request's texts and documents are sent as bytes, in chunks, after a frame of JSON with their sizes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from kg.formats import Format
from kg.sparql.protocol import STORED
from kg.store import PayloadLimits, RequestDataset, Version
from kg.workers.frames import MAX_CHUNK_BYTES, Channel, FrameKind, to_format, to_json
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


_DOCUMENT_ACTIONS: dict[str, Callable[[Any, tuple[Document, ...]], Action]] = {
    kind.__name__: kind for kind in (ReplaceGraph, AddToGraph, AddDataset)
}


def send_request(channel: Channel, request: WriteRequest, deadline: float) -> None:
    """Send a request to a writer, with its deadline on the monotonic clock, which processes share."""
    conditions = request.preconditions
    action, blobs = _from_action(request.action)
    fields = {
        "action": action,
        "note": request.note,
        "match": sorted(conditions.match),
        "none_match": sorted(conditions.none_match),
        "limits": asdict(request.limits),
        "protected": request.protected,
        "deadline": deadline,
        # Separate from the JSON: base64 adds a third, and the size of a frame is limited (`MAX_FRAME_BYTES`).
        "sizes": [len(blob) for blob in blobs],
    }
    channel.send(FrameKind.ASK, to_json(fields))
    for blob in blobs:
        _send_blob(channel, blob)


def receive_request(channel: Channel) -> tuple[WriteRequest, float]:
    """Return the next request and its deadline."""
    _, body = channel.receive()
    fields = json.loads(body)
    blobs = iter([_receive_blob(channel, size) for size in fields["sizes"]])
    conditions = Preconditions(frozenset(fields["match"]), frozenset(fields["none_match"]))
    action = _to_action(fields["action"], blobs)
    limits = PayloadLimits(**fields["limits"])
    return WriteRequest(action, fields["note"], conditions, limits, fields["protected"]), fields["deadline"]


def send_document(channel: Channel, document: Document) -> None:
    """Send a fetched document to the writer that requested it."""
    fields = {**_from_document(document), "size": len(document.data)}
    channel.send(FrameKind.HEAD, to_json(fields))
    _send_blob(channel, document.data)


def receive_document(channel: Channel, head: bytes) -> Document:
    """Return the document that follows a head that has been received."""
    fields = json.loads(head)
    return _to_document(fields, _receive_blob(channel, fields["size"]))


def from_written(written: Written) -> bytes:
    """Return the outcome of a write as a frame's body."""
    return to_json({"version": asdict(written.version), "triples_before": written.triples_before})


def to_written(body: bytes) -> Written:
    """Return the outcome of a write from a frame's body."""
    fields = json.loads(body)
    version = fields["version"]
    return Written(Version(**{**version, "changed": tuple(version["changed"])}), fields["triples_before"])


def _from_action(action: Action) -> tuple[dict[str, Any], list[bytes]]:
    """Return an action as JSON, and its texts and documents."""
    fields: dict[str, Any] = {"kind": type(action).__name__}
    match action:
        case RunUpdate(text, using, base):
            return {**fields, "using": [using.default, using.named], "base": base}, [text.encode()]
        case PatchGraph(graph, text, base):
            return {**fields, "graph": graph, "base": base}, [text.encode()]
        case ReplaceGraph(graph, documents) | AddToGraph(graph, documents) | AddDataset(graph, documents):
            headers = [_from_document(document) for document in documents]
            return {**fields, "graph": graph, "documents": headers}, [document.data for document in documents]
        case RemoveGraph(graph):
            return {**fields, "graph": graph}, []


def _to_action(fields: dict[str, Any], blobs: Iterator[bytes]) -> Action:
    graph = fields.get("graph")
    match fields["kind"]:
        case "RunUpdate":
            default, named = map(tuple, fields["using"])
            return RunUpdate(next(blobs).decode(), RequestDataset(default, named), fields["base"])
        case "PatchGraph":
            return PatchGraph(graph, next(blobs).decode(), fields["base"])
        case "RemoveGraph":
            return RemoveGraph(graph)
        case kind:
            documents = tuple(_to_document(header, next(blobs)) for header in fields["documents"])
            return _DOCUMENT_ACTIONS[kind](graph, documents)


def _from_document(document: Document) -> dict[str, Any]:
    return {"format": document.format.name, "base": document.base}


def _to_document(fields: dict[str, Any], data: bytes) -> Document:
    return Document(data, to_format(fields["format"]), fields["base"])


def _send_blob(channel: Channel, data: bytes) -> None:
    for start in range(0, len(data), MAX_CHUNK_BYTES):
        channel.send(FrameKind.CHUNK, data[start : start + MAX_CHUNK_BYTES])


def _receive_blob(channel: Channel, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        parts += channel.receive()[1]
    return bytes(parts)
