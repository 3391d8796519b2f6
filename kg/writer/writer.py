"""What a writer runs: one write within the system's limits, in a process that ends with it.

It may write to the store's folder, and to nothing else. Before it publishes a version it asks the front process, which
does not end it from then on, so that the server always knows whether a write has happened.
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
from kg.writer.write_requests import Document, WriteRequest, Written, from_written, receive_document, receive_request

REPORT_SECONDS = 0.2
"""How long before its deadline a write stops waiting for another process's, so that it can still report why."""


@dataclass(frozen=True)
class WriterOptions:
    """The store that a writer opens, the bytes that it may allocate, and the seconds of a processor that it may use."""

    folder: str
    memory: int
    cpu: float
    keep: int = 0
    """How many versions are kept after the write, 0 for all."""

    def open(self) -> EmbeddedStore:
        """Open the store. Raises RequestError if there is none."""
        return open_store(Path(self.folder), self.keep)


def carry_out_request(channel: Channel, options: WriterOptions, committer: Committer) -> None:
    """Carry out the request that is received, and send its outcome."""
    threading.Thread(target=end_on_hangup, args=(channel.fileno(),), daemon=True, name="watch").start()
    mark_as_first_oom_victim()
    try:
        channel.send(FrameKind.READY)
        request, deadline = receive_request(channel)
        # Only now: a large document must not count against the limit on memory before its write has begun.
        _confine(options, channel)
        channel.send(*_outcome(channel, request, committer, deadline, options.memory))
    except GoneError:
        return


def _confine(options: WriterOptions, channel: Channel) -> None:
    allow_processor(options.cpu)
    MemoryCeiling(options.memory)
    sys.addaudithook(Audit(options.folder))
    root = logging.getLogger()
    # The front process reads standard error only for the reason of an end that nobody asked for.
    root.addHandler(_FrontLogHandler(channel))
    root.setLevel(logging.INFO)


def _outcome(
    channel: Channel, request: WriteRequest, committer: Committer, deadline: float, memory: int
) -> tuple[FrameKind, bytes]:
    try:
        edit = parse_write(request, partial(_fetch_by_front, channel))
        # What is left of the time, since the write has waited for its turn in the front process already.
        wait = max(deadline - time.monotonic() - REPORT_SECONDS, 0)
        version = committer.commit(edit, request.note, WriteTurn(wait, partial(_ask_to_publish, channel)))
        return FrameKind.END, from_written(Written(version, edit.triples_before))
    except (MemoryError, MemoryLimitError):
        return FrameKind.ERROR, to_json(from_error(memory_error("write", memory)))
    except CommuniqueError as error:
        return FrameKind.ERROR, to_json(from_error(error))


def _ask_to_publish(channel: Channel) -> None:
    """Wait until the front process allows it, which does not end this process from then on."""
    channel.send(FrameKind.PUBLISHING)
    channel.receive()
    # From here on the write must not fail for the time that it has used: its outcome would be unknown.
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _fetch_by_front(channel: Channel, url: str) -> Document:
    """Have the front process fetch a document: a writer makes no connections."""
    channel.send(FrameKind.FETCH, to_json({"url": url}))
    kind, body = channel.receive()
    if kind is FrameKind.ERROR:
        raise to_error(json.loads(body))
    return receive_document(channel, body)


class _FrontLogHandler(logging.Handler):
    """Has the front process write what is logged here."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record's name, level and message."""
        fields = {"logger": record.name, "level": record.levelno, "message": record.getMessage()}
        self._channel.send(FrameKind.LOG, to_json(fields))
