"""What a worker runs: one request at a time, over versions opened read-only, within the system's limits.

A worker cannot write: its limit on the size of files is 0, for the engine too. Once it is ready, its Python code opens
files of the store and of the installation only, and no connection and no process. It ends when the front process
closes its channel.
"""

from __future__ import annotations

import json
import sys
import threading
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import CommuniqueError, MemoryLimitError, SizeLimitError, StoreError
from kg.formats import JSON, NTRIPLES
from kg.sparql.protocol import QueryForm
from kg.store import Answer, EmbeddedStore, Query, open_store
from kg.store.service_tables import table
from kg.workers.confinement import Audit, allow_processor, end_on_hangup, forbid_writing, mark_as_first_oom_victim
from kg.workers.frames import (
    MAX_CHUNK_BYTES,
    Channel,
    FrameKind,
    GoneError,
    from_error,
    from_head,
    to_format,
    to_json,
    to_query,
)
from kg.workers.memory_ceiling import MemoryCeiling
from kg.workers.process_exits import memory_error
from kg.workers.row_counter import RowCounter

REFRESH_SECONDS = 1.0
"""How often an idle worker opens the current version, if that is a new one."""


@dataclass(frozen=True)
class WorkerOptions:
    """The store that a worker opens, and the bytes that it may allocate beyond what it starts with."""

    folder: str
    memory: int

    def open(self) -> EmbeddedStore:
        """Open the store. Raises RequestError if there is none."""
        return open_store(Path(self.folder))


def answer_requests(channel: Channel, options: WorkerOptions) -> None:
    """Answer requests until the front process closes the channel."""
    threading.Thread(target=end_on_hangup, args=(channel.fileno(),), daemon=True, name="watch").start()
    try:
        _Worker(channel, options).run()
    except GoneError:
        return
    except CommuniqueError as error:
        channel.send(FrameKind.ERROR, to_json({**from_error(error), "leaving": True}))
    finally:
        channel.close()


class _Worker:
    def __init__(self, channel: Channel, options: WorkerOptions) -> None:
        self._channel = channel
        forbid_writing()
        mark_as_first_oom_victim()
        self._store = options.open()
        self._leaving = False
        self._warm()
        self._ceiling = MemoryCeiling(options.memory)
        sys.addaudithook(Audit(options.folder))

    def run(self) -> None:
        """Report that it is ready, and answer each request in a thread of its own, whose priority can be lowered."""
        self._channel.send(FrameKind.READY)
        while True:
            while not self._channel.is_readable(REFRESH_SECONDS):
                with suppress(StoreError):  # the next request reports it
                    self._warm()
            _, body = self._channel.receive()
            thread = threading.Thread(target=self._serve, args=(json.loads(body),), name="request")
            thread.start()
            thread.join()
            if self._leaving:
                raise GoneError

    def _warm(self) -> None:
        """Open the current version, and let the engine read a little of it."""
        for _ in self._store.query(Query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1", None, NTRIPLES)).chunks:
            pass

    def _serve(self, request: dict[str, Any]) -> None:
        """Send the answer to a request, or its error; after an error in the middle, the engine may run on: it ends."""
        allow_processor(request["cpu"])
        begun = False
        try:
            answer = self._answer(request)
            self._channel.send(FrameKind.HEAD, from_head(answer))
            begun = True
            self._send(answer, request)
        except GoneError:
            self._leaving = True
        except (MemoryError, MemoryLimitError):
            self._end(FrameKind.ERROR, from_error(memory_error("query", self._ceiling.memory)), leaving=True)
        except CommuniqueError as error:
            self._end(FrameKind.ERROR, from_error(error), leaving=begun)
        else:
            self._end(FrameKind.END, {})

    def _send(self, answer: Answer, request: dict[str, Any]) -> None:
        rows, size = RowCounter(answer.format), 0
        for chunk in answer.chunks:
            size += len(chunk)
            _require_within("size", "bytes", size, request["size"])
            if request["rows"] is not None:
                _require_within("rows", "rows", rows.count(chunk), request["rows"])
            for start in range(0, len(chunk), MAX_CHUNK_BYTES):
                self._channel.send(FrameKind.CHUNK, chunk[start : start + MAX_CHUNK_BYTES])

    def _answer(self, request: dict[str, Any]) -> Answer:
        match request["what"]:
            case "query":
                return self._store.query(to_query(request["query"]))
            case "graph":
                return self._store.graph(request["name"], to_format(request["format"]), request["version"])
            case "table":
                text = table(request["endpoint"], b64decode(request["answer"]))
                return Answer(QueryForm.SELECT, JSON, iter((text.encode(),)), "")
            case _:
                return self._store.dataset(to_format(request["format"]), request["version"])

    def _end(self, kind: FrameKind, fields: dict[str, Any], *, leaving: bool = False) -> None:
        """Send the end of an answer, and whether the worker ends with it, as one does that holds too much memory."""
        self._leaving = leaving or self._ceiling.keeps_too_much()
        self._channel.send(kind, to_json({**fields, "leaving": self._leaving}))


def _require_within(limit: str, unit: str, count: int, maximum: int | None) -> None:
    if maximum is not None and count > maximum:
        raise SizeLimitError(f"The answer has more {unit} than the limit of {maximum:,}.", limit, maximum)
