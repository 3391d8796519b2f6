"""The protocol between the front process and its workers and writers: frames with a kind and a body, over a socket.

What workers and writers send is JSON rather than pickles, so that the front process never executes anything sent by
them. Neither side holds much more than one frame: the socket's buffer provides back-pressure.
"""

from __future__ import annotations

import json
import select
import socket
import struct
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

from rdflib import Graph

from kg import errors
from kg.errors import CommuniqueError, StoreError
from kg.formats import FORMATS, Format
from kg.sparql.protocol import Query, QueryForm, RequestDataset
from kg.store.answers import Evaluation
from kg.store.interfaces import Answer

MAX_FRAME_BYTES = 64 * 2**20
"""The maximum size of a received frame: requests are far smaller, and chunks are split to `MAX_CHUNK_BYTES`."""
MAX_CHUNK_BYTES = 256 * 2**10
MAX_KNOWN_HEADS = 100
"""The number of answer heads whose encoding and decoding are cached: there are few different ones."""
LEAST_RECEIVED_BYTES = 4096
"""The least number of bytes requested from the socket, for small frames that were sent together."""
_HEADER = struct.Struct(">cI")
_FORMATS = {format_.name: format_ for format_ in FORMATS}
# Only these can be created from a frame: any other name is a KeyError, so the sender cannot choose a class to call.
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
    NEXT = b"N"
    DROP = b"D"
    PROCEED = b"G"


class GoneError(Exception):
    """The other side has closed the channel or died."""


class Channel:
    """A socket for frames, used by one thread at a time in each direction."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._received = bytearray()
        """Bytes received beyond the last frame."""

    def fileno(self) -> int:
        """Return the descriptor to wait for, or -1 once closed."""
        return self.socket.fileno()

    def send(self, kind: FrameKind, body: bytes = b"") -> None:
        """Send a frame, blocking while the other side is behind. Raises GoneError if it has ended."""
        self.send_together([(kind, body)])

    def send_together(self, frames: Sequence[tuple[FrameKind, bytes]]) -> None:
        """Send frames as one message, so that the other side wakes up only once."""
        try:
            self.socket.sendall(b"".join(_HEADER.pack(kind.value, len(body)) + body for kind, body in frames))
        except OSError as error:
            raise GoneError from error

    def receive(self) -> tuple[FrameKind, bytes]:
        """Wait for the next frame and return it. Raises GoneError if the other side has ended."""
        kind, length = _HEADER.unpack(self._take(_HEADER.size))
        # A faulty process must not make the front process allocate any size that it announces.
        if length > MAX_FRAME_BYTES:
            raise StoreError(f"A process announced a frame of {length} bytes: expected at most {MAX_FRAME_BYTES}.")
        return FrameKind(kind), self._take(length)

    def is_readable(self, wait: float) -> bool:
        """Return whether there is something to receive, waiting at most `wait` seconds."""
        # Bytes that came with the last frame are no longer in the socket, where poll would see them.
        if self._received:
            return True
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        return bool(poll.poll(1000 * wait))

    def close(self) -> None:
        """Close the socket, which the other side notices."""
        self.socket.close()

    def _take(self, length: int) -> bytes:
        while len(self._received) < length:
            try:
                part = self.socket.recv(min(max(length - len(self._received), LEAST_RECEIVED_BYTES), MAX_CHUNK_BYTES))
            except OSError as error:
                raise GoneError from error
            if not part:
                raise GoneError
            self._received += part
        taken = bytes(self._received[:length])
        del self._received[:length]
        return taken


def to_json(value: dict[str, Any]) -> bytes:
    """Return the body of a frame; lone surrogates, which UTF-8 cannot encode, are escaped."""
    return json.dumps(value).encode("ascii")


def from_query(query: Query) -> dict[str, Any]:
    """Return a query as a JSON object of its fields."""
    # Formats by name, so that `to_format` returns the same row of the table.
    formats = {key: format_ and format_.name for key, format_ in (("results", query.results), ("graph", query.graph))}
    return {**vars(query), **formats, "dataset": vars(query.dataset)}


def to_query(fields: dict[str, Any]) -> Query:
    """Return a query from JSON."""
    formats = {key: fields[key] and to_format(fields[key]) for key in ("results", "graph")}
    dataset = RequestDataset(*(tuple(fields["dataset"][key]) for key in ("default", "named")))
    return Query(**{**fields, **formats, "dataset": dataset, "labels": tuple(fields["labels"])})


def to_format(name: str) -> Format:
    """Return the table's own row for a format, not a copy: formats are compared by identity."""
    return _FORMATS[name]


def from_head(answer: Answer | Evaluation) -> bytes:
    """Return the form, format and version of an answer as a frame's body."""
    return _head(answer.form, answer.format.name, answer.version)


@lru_cache(MAX_KNOWN_HEADS)
def _head(form: QueryForm, format_name: str, version: str) -> bytes:
    return to_json({"form": form.value, "format": format_name, "version": version})


@lru_cache(MAX_KNOWN_HEADS)
def to_head(body: bytes) -> tuple[QueryForm, Format, str]:
    """Return the form, format and version of an answer."""
    fields = json.loads(body)
    return QueryForm(fields["form"]), to_format(fields["format"]), fields["version"]


def from_error(error: CommuniqueError) -> dict[str, Any]:
    """Return an error as JSON, with its attributes; graphs are N-Triples."""
    # Only JSON's own types: an error may have problems and locations, which the front process does not need.
    attributes = {key: value for key, value in vars(error).items() if isinstance(value, str | int | float)}
    graphs = {key: value.serialize(format="nt") for key, value in vars(error).items() if isinstance(value, Graph)}
    return {"kind": type(error).__name__, "text": str(error), "held": attributes, "graphs": graphs}


def to_error(fields: dict[str, Any]) -> CommuniqueError:
    """Return an error from JSON, with the class and attributes that were sent."""
    kind = _ERRORS[fields["kind"]]
    # Without calling __init__, whose parameters differ between classes: the attributes come from the frame.
    error = kind.__new__(kind, fields["text"])
    graphs = {key: Graph().parse(data=text, format="nt") for key, text in fields["graphs"].items()}
    vars(error).update({**fields["held"], **graphs})
    return error
