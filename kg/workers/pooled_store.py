"""The store as workers answer it: the same port as the embedded one, with every request in a process of its own."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kg.errors import (
    CommuniqueError,
    FetchError,
    MemoryLimitError,
    SizeLimitError,
    StoppedError,
    TimeLimitError,
    WorkerError,
)
from kg.formats import Format
from kg.store import Answer, EmbeddedStore, Query, Version
from kg.workers.frames import FrameKind, GoneError, from_query, to_error, to_head
from kg.workers.pool import Pool
from kg.workers.query_jobs import Client, PoolStats, QueryJob, Running
from kg.workers.query_limits import QueryLimits
from kg.workers.supervisor import Supervisor
from kg.workers.worker import WorkerOptions
from kg.workers.worker_process import Worker

LOCAL_CLIENT = Client()
REAP_TIMEOUT_SECONDS = 1.0
"""Seconds within which a worker's parent knows how it ended."""


class PooledStore:
    """A store whose requests are answered by workers; see `kg.store.interfaces.Store`, and for its errors LimitError.

    A context manager: leaving it ends the workers. What only reads the store's records is answered here.
    """

    def __init__(self, store: EmbeddedStore, supervisor: Supervisor, client: Client = LOCAL_CLIENT) -> None:
        self._store, self._supervisor, self._client = store, supervisor, client
        self._pool = supervisor.pool

    @classmethod
    def open(
        cls, folder: Path, limits: QueryLimits | None = None, on_failure: Callable[[str], None] = lambda _: None
    ) -> Self:
        """Start workers over the store in a folder; StoreError or RequestError where it cannot be opened.

        `on_failure` is told why, by a thread of the workers' own, if they cannot be kept going any more.
        """
        limits = limits or QueryLimits()
        source = WorkerOptions(str(folder.absolute()), limits.memory)
        store, supervisor = source.open(), Supervisor(source, limits, on_failure)
        supervisor.start()
        return cls(store, supervisor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def on_behalf(self, client: Client) -> PooledStore:
        """Return the same store, asked by somebody who may leave, or who gives it less time."""
        return PooledStore(self._store, self._supervisor, client)

    @property
    def limits(self) -> QueryLimits:
        """Return the limits that requests run within."""
        return self._pool.limits

    def current(self) -> Version:
        """Return the version that readers see now."""
        return self._store.current()

    def versions(self) -> tuple[Version, ...]:
        """Return the versions that are kept, oldest first."""
        return self._store.versions()

    def names(self) -> tuple[str, ...]:
        """Return the names of the versions that are kept, oldest first; no record is read."""
        return self._store.names()

    def version(self, name: str | None = None) -> Version:
        """Return a kept version, the current one without a name, or raise UnknownVersionError."""
        return self._store.version(name)

    def size(self) -> int:
        """Return the bytes of the store's files; those that versions share are counted once."""
        return self._store.size()

    def query(self, query: Query) -> Answer:
        """Answer a query; its errors are the embedded store's, and LimitError and WorkerError."""
        limits = self.limits
        said = {"what": "query", "query": from_query(query), "rows": limits.rows, "size": limits.size}
        return self._ask(said, limits.time, limits.cpu)

    def graph(self, name: str | None, wanted: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None), or raise UnknownGraphError."""
        return self._download({"what": "graph", "name": name, "format": wanted.name, "version": version})

    def dataset(self, wanted: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""
        return self._download({"what": "dataset", "format": wanted.name, "version": version})

    def table(self, endpoint: str, answer: bytes) -> str:
        """Return what an endpoint has answered a SERVICE with as VALUES, see `kg.sparql.service_clauses.table`.

        Raises FetchError where the worker that reads it comes to its limits, or to its end.
        """
        said = {"what": "table", "name": endpoint, "endpoint": endpoint, "answer": b64encode(answer).decode("ascii")}
        limits = self.limits
        try:
            asked = self._ask({**said, "rows": None, "size": limits.size}, limits.time, limits.cpu)
            return b"".join(asked.chunks).decode()
        except (TimeLimitError, MemoryLimitError, SizeLimitError, WorkerError) as error:
            raise FetchError(f"SERVICE <{endpoint}>: its answer could not be read: {error}") from error

    def running(self) -> tuple[Running, ...]:
        """Return the requests under way, oldest first."""
        return self._pool.running()

    def stop(self, number: int) -> bool:
        """End a request under way; False where there is none of that number."""
        return self._pool.stop(number, StoppedError(f"The operator stopped this query, number {number}."))

    def failure(self) -> str | None:
        """Return why no query will be answered any more, None as long as they are."""
        return self._supervisor.failure

    def stats(self) -> PoolStats:
        """Return the workers' figures, as of now."""
        return self._pool.stats()

    def close(self) -> None:
        """End the workers and what they are working on; once more is no error."""
        self._supervisor.close()

    def _download(self, said: dict[str, Any]) -> Answer:
        return self._ask({**said, "rows": None, "size": None}, self.limits.download, self.limits.download)

    def _ask(self, said: dict[str, Any], seconds: float, processor: float) -> Answer:
        asked = self._client.timeout
        job = QueryJob({**said, "cpu": processor}, self._client, seconds if asked is None else min(asked, seconds))
        self._pool.enter(job)
        worker, head = _begun(self._pool, job)
        form, row, version = to_head(head)
        return Answer(form, row, AnswerStream(self._pool, job, worker), version)


class AnswerStream(Iterator[bytes]):
    """The chunks of an answer; `close`, or forgetting it, ends the work behind it."""

    def __init__(self, pool: Pool, job: QueryJob, worker: Worker) -> None:
        self._pool, self._job, self._worker = pool, job, worker
        self._ended = False

    def __next__(self) -> bytes:
        if self._ended:
            raise StopIteration
        try:
            kind, body = self._worker.channel.receive()
        except GoneError:
            self._ended = True
            raise _lost(self._pool, self._job, self._worker) from None
        if kind is FrameKind.CHUNK:
            return body
        self._ended = True
        _end(self._pool, self._job, kind, body)
        raise StopIteration

    def close(self) -> None:
        """Take no more: the worker is ended, whatever it is doing."""
        if not self._ended:
            self._ended = True
            self._worker.kill()
            self._pool.leave(self._job, failed=True, leaving=True)

    def __del__(self) -> None:
        # No lock is taken here: this may run in the middle of anything. The supervisor sees to the rest.
        self._job.abandoned = not self._ended


def _begun(pool: Pool, job: QueryJob) -> tuple[Worker, bytes]:
    """Return a request's worker and the head of its answer, or raise why there is none."""
    while True:
        worker = _granted(pool, job)
        try:
            worker.channel.send(FrameKind.ASK, job.body())
            kind, body = worker.channel.receive()
        except GoneError:
            kind, body = FrameKind.END, b""
        if kind is FrameKind.HEAD and pool.begin(job):
            return worker, body
        if kind is FrameKind.ERROR:
            _end(pool, job, kind, body)
        if not _may_begin_again(job, worker):
            raise _lost(pool, job, worker)
        pool.again(job)


def _may_begin_again(job: QueryJob, worker: Worker) -> bool:
    """Tell whether a request whose worker is gone is to have another: it was evicted, or the worker had left before."""
    if job.verdict is not None:
        return False
    return job.evicted or (worker.ended.wait(REAP_TIMEOUT_SECONDS) and worker.status == 0)


def _granted(pool: Pool, job: QueryJob) -> Worker:
    try:
        return pool.worker_for(job)
    except CommuniqueError:
        pool.leave(job, failed=True)
        raise


def _end(pool: Pool, job: QueryJob, kind: FrameKind, body: bytes) -> None:
    """Note the end that a worker has told of, and raise it if it is an error."""
    said = json.loads(body)
    pool.leave(job, failed=kind is FrameKind.ERROR, leaving=said["leaving"])
    if kind is FrameKind.ERROR:
        raise to_error(said)


def _lost(pool: Pool, job: QueryJob, worker: Worker) -> CommuniqueError:
    """Note that a request's worker is gone, and return why."""
    if job.verdict is None:
        worker.ended.wait(REAP_TIMEOUT_SECONDS)
    error = job.verdict or worker.exit_error(pool.limits)
    pool.leave(job, failed=True, leaving=True)
    return error
