"""What is said between the front process and a worker: frames of a kind and a body, over a socket.

Requests, heads and errors are JSON, so that nothing that a worker says is run by the front; chunks are bytes as they
are. Neither side holds more than one frame: the socket's buffer is the back-pressure.
"""

from __future__ import annotations

import json
import select
import socket
import struct
from enum import Enum
from typing import Any

from rdflib import Graph

from kg import errors
from kg.errors import CommuniqueError, StoreError
from kg.formats import FORMATS, Format
from kg.sparql.protocol import Query, QueryForm, RequestDataset
from kg.store.interfaces import Answer

MOST = 64 * 2**20
"""Bytes of the largest frame that is taken: a request's text is far below it, and chunks are cut to `CHUNK`."""
CHUNK = 256 * 2**10
_HEADER = struct.Struct(">cI")
_FORMATS = {row.name: row for row in FORMATS}
_ERRORS = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, CommuniqueError)
}


class FrameKind(Enum):
    """The kinds of frame."""

    ASK = b"A"
    READY = b"R"
    HEAD = b"H"
    CHUNK = b"C"
    END = b"E"
    ERROR = b"X"
    PUBLISHING = b"P"
    FETCH = b"F"
    LOG = b"L"


class GoneError(Exception):
    """The other side has closed the channel, or died."""


class Channel:
    """A socket that frames are sent over, by one thread at a time in each direction."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection

    def fileno(self) -> int:
        """Return the descriptor to wait for, -1 once it is closed."""
        return self.socket.fileno()

    def send(self, kind: FrameKind, body: bytes = b"") -> None:
        """Send a frame, waiting while the other side is behind; GoneError where there is none."""
        try:
            self.socket.sendall(_HEADER.pack(kind.value, len(body)))
            self.socket.sendall(body)
        except OSError as error:
            raise GoneError from error

    def receive(self) -> tuple[FrameKind, bytes]:
        """Return the next frame, waiting for it; GoneError where the other side has ended."""
        kind, length = _HEADER.unpack(self._exactly(_HEADER.size))
        if length > MOST:
            raise StoreError(f"A frame of {length} bytes was announced between processes: expected at most {MOST}.")
        return FrameKind(kind), self._exactly(length)

    def has_spoken(self, wait: float) -> bool:
        """Tell whether there is something to receive, waiting so many seconds for it."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        return bool(poll.poll(1000 * wait))

    def close(self) -> None:
        """Close the socket; the other side sees it."""
        self.socket.close()

    def _exactly(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            try:
                part = self.socket.recv(min(length - len(parts), CHUNK))
            except OSError as error:
                raise GoneError from error
            if not part:
                raise GoneError
            parts += part
        return bytes(parts)


def to_json(value: dict[str, Any]) -> bytes:
    """Return a frame's body; a text's lone surrogates, which UTF-8 has no bytes for, are escaped."""
    return json.dumps(value).encode("ascii")


def from_query(query: Query) -> dict[str, Any]:
    """Return a query as JSON holds it."""
    return {
        "text": query.text,
        "results": query.results.name if query.results else None,
        "graph": query.graph.name if query.graph else None,
        "default": query.dataset.default,
        "named": query.dataset.named,
        "version": query.version,
        "base": query.base,
        "sparql12": query.sparql12,
        "labels": query.labels,
    }


def to_query(said: dict[str, Any]) -> Query:
    """Return the query that JSON holds."""
    dataset = RequestDataset(tuple(said["default"]), tuple(said["named"]))
    results, graph = (to_format(said[key]) if said[key] else None for key in ("results", "graph"))
    return Query(
        said["text"], results, graph, dataset, said["version"], said["base"], said["sparql12"], tuple(said["labels"])
    )


def to_format(name: str) -> Format:
    """Return the row of the table itself: formats are told apart by identity."""
    return _FORMATS[name]


def from_head(answer: Answer) -> bytes:
    """Return what an answer is, without its chunks."""
    return to_json({"form": answer.form.value, "format": answer.format.name, "version": answer.version})


def to_head(body: bytes) -> tuple[QueryForm, Format, str]:
    """Return the form, format and version of an answer."""
    said = json.loads(body)
    return QueryForm(said["form"]), to_format(said["format"]), said["version"]


def from_error(error: CommuniqueError) -> dict[str, Any]:
    """Return an error with its sentence and what it holds beside it, a graph as N-Triples."""
    held = {key: value for key, value in vars(error).items() if isinstance(value, str | int | float)}
    graphs = {key: value.serialize(format="nt") for key, value in vars(error).items() if isinstance(value, Graph)}
    return {"kind": type(error).__name__, "text": str(error), "held": held, "graphs": graphs}


def to_error(said: dict[str, Any]) -> CommuniqueError:
    """Return the error that was sent, of the same class and holding the same."""
    kind = _ERRORS[said["kind"]]
    error = kind.__new__(kind, said["text"])
    graphs = {key: Graph().parse(data=text, format="nt") for key, text in said["graphs"].items()}
    vars(error).update({**said["held"], **graphs})
    return error
