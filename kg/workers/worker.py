"""The code of a worker: it answers one request at a time, on versions opened read-only, within system limits.

A worker cannot write: its file size limit is 0, for the engine too. Once it is ready, its Python code can open only
files of the store and of the installation, and no connections or processes. It ends when the front process closes its
channel.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.errors import CommuniqueError, MemoryLimitError, StoreError, WorkerError
from kg.formats import JSON, NTRIPLES
from kg.sparql.protocol import QueryForm
from kg.sparql.service_clauses import find_services
from kg.store import Answer, EmbeddedStore, Query, Version, open_store
from kg.store.answers import Evaluation
from kg.store.engine_thread import CHUNK, Sink, in_deep_thread, run_here
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
from kg.workers.row_counter import RowCounter, require_within

REFRESH_SECONDS = 1.0
"""How often an idle worker checks for a new current version and opens it."""


@dataclass(frozen=True)
class WorkerOptions:
    """The store that a worker opens, and the bytes that it may allocate beyond its initial memory."""

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
        # Before the store is opened, so that it also applies to the engine's own threads.
        forbid_writing()
        mark_as_first_oom_victim()
        self._store = options.open()
        self._request: dict[str, Any] | None = None
        """The last request received, until it is being answered."""
        self._leaving = False
        self._warmed: Version | None = None
        self._warm()
        # After the store is opened, whose memory does not count, and before the audit of the process's files begins.
        self._ceiling = MemoryCeiling(options.memory)
        sys.addaudithook(Audit(options.folder))

    def run(self) -> None:
        """Report readiness, and answer requests in a thread with a deep stack, whose priority can be lowered."""
        self._channel.send(FrameKind.READY)
        self._request = self._receive()
        while self._request is not None:
            in_deep_thread(self._serve_all).join()
        if not self._leaving:
            raise WorkerError("The worker that worked on this query has failed; its standard error says why.")

    def _serve_all(self) -> None:
        """Answer requests until the worker has to leave, or until a request follows one with a low priority."""
        usual = os.getpriority(os.PRIO_PROCESS, 0)
        with suppress(GoneError):
            # A thread's priority cannot be raised again, so it is replaced by a new thread.
            while self._request is not None and os.getpriority(os.PRIO_PROCESS, 0) == usual:
                request, self._request = self._request, None
                self._serve(request)
                if self._leaving:
                    return
                self._request = self._receive()
            return
        # Only reached after GoneError: the front process is no longer waiting for answers.
        self._leaving = True

    def _receive(self) -> dict[str, Any]:
        """Wait for the next request and return it, opening new versions in the meantime."""
        while not self._channel.is_readable(REFRESH_SECONDS):
            with suppress(StoreError):  # the next request reports it
                self._warm()
        request: dict[str, Any] = json.loads(self._channel.receive()[1])
        return request

    def _warm(self) -> None:
        """Open the current version if it is new, and have the engine read a little of it."""
        version = self._store.current()
        if version != self._warmed:
            for _ in self._store.query(Query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1", None, NTRIPLES)).chunks:
                pass
            self._warmed = version

    def _serve(self, request: dict[str, Any]) -> None:
        """Send the answer to a request, or its error; after one midway, the worker ends, since the engine may go on."""
        allow_processor(request["cpu"])
        sink = _AnswerSink(self._channel, request["size"], request["rows"])
        try:
            self._write(request, sink)
        except (MemoryError, MemoryLimitError):
            self._end(FrameKind.ERROR, from_error(memory_error("query", self._ceiling.memory)), leaving=True)
        except CommuniqueError as error:
            self._end(FrameKind.ERROR, from_error(error), leaving=sink.has_begun)
        else:
            self._end(FrameKind.END, {}, sink.unsent)

    def _write(self, request: dict[str, Any], sink: _AnswerSink) -> None:
        if request["what"] == "query":
            evaluation = self._store.read_evaluation(to_query(request["query"]))
            sink.describe(evaluation)
            run_here(evaluation.work, sink)
            return
        answer = self._answer(request)
        sink.describe(answer)
        for chunk in answer.chunks:
            sink.hand_over(chunk)

    def _answer(self, request: dict[str, Any]) -> Answer:
        match request["what"]:
            case "graph":
                return self._store.graph(request["name"], to_format(request["format"]), request["version"])
            case "services":
                text, services = find_services(request["text"], request["base"])
                body = to_json({"text": text, "services": [asdict(service) for service in services]})
                return Answer(QueryForm.SELECT, JSON, iter((body,)), "")
            case "table":
                text = table(request["endpoint"], b64decode(request["answer"]))
                return Answer(QueryForm.SELECT, JSON, iter((text.encode(),)), "")
            case _:
                return self._store.dataset(to_format(request["format"]), request["version"])

    def _end(
        self,
        kind: FrameKind,
        fields: dict[str, Any],
        unsent: Sequence[tuple[FrameKind, bytes]] = (),
        *,
        leaving: bool = False,
    ) -> None:
        """Send the end of an answer, and whether the worker ends too, as it does if it holds too much memory."""
        self._leaving = leaving or self._ceiling.keeps_too_much()
        self._channel.send_together([*unsent, (kind, to_json({**fields, "leaving": self._leaving}))])


class _AnswerSink(Sink[None]):
    """Sends an answer within its limits; only full chunks are sent before its end, so a short answer is one message.

    An answer that has not begun may still become an error or start again in another worker.
    """

    def __init__(self, channel: Channel, max_bytes: int | None, max_rows: int | None) -> None:
        super().__init__()
        self._channel, self._max_bytes, self._max_rows = channel, max_bytes, max_rows
        self.unsent: list[tuple[FrameKind, bytes]] = []
        """The frames that have not been sent yet."""
        self.has_begun = False
        self._size = 0

    def describe(self, answer: Answer | Evaluation) -> None:
        """Queue the answer's head."""
        self._rows = RowCounter(answer.format)
        self.unsent.append((FrameKind.HEAD, from_head(answer)))

    def begin(self, head: None) -> None:
        """Do nothing: the head is sent with the first chunk."""

    def hand_over(self, chunk: bytes) -> None:
        """Send a full chunk, or hold back the last one. Raises SizeLimitError, or GoneError if no reader is left."""
        self._size += len(chunk)
        require_within("size", "bytes", self._size, self._max_bytes)
        if self._max_rows is not None:
            require_within("rows", "rows", self._rows.count(chunk), self._max_rows)
        self.unsent += [
            (FrameKind.CHUNK, chunk[start : start + MAX_CHUNK_BYTES]) for start in range(0, len(chunk), MAX_CHUNK_BYTES)
        ]
        # A shorter chunk is the last one: it is held back and sent with the end as one message (decision 0023).
        if len(chunk) >= CHUNK:
            self._channel.send_together(self.unsent)
            self.unsent, self.has_begun = [], True
