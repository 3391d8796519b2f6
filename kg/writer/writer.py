"""The code of a writer: a process that executes one write within system limits, and then exits.

`writer_fork_server` forks it, and calls `carry_out_request` in it.

It may write only to the store's folder. Before it publishes a version, it gets permission from the front process, which
does not end it after that, so that the server always knows whether a write has happened.
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

from kg.app.write import Committer, WriteTurn
from kg.errors import CommuniqueError, MemoryLimitError
from kg.store import EmbeddedStore, open_store
from kg.workers.confinement import Audit, allow_processor, end_on_hangup, mark_as_first_oom_victim
from kg.workers.frames import Channel, FrameKind, GoneError, from_error, to_error, to_json
from kg.workers.memory_ceiling import MemoryCeiling
from kg.workers.process_exits import memory_error
from kg.writer.prepared_write import parse_write
from kg.writer.write_requests import Document, WriteRequest, Written, from_written, receive_pickled

REPORT_SECONDS = 0.2
"""Seconds before its deadline at which a write stops waiting for another process's, so that it can still report why."""


@dataclass(frozen=True)
class WriterOptions:
    """The store that a writer opens, the bytes that it may allocate, and the processor seconds that it may use."""

    folder: str
    memory: int
    cpu: float
    keep: int = 0
    """The number of versions to keep after the write, 0 for all."""

    def open(self) -> EmbeddedStore:
        """Open the store. Raises RequestError if there is none."""
        return open_store(Path(self.folder), self.keep)


def carry_out_request(channel: Channel, options: WriterOptions, committer: Committer) -> None:
    """Receive a request, execute it, and send its outcome."""
    threading.Thread(target=end_on_hangup, args=(channel.fileno(),), daemon=True, name="watch").start()
    mark_as_first_oom_victim()
    try:
        channel.send(FrameKind.READY)
        request, deadline = receive_pickled(channel)
        # Not earlier: the memory for receiving a large document must not count towards the limit.
        _confine(options, channel)
        channel.send(*_outcome(channel, request, committer, deadline, options.memory))
    except GoneError:
        return


def _confine(options: WriterOptions, channel: Channel) -> None:
    allow_processor(options.cpu)
    MemoryCeiling(options.memory)
    sys.addaudithook(Audit(options.folder))
    root = logging.getLogger()
    # The front process reads standard error only to find out why a writer ended unexpectedly.
    root.addHandler(_FrontLogHandler(channel))
    root.setLevel(logging.INFO)


def _outcome(
    channel: Channel, request: WriteRequest, committer: Committer, deadline: float, memory: int
) -> tuple[FrameKind, bytes]:
    try:
        edit = parse_write(request, partial(_fetch_by_front, channel))
        # The remaining time, since the write has already waited for its turn in the front process.
        wait = max(deadline - time.monotonic() - REPORT_SECONDS, 0)
        version = committer.commit(edit, request.note, WriteTurn(wait, partial(_ask_to_publish, channel)))
        return FrameKind.END, from_written(Written(version, edit.triples_before))
    except (MemoryError, MemoryLimitError):
        return FrameKind.ERROR, to_json(from_error(memory_error("write", memory)))
    except CommuniqueError as error:
        return FrameKind.ERROR, to_json(from_error(error))


def _ask_to_publish(channel: Channel) -> None:
    """Wait until the front process allows publishing, after which it does not end this process."""
    channel.send(FrameKind.PUBLISHING)
    channel.receive()
    # From here on, the write must not fail because of its processor time: its outcome would be unknown.
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _fetch_by_front(channel: Channel, url: str) -> Document:
    """Have the front process fetch a document, since a writer makes no connections."""
    channel.send(FrameKind.FETCH, to_json({"url": url}))
    kind, body = channel.receive()
    if kind is FrameKind.ERROR:
        raise to_error(json.loads(body))
    document: Document = receive_pickled(channel)
    return document


class _FrontLogHandler(logging.Handler):
    """A log handler that sends records to the front process."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record's name, level and message."""
        fields = {"logger": record.name, "level": record.levelno, "message": record.getMessage()}
        self._channel.send(FrameKind.LOG, to_json(fields))
