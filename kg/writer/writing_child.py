"""What runs in a writer: one write, within limits that the system keeps, in a process that ends with it.

It may write to the store's folder, and to nothing else. Before it publishes, it asks: from then on nobody ends it, so
that the server always knows whether a write has happened.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kg.app.stores import open_store
from kg.app.write_edit import WriteTurn
from kg.errors import CommuniqueError, MemoryLimitError
from kg.store import EmbeddedStore
from kg.workers.confinement import Audit, allow_processor, end_with, mark_as_first_to_go
from kg.workers.frames import Channel, FrameKind, GoneError, from_error, to_error, to_json
from kg.workers.memory_ceiling import MemoryCeiling
from kg.workers.process_exits import memory_error
from kg.writer.committer import Committer
from kg.writer.edit import prepare
from kg.writer.write_messages import from_written, receive_document, receive_request
from kg.writer.write_requests import Document, WriteRequest, Written

WORD = 0.2
"""Seconds before its time is over in which a write that has waited in vain for another process's says so."""


@dataclass(frozen=True)
class WriterOptions:
    """Which store a writer opens, the bytes that it may allocate, and the seconds of a processor that it may use."""

    folder: str
    memory: int
    cpu: float
    keep: int = 0
    """How many versions a write leaves, 0 for all."""

    def open(self) -> EmbeddedStore:
        """Open the store, or raise RequestError where there is none."""
        return open_store(Path(self.folder), self.keep)


def work(channel: Channel, source: WriterOptions, change: Committer) -> None:
    """Carry out the request that comes, and tell what it came to."""
    threading.Thread(target=end_with, args=(channel.fileno(),), daemon=True, name="watch").start()
    mark_as_first_to_go()
    try:
        channel.send(FrameKind.READY)
        request, deadline = receive_request(channel)
        _confine(source, channel)
        channel.send(*_outcome(channel, request, change, deadline, source.memory))
    except GoneError:
        return


def _confine(source: WriterOptions, channel: Channel) -> None:
    allow_processor(source.cpu)
    MemoryCeiling(source.memory)
    sys.addaudithook(Audit(source.folder))
    root = logging.getLogger()
    root.addHandler(_Log(channel))
    root.setLevel(logging.INFO)


def _outcome(
    channel: Channel, request: WriteRequest, change: Committer, deadline: float, memory: int
) -> tuple[FrameKind, bytes]:
    try:
        edit = prepare(request, _Fetching(channel))
        wait = max(deadline - time.monotonic() - WORD, 0)
        version = change(edit, request.note, WriteTurn(wait, partial(_ask_leave, channel)))
        return FrameKind.END, from_written(Written(version, edit.held))
    except (MemoryError, MemoryLimitError):
        return FrameKind.ERROR, to_json(from_error(memory_error("write", memory)))
    except CommuniqueError as error:
        return FrameKind.ERROR, to_json(from_error(error))


def _ask_leave(channel: Channel) -> None:
    """Wait until the server promises not to end this process any more: what follows makes the version."""
    channel.send(FrameKind.PUBLISHING)
    channel.receive()
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class _Fetching:
    """Has the server fetch a document: a writer makes no connections."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def __call__(self, url: str) -> Document:
        self._channel.send(FrameKind.FETCH, to_json({"url": url}))
        kind, body = self._channel.receive()
        if kind is FrameKind.ERROR:
            raise to_error(json.loads(body))
        return receive_document(self._channel, body)


class _Log(logging.Handler):
    """Has the server log what is logged here."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record's name, level and message."""
        told = {"logger": record.name, "level": record.levelno, "message": record.getMessage()}
        self._channel.send(FrameKind.LOG, to_json(told))
