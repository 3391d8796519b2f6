"""Assigns requests to worker processes, so that slow requests never delay quick ones.

A request starts on any idle worker. One that computes for longer than the limits' `patience` is slow: its worker gets a
low priority, and at most `slow` of them run. A further one is evicted: its worker is killed, another one is forked, and
the request waits in a separate queue until fewer slow ones run. An answer that has begun cannot start again, so up to
`streams` workers are added to replace those that send such answers. Background requests start only while another worker
stays idle, and are stopped when the last idle one is needed. All state is changed with one lock held, and no system
call made with it held blocks.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection
from threading import Lock

from kg.errors import BusyError, CommuniqueError, StoppedError, TimeLimitError
from kg.workers.query_jobs import REQUEST_NUMBERS, PoolCounters, PoolStats, QueryJob, Running
from kg.workers.query_limits import QueryLimits
from kg.workers.worker_process import WorkerProcess

_THREADS_SETTLED_SECONDS = 0.5
"""Seconds within which a request has started all its threads, each of which has its own priority."""
_STUCK_FACTOR = 20
"""A query that neither computes nor sends counts as slow after this many times the patience."""


class Pool:
    """The workers and the requests; `wake` is called when there is work for the supervisor."""

    def __init__(self, limits: QueryLimits, wake: Callable[[], None]) -> None:
        self.limits, self._wake = limits, wake
        self.record = PoolCounters()
        self._lock = Lock()
        self._workers: dict[int, WorkerProcess] = {}
        self._idle: list[WorkerProcess] = []
        self._quick: deque[QueryJob] = deque()
        self._evicted: deque[QueryJob] = deque()
        self._background: deque[QueryJob] = deque()
        self._jobs: dict[int, QueryJob] = {}
        self._closed = False
        self._admitted = False
        """Whether a request has been admitted since the last check."""
        self._watched = False
        """Whether the supervisor is checking often, so that a request need not wake it."""

    # Called by a request's own thread.

    def admit(self, job: QueryJob) -> None:
        """Admit a request, which gets a worker or waits for one. Raises BusyError if too many are waiting."""
        with self._lock:
            if self._closed:
                raise StoppedError("The server is closing, and takes no more queries.")
            if not job.client.background and not self._idle and len(self._quick) >= self.limits.queue:
                self.record.refused += 1
                raise self._queue_full()
            job.number = next(REQUEST_NUMBERS)
            self._jobs[job.number] = job
            self._queue_of(job).append(job)
            self._assign_workers()
            self._admitted = True
            # A wake-up costs a thread switch; it is not needed while the supervisor checks every 20 ms (decision 0023).
            if not self._watched:
                self._watched = True
                self._wake()

    def worker_for(self, job: QueryJob) -> WorkerProcess:
        """Wait for a request's worker and return it. Raises the request's verdict if it has one."""
        # A second longer than its deadline: ending overdue requests is up to the supervisor, which may be behind.
        job.settled.wait(max(job.deadline - time.monotonic(), 0) + 1)
        with self._lock:
            if job.verdict is None and job.worker is not None:
                return job.worker
            # It got its verdict while it was waiting, and nothing else removes it from its queue.
            for queue in (self._quick, self._evicted, self._background):
                if job in queue:
                    queue.remove(job)
            raise job.verdict or self._overdue(job)

    def begin(self, job: QueryJob) -> bool:
        """Record that a request's answer has begun; return False if it was evicted just before."""
        with self._lock:
            # With the same lock as `_handle_slow`, so that an answer either begins here or starts again, never both.
            job.begun = not job.evicted
            return job.begun

    def finish(self, job: QueryJob, *, failed: bool, leaving: bool = False) -> None:
        """Record the end of a request; its worker, unless it has ended or is ending, goes to the next one."""
        with self._lock:
            if self._jobs.pop(job.number, None) is None:
                return
            self._count_end(job, failed=failed)
            worker, job.worker = job.worker, None
            if worker is not None:
                self._take_back(worker, leaving=leaving)
                self._assign_workers()

    def start_again(self, job: QueryJob) -> None:
        """Let a request whose worker has ended wait for another worker."""
        with self._lock:
            worker, job.worker = job.worker, None
            if worker is not None:
                self._take_back(worker, leaving=True)
            if job.verdict is None:
                job.settled.clear()
                self._queue_of(job).append(job)
                # An evicted request counts as slow when it starts again, since it computes as long as before.
                job.slow, job.evicted = job.evicted, False
            self._assign_workers()

    def stop(self, number: int, verdict: CommuniqueError) -> bool:
        """Stop a request with a verdict; return False if there is none with that number."""
        with self._lock:
            job = self._jobs.get(number)
            if job is not None:
                self._stop(job, verdict)
            return job is not None

    # Called by the supervisor.

    def worker_started(self, worker: WorkerProcess) -> None:
        """Add a requested worker."""
        with self._lock:
            self._workers[worker.number] = worker

    def worker_ready(self, worker: WorkerProcess) -> None:
        """Make a worker that has opened the store available to requests."""
        with self._lock:
            if worker.number in self._workers and not self._closed:
                worker.ready = True
                self._idle.append(worker)
                self._assign_workers()

    def worker_ended(self, worker: WorkerProcess) -> None:
        """Remove a worker whose process has ended; the thread of its request notices on the channel."""
        with self._lock:
            if worker.number in self._workers:
                self._remove(worker)
                if not worker.busy:
                    worker.close()

    def kill_orphans(self, workers: Collection[WorkerProcess]) -> None:
        """Kill the workers of a dead fork server, so that no request of one of them is given another of them."""
        with self._lock:
            for worker in workers:
                worker.orphaned = True
                worker.kill()
            self._idle = [worker for worker in self._idle if not worker.orphaned]

    def check_requests(self) -> bool:
        """Stop overdue and abandoned requests, and handle slow ones; return whether there are or were any requests."""
        now = time.monotonic()
        with self._lock:
            for job in tuple(self._jobs.values()):
                if job.verdict is None:
                    self._check_request(job, now)
                if job.abandoned:
                    self._abandon(job)
            self._assign_workers()
            self._watched, self._admitted = bool(self._jobs) or self._admitted, False
            return self._watched

    def missing_workers(self) -> int:
        """Return how many workers to start, so that enough of them are free of slow requests."""
        with self._lock:
            if self._closed:
                return 0
            worker_count = len(self._workers)
            slow = sum(job.slow and job.worker in self._workers.values() for job in self._jobs.values())
            free = self.limits.workers - self.limits.slow
            missing = max(self.limits.workers - worker_count, free - (worker_count - slow))
            return max(min(missing, self.limits.workers + self.limits.streams - worker_count), 0)

    def close(self) -> None:
        """Stop all requests and workers, and admit no more."""
        with self._lock:
            self._closed = True
            for job in tuple(self._jobs.values()):
                self._stop(job, StoppedError("The server is closing."))
            for worker in tuple(self._workers.values()):
                worker.kill()
                if not worker.busy:
                    self._remove(worker)
                    worker.close()

    def abandon_all(self) -> None:
        """Release the workers that requests still have after `close`, when their threads have had time to finish."""
        with self._lock:
            for job in tuple(self._jobs.values()):
                self._abandon(job)
            for worker in tuple(self._workers.values()):
                worker.kill()
                self._remove(worker)
                worker.close()

    # Called by any thread.

    def running(self) -> tuple[Running, ...]:
        """Return the running and waiting requests, oldest first."""
        now = time.monotonic()
        with self._lock:
            return tuple(Running(job.number, job.text, now - job.arrived, _state(job)) for job in self._jobs.values())

    def stats(self) -> PoolStats:
        """Return the current figures."""
        with self._lock:
            busy = [job for job in self._jobs.values() if job.worker is not None]
            background = sum(job.client.background for job in busy)
            return PoolStats(
                workers=sum(worker.ready for worker in self._workers.values()),
                busy=len(busy) - background,
                background=background,
                slow=sum(job.slow for job in busy),
                waiting=len(self._quick) + len(self._evicted),
                **vars(self.record),
            )

    # Called with the lock held.

    def _check_request(self, job: QueryJob, now: float) -> None:
        if job.abandoned or job.client.left():
            self._stop(job, StoppedError("The client left before the answer was complete."))
        elif now >= job.deadline:
            self._stop(job, self._overdue(job))
        elif job.worker is None:
            return
        elif job.slow or job.client.background:
            # Repeatedly, since the request may have started more threads, each with its own priority.
            if now - job.started < 2 * self.limits.patience + _THREADS_SETTLED_SECONDS:
                job.worker.lower_priority()
        elif self._is_slow(job, job.worker, now - job.started):
            self._handle_slow(job, job.worker)

    def _is_slow(self, job: QueryJob, worker: WorkerProcess, seconds: float) -> bool:
        """Return whether a request is slow, by processor or sending time, since a busy machine slows all of them."""
        patience = self.limits.patience
        return seconds >= patience and (
            job.begun or seconds >= _STUCK_FACTOR * patience or worker.used() - job.used >= patience
        )

    def _handle_slow(self, job: QueryJob, worker: WorkerProcess) -> None:
        """Lower the priority of a slow request, or evict it if there are too many."""
        if not job.begun and self._slow_count() >= self.limits.slow:
            if len(self._evicted) >= self.limits.queue:
                self._stop(job, self._queue_full())
                return
            job.evicted = True
            self.record.evictions += 1
            worker.kill()
            return
        if job.begun:
            streams = [*self._streams(), job]
            if len(streams) > self.limits.streams + self.limits.slow:
                self._stop(stream_to_end(streams), self._too_many_streams())
            if job.verdict is not None:
                return
        job.slow = True
        worker.lower_priority()

    def _slow_count(self) -> int:
        return sum(job.slow and not job.begun and job.worker is not None for job in self._jobs.values())

    def _streams(self) -> list[QueryJob]:
        return [job for job in self._jobs.values() if job.slow and job.begun and job.verdict is None]

    def _stop(self, job: QueryJob, verdict: CommuniqueError) -> None:
        if job.verdict is None:
            job.verdict = verdict
            job.settled.set()
            if job.worker is not None:
                job.worker.kill()

    def _assign_workers(self) -> None:
        """Assign idle workers to waiting requests: quick ones first, then slow ones while few of them run.

        Background requests get the remaining workers but one, and are stopped once no worker is idle, so that they
        never hold a worker that a client is waiting for.
        """
        while self._idle and (job := self._next_job()) is not None:
            self._assign_worker(job)
        while self._background and len(self._idle) > 1:
            self._assign_worker(self._background.popleft())
        if not self._idle:
            for job in self._jobs.values():
                if job.client.background and job.worker is not None:
                    self._stop(job, BusyError("The worker of this background query is needed for a client's query."))

    def _assign_worker(self, job: QueryJob) -> None:
        worker = self._idle.pop()
        worker.busy, job.worker, job.started, job.used = True, worker, time.monotonic(), worker.used()
        job.settled.set()

    def _queue_of(self, job: QueryJob) -> deque[QueryJob]:
        if job.client.background:
            return self._background
        return self._evicted if job.evicted else self._quick

    def _count_end(self, job: QueryJob, *, failed: bool) -> None:
        # Background requests are counted by their origin.
        if not job.client.background:
            self.record.count_end(failed=failed)

    def _next_job(self) -> QueryJob | None:
        if self._quick:
            return self._quick.popleft()
        if self._evicted and self._slow_count() < self.limits.slow:
            return self._evicted.popleft()
        return None

    def _abandon(self, job: QueryJob) -> None:
        """Finish a request whose own thread does not do so."""
        del self._jobs[job.number]
        self._count_end(job, failed=True)
        if job.worker is not None:
            self._take_back(job.worker, leaving=True)

    def _take_back(self, worker: WorkerProcess, *, leaving: bool) -> None:
        worker.busy = False
        leaving = leaving or worker.killed or self._closed or worker.number not in self._workers
        # Workers that were added for long answers leave as soon as there are enough others.
        if not leaving and len(self._workers) <= self.limits.workers and worker.restore_priority():
            self._idle.append(worker)
        else:
            self._remove(worker)
            worker.close()

    def _remove(self, worker: WorkerProcess) -> None:
        if self._workers.pop(worker.number, None) is not None:
            self.record.restarts += 1
            self._wake()
        if worker in self._idle:
            self._idle.remove(worker)

    def _queue_full(self) -> BusyError:
        queue = self.limits.queue
        return BusyError(
            f"The server is busy: {queue} requests are waiting already, which is the limit.", "queue", queue
        )

    def _too_many_streams(self) -> BusyError:
        limit = self.limits.streams + self.limits.slow
        sentence = f"More than {limit} long answers were being read, and this client had most of them."
        return BusyError(sentence, "streams", limit)

    def _overdue(self, job: QueryJob) -> CommuniqueError:
        if job.worker is None:
            return BusyError(f"No worker was free for this query in {job.limit:g} s.", "time", job.limit)
        subject = "The query" if job.request["what"] == "query" else "The answer"
        return TimeLimitError(f"{subject} took longer than its limit of {job.limit:g} s.", "time", job.limit)


def stream_to_end(streams: list[QueryJob]) -> QueryJob:
    """Return the stream to end: the oldest of the address with the most, or the newest if all have equally many.

    So a client that reads many answers slowly gives way to others, but not to a newcomer with equally many.
    """
    counts = Counter(job.client.address for job in streams)
    most = max(counts.values())
    oldest_first = sorted(streams, key=lambda job: job.arrived)
    if len(counts) > 1 and most == min(counts.values()):
        return oldest_first[-1]
    return next(job for job in oldest_first if counts[job.client.address] == most)


def _state(job: QueryJob) -> str:
    if job.worker is None:
        return "waiting"
    if job.client.background:
        return "background"
    return "answering" if job.begun else "slow" if job.slow else "running"
