"""The supervisor: a thread that starts workers, hears how they end, and looks after the requests' limits."""

from __future__ import annotations

import errno
import itertools
import json
import logging
import os
import select
import time
from collections.abc import Callable
from threading import Event, Thread

from kg.errors import CommuniqueError, StoreError
from kg.workers.frames import FrameKind, GoneError, to_error
from kg.workers.pool import Pool
from kg.workers.process_exits import describe, readable
from kg.workers.query_limits import QueryLimits
from kg.workers.worker import WorkerOptions
from kg.workers.worker_process import ForkServer, Worker

TICK = 0.02
"""Seconds between looks at the requests under way."""
REST = 1.0
"""Seconds between looks while there are none, and before another try after a worker could not open the store."""
RETRY = 0.2
"""Seconds before another try where the system had no descriptor, process or memory to spare."""
PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EAGAIN)
"""What the system says where something may be had a moment later."""
log = logging.getLogger(__name__)


class Supervisor:
    """Keeps a pool filled and its limits kept, from `start` to `close`."""

    def __init__(
        self, source: WorkerOptions, limits: QueryLimits, on_failure: Callable[[str], None] = lambda _: None
    ) -> None:
        self.pool = Pool(limits, self.wake)
        self.failure: str | None = None
        """Why it has ended before it was closed; None as long as it has not."""
        self._source, self._on_failure = source, on_failure
        self._fork_server: ForkServer | None = ForkServer(source)
        self._numbers = itertools.count(1)
        self._unstarted: dict[int, Worker] = {}
        self._unready: dict[int, Worker] = {}
        self._by_process: dict[int, Worker] = {}
        self._hear, self._ring = os.pipe()
        for descriptor in (self._hear, self._ring):
            os.set_blocking(descriptor, False)
        self._first = Event()
        self._trouble: CommuniqueError | None = None
        self._closing = False
        self._waiting = False
        """Whether it has been said that workers are missing."""
        self._thread = Thread(target=self._run, name="supervisor", daemon=True)

    def start(self, wait: float = 30) -> None:
        """Start the workers; return when the first is ready, or raise what keeps it from being."""
        self._thread.start()
        if not self._first.wait(wait):
            self._trouble = StoreError(f"No worker was ready in {wait:g} s.")
        if self._trouble is not None:
            self.close()
            raise self._trouble

    def wake(self) -> None:
        """Let the supervisor look now, and then every tick for as long as something is under way."""
        try:
            os.write(self._ring, b"!")
        except BlockingIOError:
            return  # it has been rung for already

    def close(self) -> None:
        """End all workers and the thread; once more is no error."""
        if not self._closing:
            self._closing = True
            self.pool.close()
            self.wake()
            self._thread.join()
            self._wait_for_requests()
            if self._fork_server is not None:
                self._fork_server.close()
            os.close(self._hear)
            os.close(self._ring)

    def _wait_for_requests(self) -> None:
        deadline = time.monotonic() + REST
        while self.pool.look() and time.monotonic() < deadline:
            time.sleep(TICK)
        self.pool.clear()

    def _run(self) -> None:
        try:
            self._supervise()
        except Exception as error:  # whatever it is: nothing would be answered, and nobody told
            log.exception("The thread that looks after the workers has died.")
            self.failure = f"The thread that looks after the workers has died: {str(error) or type(error).__name__}."
            self._trouble = self._trouble or StoreError(self.failure)
            self._first.set()
            self.pool.close()
            self._on_failure(self.failure)

    def _supervise(self) -> None:
        busy, rest_until = False, 0.0
        while not self._closing:
            wait = TICK if busy else REST
            if time.monotonic() >= rest_until and not self._fill():
                rest_until, wait = time.monotonic() + RETRY, min(wait, RETRY)
            if self._attend(self._hear_of(wait)):
                rest_until = time.monotonic() + REST
            busy = self.pool.look()

    def _fill(self) -> bool:
        """Start the workers that are missing; False where that has to be tried again."""
        for _ in range(self.pool.missing()):
            try:
                self._start_worker()
            except (BrokenPipeError, ConnectionResetError):
                self._end_fork_server()
                return True
            except OSError as error:
                if error.errno not in PASSING:
                    raise
                self._log_waiting(error)
                return False
        self._waiting = False
        return True

    def _start_worker(self) -> None:
        if self._fork_server is None:
            self._fork_server = ForkServer(self._source)
        worker = self._fork_server.ask(next(self._numbers))
        self._unstarted[worker.number] = self._unready[worker.channel.fileno()] = worker
        self.pool.started(worker)

    def _log_waiting(self, error: OSError) -> None:
        """Say once that workers are missing: until there are enough again."""
        if not self._waiting:
            log.error("A worker cannot be started now, and is tried again: %s", error)
        self._waiting = True

    def _hear_of(self, wait: float) -> set[int]:
        """Wait until something is to be heard, and return the descriptors that it is to be heard from."""
        poll = select.poll()
        fork_server = () if self._fork_server is None else (self._fork_server.fileno(),)
        for descriptor in (self._hear, *fork_server, *self._unready, *self._writing()):
            poll.register(descriptor, select.POLLIN)
        return {descriptor for descriptor, _ in poll.poll(1000 * wait)}

    def _writing(self) -> dict[int, Worker]:
        """Return the workers that may write to their standard error, by its descriptor."""
        workers = (*self._unstarted.values(), *self._by_process.values())
        return {worker.stderr: worker for worker in workers if worker.stderr >= 0 and not worker.stderr_ended}

    def _attend(self, heard: set[int]) -> bool:
        """Hear them; tell whether a worker has failed to start."""
        failed = False
        if self._hear in heard:
            os.read(self._hear, 4096)
        for descriptor in heard & {*self._unready}:
            failed |= not self._greet(self._unready.pop(descriptor))
        for descriptor, worker in self._writing().items():
            if descriptor in heard:
                worker.read_stderr()
        if self._fork_server is not None and self._fork_server.fileno() in heard:
            failed |= not self._hear_fork_server(self._fork_server)
        return failed

    def _greet(self, worker: Worker) -> bool:
        """Hear a new worker's first word; False where it has failed to start."""
        try:
            kind, body = worker.channel.receive()
            trouble = None if kind is FrameKind.READY else to_error(json.loads(body))
        except (GoneError, CommuniqueError, ValueError, LookupError):  # what is no frame of ours is no worker of ours
            return False
        if trouble is None:
            self.pool.ready(worker)
        self._trouble = trouble
        self._first.set()
        return kind is FrameKind.READY

    def _hear_fork_server(self, fork_server: ForkServer) -> bool:
        """Hear what has become of workers; False where one could not be forked."""
        try:
            told = fork_server.news()
        except (EOFError, OSError):
            self._end_fork_server()
            return True
        if "started" in told:
            worker = self._unstarted.pop(told["started"])
            worker.note_start(told["process"])
            self._by_process[worker.process] = worker
        elif "not_started" in told:
            self._reap(self._unstarted.pop(told["not_started"]), None)
            return False
        elif told["died"] in self._by_process:
            self._reap(self._by_process.pop(told["died"]), told["status"])
        return True

    def _reap(self, worker: Worker, status: int | None) -> None:
        worker.read_stderr()
        if (status and not worker.killed) or worker.stderr_tail:
            said = readable(worker.stderr_tail) or "nothing"
            log.warning("Worker %d (process %d) %s. It said: %s", worker.number, worker.process, describe(status), said)
        worker.status = status
        worker.ended.set()
        self._unready = {descriptor: one for descriptor, one in self._unready.items() if one is not worker}
        self.pool.gone(worker)

    def _end_fork_server(self) -> None:
        """Start over, with another when that can be had: workers whose parent has died would be nobody's."""
        orphans = {*self._by_process.values(), *self._unstarted.values()}
        for worker in orphans:
            worker.kill()
            self._reap(worker, None)
        self._by_process, self._unstarted = {}, {}
        if self._fork_server is not None:
            self._fork_server.close()
        self._fork_server = None
