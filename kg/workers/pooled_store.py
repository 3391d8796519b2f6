"""A store whose requests are answered by workers: each runs in a separate process, within limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from kg.errors import CommuniqueError, StoppedError
from kg.store import Answer, EmbeddedStore, ImmediateAnswers, Query, QueryForm
from kg.store.immediate_answers import MAX_BYTES
from kg.workers.frames import FrameKind, GoneError, to_error, to_head
from kg.workers.limited_store import LimitedStore
from kg.workers.pool import Pool
from kg.workers.query_jobs import PoolStats, QueryJob, Running
from kg.workers.query_limits import QueryLimits
from kg.workers.supervisor import Supervisor
from kg.workers.worker import WorkerOptions
from kg.workers.worker_process import WorkerProcess

REAP_TIMEOUT_SECONDS = 10.0
"""The time for the fork server to report how a worker ended, which takes a while on a busy machine."""


class PooledStore(LimitedStore):
    """A store whose requests are answered by workers. A context manager: leaving it ends the workers."""

    def __init__(self, store: EmbeddedStore, supervisor: Supervisor) -> None:
        super().__init__(store, supervisor.pool.limits)
        self._supervisor, self._pool = supervisor, supervisor.pool
        self._immediate_answers = ImmediateAnswers(store.open_version)

    @classmethod
    def open(
        cls, folder: Path, limits: QueryLimits | None = None, on_failure: Callable[[str], None] = lambda _: None
    ) -> Self:
        """Start workers for the store in a folder. Raises StoreError or RequestError if it cannot be opened.

        `on_failure` is called with the reason, in the supervisor's thread, if no more queries can be answered.
        """
        limits = limits or QueryLimits()
        options = WorkerOptions(str(folder.absolute()), limits.memory)
        store, supervisor = options.open(), Supervisor(options, limits, on_failure)
        supervisor.start()
        return cls(store, supervisor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, request: dict[str, Any]) -> Answer:
        """Have a worker answer; query answers are limited in rows and bytes, downloads only in time."""
        limits, kind = self.limits, request["what"]
        if kind in ("graph", "dataset"):
            return self._answer({**request, "rows": None, "size": None}, limits.download, limits.download)
        rows = limits.rows if kind == "query" else None
        return self._answer({**request, "rows": rows, "size": limits.size}, limits.time, limits.cpu)

    def answer_at_once(self, query: Query, form: QueryForm) -> Answer | None:
        """Return the short answer to an immediate query; None if a worker has to give it."""
        # No row is shorter than a byte.
        if min(self.limits.rows, self.limits.size) < MAX_BYTES:
            return None
        return self._immediate_answers.answer(query, form)

    def running(self) -> tuple[Running, ...]:
        """Return the running and waiting requests, oldest first."""
        return self._pool.running()

    def stop(self, number: int) -> bool:
        """Stop a request; return False if there is none with that number."""
        return self._pool.stop(number, StoppedError(f"The operator stopped this query, number {number}."))

    def failure(self) -> str | None:
        """Return why no more queries can be answered, or None if they can."""
        return self._supervisor.failure

    def stats(self) -> PoolStats:
        """Return the figures of the pool."""
        return self._pool.stats()

    def close(self) -> None:
        """End the workers and their requests; closing twice is not an error."""
        self._supervisor.close()

    def _answer(self, request: dict[str, Any], seconds: float, processor: float) -> Answer:
        job = QueryJob({**request, "cpu": processor}, self.client, self.client.time_limit(seconds))
        self._pool.admit(job)
        worker, head = _begin_answer(self._pool, job)
        form, row, version = to_head(head)
        return Answer(form, row, AnswerStream(self._pool, job, worker), version)


class AnswerStream(Iterator[bytes]):
    """The chunks of an answer; closing or dropping it ends the request."""

    def __init__(self, pool: Pool, job: QueryJob, worker: WorkerProcess) -> None:
        self._pool, self._job, self._worker = pool, job, worker
        self._ended = False

    def __next__(self) -> bytes:
        if self._ended:
            raise StopIteration
        try:
            kind, body = self._worker.channel.receive()
        except GoneError:
            self._ended = True
            raise _lost_worker_error(self._pool, self._job, self._worker) from None
        if kind is FrameKind.CHUNK:
            return body
        self._ended = True
        _finish(self._pool, self._job, kind, body)
        raise StopIteration

    def close(self) -> None:
        """End the request and kill its worker, whatever it is doing."""
        if not self._ended:
            self._ended = True
            # Nothing else stops the engine.
            self._worker.kill()
            self._pool.finish(self._job, failed=True, leaving=True)

    def __del__(self) -> None:
        # No lock is taken here: the garbage collector may run in any thread, even one that holds the lock. The
        # supervisor does the rest.
        self._job.abandoned = not self._ended


def _begin_answer(pool: Pool, job: QueryJob) -> tuple[WorkerProcess, bytes]:
    """Return a request's worker and the head of its answer. Raises the error that the request ended with."""
    while True:
        try:
            worker = pool.worker_for(job)
        except CommuniqueError:
            pool.finish(job, failed=True)
            raise
        try:
            worker.channel.send(FrameKind.ASK, job.body())
            kind, body = worker.channel.receive()
        except GoneError:
            kind, body = FrameKind.END, b""
        if kind is FrameKind.HEAD and pool.begin(job):
            return worker, body
        if kind is FrameKind.ERROR:
            _finish(pool, job, kind, body)
        if not _may_begin_again(job, worker):
            raise _lost_worker_error(pool, job, worker)
        pool.start_again(job)


def _may_begin_again(job: QueryJob, worker: WorkerProcess) -> bool:
    """Return whether a request whose worker has ended may start again, because the request did not end it.

    The worker was killed for quick requests or because its fork server had died, or had not received the request.
    """
    if job.verdict is not None:
        return False
    if job.evicted:
        return True
    if not worker.ended.wait(REAP_TIMEOUT_SECONDS):
        return False
    if worker.orphaned and not job.orphaned:
        # Only once: a request that takes all memory of the machine may be why the fork server died.
        job.orphaned = True
        return True
    # Status 0 means that the worker ended on its own, which only happens between requests: it has not read this one.
    return worker.status == 0


def _finish(pool: Pool, job: QueryJob, kind: FrameKind, body: bytes) -> None:
    """Record the end of an answer. Raises the error if it ended with one."""
    fields = json.loads(body)
    pool.finish(job, failed=kind is FrameKind.ERROR, leaving=fields["leaving"])
    if kind is FrameKind.ERROR:
        raise to_error(fields)


def _lost_worker_error(pool: Pool, job: QueryJob, worker: WorkerProcess) -> CommuniqueError:
    """Record that a request's worker has ended, and return why."""
    # The channel closes before the fork server has reaped the process and can report how it ended.
    if job.verdict is None:
        worker.ended.wait(REAP_TIMEOUT_SECONDS)
    error = job.verdict or worker.query_error(pool.limits)
    pool.finish(job, failed=True, leaving=True)
    return error
