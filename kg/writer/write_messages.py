"""What is said between the server and a writer: a request and its documents one way, frames about its progress back.

A request's texts and documents are sent as they are, in pieces, behind a frame of JSON that tells their sizes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from kg.store import PayloadLimits, RequestDataset, Version
from kg.workers.frames import CHUNK, Channel, FrameKind, to_format, to_json
from kg.writer.write_requests import (
    Action,
    AddDataset,
    AddToGraph,
    Document,
    PatchGraph,
    Preconditions,
    RemoveGraph,
    ReplaceGraph,
    RunUpdate,
    WriteRequest,
    Written,
)

_OF_DOCUMENTS: dict[str, Callable[[Any, tuple[Document, ...]], Action]] = {
    kind.__name__: kind for kind in (ReplaceGraph, AddToGraph, AddDataset)
}


def send_request(channel: Channel, request: WriteRequest, deadline: float) -> None:
    """Send a request to a writer, and by when, on the clock that processes share, it has to be over."""
    conditions = request.preconditions
    fields, blobs = _from_action(request.action)
    told = {
        "action": fields,
        "note": request.note,
        "match": sorted(conditions.match),
        "none_match": sorted(conditions.none_match),
        "limits": asdict(request.limits),
        "deadline": deadline,
        "sizes": [len(blob) for blob in blobs],
    }
    channel.send(FrameKind.ASK, to_json(told))
    for blob in blobs:
        _send_blob(channel, blob)


def receive_request(channel: Channel) -> tuple[WriteRequest, float]:
    """Return the request that comes next, and by when it has to be over."""
    _, body = channel.receive()
    told = json.loads(body)
    blobs = iter([_receive_blob(channel, size) for size in told["sizes"]])
    conditions = Preconditions(frozenset(told["match"]), frozenset(told["none_match"]))
    action = _to_action(told["action"], blobs)
    return WriteRequest(action, told["note"], conditions, PayloadLimits(**told["limits"])), told["deadline"]


def send_document(channel: Channel, document: Document) -> None:
    """Send a fetched document to the writer that has asked for it."""
    told = {**_from_document(document), "size": len(document.data)}
    channel.send(FrameKind.HEAD, to_json(told))
    _send_blob(channel, document.data)


def receive_document(channel: Channel, head: bytes) -> Document:
    """Return the document whose head has come."""
    told = json.loads(head)
    return _to_document(told, _receive_blob(channel, told["size"]))


def from_written(written: Written) -> bytes:
    """Return what a write came to as a frame's body."""
    return to_json({"version": asdict(written.version), "held": written.held})


def to_written(body: bytes) -> Written:
    """Return what a frame's body says that a write came to."""
    told = json.loads(body)
    version = told["version"]
    return Written(Version(**{**version, "changed": tuple(version["changed"])}), told["held"])


def _from_action(action: Action) -> tuple[dict[str, Any], list[bytes]]:
    """Return an action as JSON holds it, and its texts and documents."""
    fields: dict[str, Any] = {"kind": type(action).__name__}
    match action:
        case RunUpdate(text, using, base):
            return {**fields, "using": [using.default, using.named], "base": base}, [text.encode()]
        case PatchGraph(graph, text, base):
            return {**fields, "graph": graph, "base": base}, [text.encode()]
        case ReplaceGraph(graph, documents) | AddToGraph(graph, documents) | AddDataset(graph, documents):
            told = [_from_document(one) for one in documents]
            return {**fields, "graph": graph, "documents": told}, [one.data for one in documents]
        case RemoveGraph(graph):
            return {**fields, "graph": graph}, []


def _to_action(told: dict[str, Any], blobs: Iterator[bytes]) -> Action:
    graph = told.get("graph")
    match told["kind"]:
        case "RunUpdate":
            default, named = map(tuple, told["using"])
            return RunUpdate(next(blobs).decode(), RequestDataset(default, named), told["base"])
        case "PatchGraph":
            return PatchGraph(graph, next(blobs).decode(), told["base"])
        case "RemoveGraph":
            return RemoveGraph(graph)
        case kind:
            documents = tuple(_to_document(one, next(blobs)) for one in told["documents"])
            return _OF_DOCUMENTS[kind](graph, documents)


def _from_document(document: Document) -> dict[str, Any]:
    return {"format": document.format.name, "base": document.base}


def _to_document(told: dict[str, Any], data: bytes) -> Document:
    return Document(data, to_format(told["format"]), told["base"])


def _send_blob(channel: Channel, data: bytes) -> None:
    for start in range(0, len(data), CHUNK):
        channel.send(FrameKind.CHUNK, data[start : start + CHUNK])


def _receive_blob(channel: Channel, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        parts += channel.receive()[1]
    return bytes(parts)
