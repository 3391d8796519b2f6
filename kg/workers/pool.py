"""The pool: which request has which worker, so that what is slow never stands in the way of what is quick.

A request starts on any idle worker. One that computes for longer than the limits' `patience` is slow: its worker stands
back behind everything else, and no more than `slow` of them run. One too many gives its worker up (which is ended, and
another forked) and waits, apart from what is quick, to begin anew when a slow place is free. Answers that have begun
cannot; workers are started in place of theirs, `streams` at most. All state changes under one lock, and no system call
under it waits.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from threading import Lock

from kg.errors import BusyError, CommuniqueError, StoppedError, TimeLimitError
from kg.workers.query_jobs import NUMBERS, PoolCounters, PoolStats, QueryJob, Running
from kg.workers.query_limits import QueryLimits
from kg.workers.worker_process import Worker

_SETTLED = 0.5
"""Seconds within which a request has started every thread that it needs."""
_STUCK = 20
"""How many times its patience a query that neither computes nor sends may take before it counts as slow."""


class Pool:
    """The workers and the requests; `wake` is called when there is something for the supervisor to see to."""

    def __init__(self, limits: QueryLimits, wake: Callable[[], None]) -> None:
        self.limits, self._wake = limits, wake
        self.record = PoolCounters()
        self._lock = Lock()
        self._workers: dict[int, Worker] = {}
        self._idle: list[Worker] = []
        self._quick: deque[QueryJob] = deque()
        self._late: deque[QueryJob] = deque()
        self._jobs: dict[int, QueryJob] = {}
        self._closed = False

    # What a request's own thread calls.

    def enter(self, job: QueryJob) -> None:
        """Take a request in: it has a worker or waits for one; BusyError where too many wait already."""
        with self._lock:
            if self._closed:
                raise StoppedError("The server is closing, and takes no more queries.")
            if not self._idle and len(self._quick) >= self.limits.queue:
                self.record.refused += 1
                raise self._busy()
            job.number = next(NUMBERS)
            self._jobs[job.number] = job
            self._quick.append(job)
            self._deal()
            if len(self._jobs) == 1:
                self._wake()

    def worker_for(self, job: QueryJob) -> Worker:
        """Return a request's worker once it has one, or raise its verdict."""
        job.granted.wait(max(job.deadline - time.monotonic(), 0) + 1)
        with self._lock:
            if job.verdict is None and job.worker is not None:
                return job.worker
            for queue in (self._quick, self._late):
                if job in queue:
                    queue.remove(job)
            raise job.verdict or self._overdue(job)

    def begin(self, job: QueryJob) -> bool:
        """Note that a request's answer has begun; False where its worker was taken from it just before."""
        with self._lock:
            job.begun = not job.evicted
            return job.begun

    def leave(self, job: QueryJob, *, failed: bool, leaving: bool = False) -> None:
        """Note a request's end; its worker, unless that is gone or leaving, goes to the next."""
        with self._lock:
            if self._jobs.pop(job.number, None) is None:
                return
            self.record.end(job, failed=failed)
            worker, job.worker = job.worker, None
            if worker is not None:
                self._take_back(worker, leaving=leaving)
                self._deal()

    def again(self, job: QueryJob) -> None:
        """Let a request whose worker is gone wait for another."""
        with self._lock:
            worker, job.worker = job.worker, None
            if worker is not None:
                self._take_back(worker, leaving=True)
            if job.verdict is None:
                job.granted.clear()
                (self._late if job.evicted else self._quick).append(job)
                job.slow, job.evicted = job.evicted, False
            self._deal()

    def stop(self, number: int, verdict: CommuniqueError) -> bool:
        """End a request with a verdict; False where there is none of that number."""
        with self._lock:
            job = self._jobs.get(number)
            if job is not None:
                self._end(job, verdict)
            return job is not None

    # What the supervisor calls.

    def started(self, worker: Worker) -> None:
        """Take in a worker that was asked for."""
        with self._lock:
            self._workers[worker.number] = worker

    def ready(self, worker: Worker) -> None:
        """Give a started worker its first request."""
        with self._lock:
            if worker.number in self._workers and not self._closed:
                worker.ready = True
                self._idle.append(worker)
                self._deal()

    def gone(self, worker: Worker) -> None:
        """Note that a worker's process has ended; what it was working on is told by its channel."""
        with self._lock:
            if worker.number in self._workers:
                self._remove(worker)
                if not worker.busy:
                    worker.close()

    def look(self) -> bool:
        """End what is overdue or abandoned, and tell the quick from the slow; tell whether there is anything to see."""
        now = time.monotonic()
        with self._lock:
            for job in tuple(self._jobs.values()):
                if job.verdict is None:
                    self._look_at(job, now)
                if job.abandoned:
                    self._forget(job)
            self._deal()
            return bool(self._jobs)

    def missing(self) -> int:
        """Return how many workers to start: so that those which nothing slow holds are as many as are kept free."""
        with self._lock:
            if self._closed:
                return 0
            worker_count = len(self._workers)
            held = sum(job.slow and job.worker in self._workers.values() for job in self._jobs.values())
            free = self.limits.workers - self.limits.slow
            missing = max(self.limits.workers - worker_count, free - (worker_count - held))
            return max(min(missing, self.limits.workers + self.limits.streams - worker_count), 0)

    def close(self) -> None:
        """End every request and every worker, and take no more."""
        with self._lock:
            self._closed = True
            for job in tuple(self._jobs.values()):
                self._end(job, StoppedError("The server is closing."))
            for worker in tuple(self._workers.values()):
                worker.kill()
                if not worker.busy:
                    self._remove(worker)
                    worker.close()

    def clear(self) -> None:
        """Give up what requests still hold, after `close`: their threads have had their time, or forgot them."""
        with self._lock:
            for job in tuple(self._jobs.values()):
                self._forget(job)
            for worker in tuple(self._workers.values()):
                worker.kill()
                self._remove(worker)
                worker.close()

    # What anybody may ask.

    def running(self) -> tuple[Running, ...]:
        """Return the requests under way, oldest first."""
        now = time.monotonic()
        with self._lock:
            return tuple(Running(job.number, job.text, now - job.arrived, _state(job)) for job in self._jobs.values())

    def stats(self) -> PoolStats:
        """Return the figures."""
        with self._lock:
            busy = [job for job in self._jobs.values() if job.worker is not None]
            return PoolStats(
                workers=sum(worker.ready for worker in self._workers.values()),
                busy=len(busy),
                slow=sum(job.slow for job in busy),
                waiting=len(self._quick) + len(self._late),
                served=self.record.served,
                failed=self.record.failed,
                refused=self.record.refused,
                restarts=self.record.restarts,
                evictions=self.record.evictions,
                median=self.record.latency(0.5),
                p95=self.record.latency(0.95),
            )

    # With the lock held.

    def _look_at(self, job: QueryJob, now: float) -> None:
        if job.abandoned or job.client.left():
            self._end(job, StoppedError("The client left before the answer was whole."))
        elif now >= job.deadline:
            self._end(job, self._overdue(job))
        elif job.worker is None:
            return
        elif not job.slow and self._is_slow(job, job.worker, now - job.started):
            self._judge(job, job.worker)
        elif job.slow and now - job.started < 2 * self.limits.patience + _SETTLED:
            job.worker.lower_priority()

    def _is_slow(self, job: QueryJob, worker: Worker, seconds: float) -> bool:
        """Tell slow from quick by processor time: on a busy machine all takes long; what sends may not use any."""
        patience = self.limits.patience
        return seconds >= patience and (
            job.begun or seconds >= _STUCK * patience or worker.used() - job.used >= patience
        )

    def _judge(self, job: QueryJob, worker: Worker) -> None:
        """Decide what becomes of a request that has turned out slow."""
        if not job.begun and self._slow() >= self.limits.slow:
            if len(self._late) >= self.limits.queue:
                self._end(job, self._busy())
                return
            job.evicted = True
            self.record.evictions += 1
            worker.kill()
            return
        if job.begun:
            streams = [*self._streams(), job]
            if len(streams) > self.limits.streams + self.limits.slow:
                self._end(longest_of_who_holds_most(streams), self._too_many_streams())
            if job.verdict is not None:
                return
        job.slow = True
        worker.lower_priority()

    def _slow(self) -> int:
        return sum(job.slow and not job.begun and job.worker is not None for job in self._jobs.values())

    def _streams(self) -> list[QueryJob]:
        return [job for job in self._jobs.values() if job.slow and job.begun and job.verdict is None]

    def _end(self, job: QueryJob, verdict: CommuniqueError) -> None:
        if job.verdict is None:
            job.verdict = verdict
            job.granted.set()
            if job.worker is not None:
                job.worker.kill()

    def _deal(self) -> None:
        """Give idle workers to who waits: the quick first, the slow while there are places."""
        while self._idle and (job := self._next()) is not None:
            worker = self._idle.pop()
            worker.busy, job.worker, job.started, job.used = True, worker, time.monotonic(), worker.used()
            job.granted.set()

    def _next(self) -> QueryJob | None:
        if self._quick:
            return self._quick.popleft()
        if self._late and self._slow() < self.limits.slow:
            return self._late.popleft()
        return None

    def _forget(self, job: QueryJob) -> None:
        """Do for a request what its own thread does not any more."""
        del self._jobs[job.number]
        self.record.end(job, failed=True)
        if job.worker is not None:
            self._take_back(job.worker, leaving=True)

    def _take_back(self, worker: Worker, *, leaving: bool) -> None:
        worker.busy = False
        leaving = leaving or worker.killed or self._closed or worker.number not in self._workers
        if not leaving and len(self._workers) <= self.limits.workers and worker.restore_priority():
            self._idle.append(worker)
        else:
            self._remove(worker)
            worker.close()

    def _remove(self, worker: Worker) -> None:
        if self._workers.pop(worker.number, None) is not None:
            self.record.restarts += 1
            self._wake()
        if worker in self._idle:
            self._idle.remove(worker)

    def _busy(self) -> BusyError:
        most = self.limits.queue
        return BusyError(f"The server is busy: {most} wait already, and no more may.", "queue", most)

    def _too_many_streams(self) -> BusyError:
        most = self.limits.streams + self.limits.slow
        return BusyError(
            f"More than {most} long answers were being read, and this client had most of them.", "streams", most
        )

    def _overdue(self, job: QueryJob) -> CommuniqueError:
        if job.worker is None:
            return BusyError(f"No worker was free for this query in {job.seconds:g} s.", "time", job.seconds)
        what = "The query" if job.said["what"] == "query" else "The answer"
        return TimeLimitError(f"{what} took longer than its limit of {job.seconds:g} s.", "time", job.seconds)


def longest_of_who_holds_most(streams: list[QueryJob]) -> QueryJob:
    """Return the stream to end: the longest of the address that has most; where all have as many, the newest of all.

    So who reads many answers slowly makes room for whoever reads one, and nobody is broken off by a newcomer like them.
    """
    held = Counter(job.client.address for job in streams)
    most = max(held.values())
    if most == min(held.values()):
        return max(streams, key=lambda job: job.arrived) if len(held) > 1 else min(streams, key=lambda job: job.arrived)
    return min((job for job in streams if held[job.client.address] == most), key=lambda job: job.arrived)


def _state(job: QueryJob) -> str:
    if job.worker is None:
        return "waiting"
    return "answering" if job.begun else "slow" if job.slow else "running"
