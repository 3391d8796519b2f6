"""What runs in a worker: one request at a time, over versions opened read-only, within limits that the system keeps.

A worker may not write: the largest file that it can write has no bytes, so that not even the engine could. Once it is
ready, Python code in it opens files of the store and of the installation only, and no connection and no process. It
ends itself when the front has gone.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import CommuniqueError, MemoryLimitError, SizeLimitError, StoreError
from kg.formats import JSON, NTRIPLES
from kg.prefixes import prefixes
from kg.sparql.protocol import QueryForm
from kg.store import Answer, EmbeddedStore, Query
from kg.store.opening import open_found
from kg.store.service_tables import table
from kg.workers.confinement import Audit, allow_processor, end_with, forbid_writing, mark_as_first_to_go
from kg.workers.frames import CHUNK, Channel, FrameKind, GoneError, from_error, from_head, to_format, to_json, to_query
from kg.workers.memory_ceiling import MemoryCeiling
from kg.workers.process_exits import memory_error
from kg.workers.row_counter import RowCounter

LOOK = 1.0
"""Seconds after which an idle worker looks whether there is a new version to open."""


@dataclass(frozen=True)
class WorkerOptions:
    """Which store a worker opens, and how many bytes it may take beyond what it starts with."""

    folder: str
    memory: int

    def open(self) -> EmbeddedStore:
        """Open the store, or raise RequestError where there is none."""
        return open_found(Path(self.folder), prefixes)


def work(connection: socket.socket, source: WorkerOptions) -> None:
    """Answer requests until the front has gone."""
    channel = Channel(connection)
    threading.Thread(target=end_with, args=(connection.fileno(),), daemon=True, name="watch").start()
    try:
        _Worker(channel, source).run()
    except GoneError:
        return
    except CommuniqueError as error:
        channel.send(FrameKind.ERROR, to_json({**from_error(error), "leaving": True}))
    finally:
        channel.close()


class _Worker:
    def __init__(self, channel: Channel, source: WorkerOptions) -> None:
        self._channel = channel
        forbid_writing()
        mark_as_first_to_go()
        self._store = source.open()
        self._leaving = False
        self._warm()
        self._ceiling = MemoryCeiling(source.memory)
        sys.addaudithook(Audit(source.folder))

    def run(self) -> None:
        """Say that it is ready, and answer, each request in a thread of its own: those can be told to stand back."""
        self._channel.send(FrameKind.READY)
        while True:
            while not self._channel.has_spoken(LOOK):
                with suppress(StoreError):  # whoever asks next is told
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

    def _serve(self, said: dict[str, Any]) -> None:
        """Answer a request, or say why not; once an answer has begun, its engine may still run, and the worker ends."""
        allow_processor(said["cpu"])
        begun = False
        try:
            answer = self._asked(said)
            self._channel.send(FrameKind.HEAD, from_head(answer))
            begun = True
            self._send(answer, said)
        except GoneError:
            self._leaving = True
        except (MemoryError, MemoryLimitError):
            self._end(FrameKind.ERROR, from_error(memory_error("query", self._ceiling.memory)), leaving=True)
        except CommuniqueError as error:
            self._end(FrameKind.ERROR, from_error(error), leaving=begun)
        else:
            self._end(FrameKind.END, {})

    def _send(self, answer: Answer, said: dict[str, Any]) -> None:
        rows, size = RowCounter(answer.format), 0
        for chunk in answer.chunks:
            size += len(chunk)
            _within("size", "bytes", size, said["size"])
            _within("rows", "rows", rows.count(chunk) if said["rows"] is not None else 0, said["rows"])
            for start in range(0, len(chunk), CHUNK):
                self._channel.send(FrameKind.CHUNK, chunk[start : start + CHUNK])

    def _asked(self, said: dict[str, Any]) -> Answer:
        match said["what"]:
            case "query":
                return self._store.query(to_query(said["query"]))
            case "graph":
                return self._store.graph(said["name"], to_format(said["format"]), said["version"])
            case "table":
                text = table(said["endpoint"], b64decode(said["answer"]))
                return Answer(QueryForm.SELECT, JSON, iter((text.encode(),)), "")
            case _:
                return self._store.dataset(to_format(said["format"]), said["version"])

    def _end(self, kind: FrameKind, said: dict[str, Any], *, leaving: bool = False) -> None:
        """Say the end, and whether the worker ends with it: one that has kept too much memory does."""
        self._leaving = leaving or self._ceiling.keeps_too_much()
        self._channel.send(kind, to_json({**said, "leaving": self._leaving}))


def _within(limit: str, unit: str, found: int, most: int | None) -> None:
    if most is not None and found > most:
        raise SizeLimitError(f"The answer has more {unit} than the limit of {most:,}.", limit, most)
