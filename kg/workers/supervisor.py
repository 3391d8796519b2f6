"""The supervisor: a thread that starts workers, records how they end, and enforces the limits of requests."""

from __future__ import annotations

import errno
import itertools
import json
import logging
import os
import select
import time
from collections.abc import Callable
from dataclasses import asdict
from threading import Event, Thread

from kg.errors import BusyError, CommuniqueError, StoreError
from kg.workers.child_process import ForkServerProcess
from kg.workers.frames import FrameKind, GoneError, to_error
from kg.workers.pool import Pool
from kg.workers.process_exits import describe_exit, readable
from kg.workers.query_limits import QueryLimits
from kg.workers.worker import WorkerOptions
from kg.workers.worker_process import WorkerProcess

BUSY_POLL_SECONDS = 0.02
"""Seconds between checks while there are requests."""
IDLE_POLL_SECONDS = 1.0
"""Seconds between checks without requests, and before a retry after a worker could not open the store."""
START_SECONDS = 120.0
"""Seconds for the first worker to be ready, even on a busy machine; one that cannot start reports that at once."""
RETRY_SECONDS = 0.2
"""Seconds before a retry after the system ran out of descriptors, processes or memory."""
TRANSIENT_ERRNOS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EAGAIN)
"""System errors that may disappear a moment later."""
log = logging.getLogger(__name__)


class Supervisor:
    """Keeps a pool supplied with workers and its requests within their limits, from `start` to `close`."""

    def __init__(
        self, options: WorkerOptions, limits: QueryLimits, on_failure: Callable[[str], None] = lambda _: None
    ) -> None:
        self.pool = Pool(limits, self.wake)
        self.failure: str | None = None
        """Why it has ended without being closed, if so."""
        self._options, self._on_failure = options, on_failure
        self._fork_server: ForkServerProcess | None = _start_fork_server(options)
        self._numbers = itertools.count(1)
        self._unready: dict[int, WorkerProcess] = {}
        """The workers that have not opened the store yet, by the descriptors of their channels."""
        self._unreaped: dict[int, WorkerProcess] = {}
        """The workers whose end has not been reported yet, by the descriptors of the sockets for reports."""
        self._wakeup, self._wakeup_end = os.pipe()
        # Neither end may block: the pool calls `wake` with its lock held, and one byte in the pipe is enough.
        for descriptor in (self._wakeup, self._wakeup_end):
            os.set_blocking(descriptor, False)
        self._started = Event()
        self._start_error: CommuniqueError | None = None
        self._closing = False
        self._shortage_logged = False
        self._thread = Thread(target=self._run, name="supervisor", daemon=True)

    def start(self, wait: float = START_SECONDS) -> None:
        """Start the workers and wait until the first is ready. Raises StoreError if that fails."""
        self._thread.start()
        if not self._started.wait(wait):
            self._start_error = StoreError(f"No worker was ready in {wait:g} s.")
        if self._start_error is not None:
            self.close()
            raise self._start_error

    def wake(self) -> None:
        """Have the supervisor check now, and then often as long as there are requests."""
        try:
            os.write(self._wakeup_end, b"!")
        except BlockingIOError:
            return  # the pipe is full: it will wake up anyway

    def close(self) -> None:
        """End all workers and the thread; closing twice is not an error."""
        if not self._closing:
            self._closing = True
            self.pool.close()
            self.wake()
            self._thread.join()
            # The pipe is closed last: requests that end until then use it to wake the supervisor.
            self._wait_for_requests()
            if self._fork_server is not None:
                self._fork_server.close()
            for worker in self._unreaped.values():
                worker.reports.close()
            os.close(self._wakeup)
            os.close(self._wakeup_end)

    def _wait_for_requests(self) -> None:
        deadline = time.monotonic() + IDLE_POLL_SECONDS
        while self.pool.check_requests() and time.monotonic() < deadline:
            time.sleep(BUSY_POLL_SECONDS)
        self.pool.abandon_all()

    def _run(self) -> None:
        try:
            self._supervise()
        except Exception as error:  # after any error, no more queries can be answered
            log.exception("The thread that supervises the workers has died.")
            self.failure = f"The thread that supervises the workers has died: {str(error) or type(error).__name__}."
            self._start_error = self._start_error or StoreError(self.failure)
            self._started.set()
            self.pool.close()
            self._on_failure(self.failure)

    def _supervise(self) -> None:
        busy, rest_until = False, 0.0
        while not self._closing:
            wait = BUSY_POLL_SECONDS if busy else IDLE_POLL_SECONDS
            if time.monotonic() >= rest_until and not self._fill():
                rest_until, wait = time.monotonic() + RETRY_SECONDS, min(wait, RETRY_SECONDS)
            if self._handle(self._wait_readable(wait)):
                # Otherwise workers that cannot open the store would be forked continuously.
                rest_until = time.monotonic() + IDLE_POLL_SECONDS
            busy = self.pool.check_requests()

    def _fill(self) -> bool:
        """Start the missing workers; return False if that has to be retried."""
        for _ in range(self.pool.missing_workers()):
            try:
                self._start_worker()
            except (BrokenPipeError, ConnectionResetError):
                self._end_fork_server()
                return True
            except OSError as error:
                if error.errno not in TRANSIENT_ERRNOS:
                    raise
                self._log_shortage(error)
                return False
        self._shortage_logged = False
        return True

    def _start_worker(self) -> None:
        if self._fork_server is None:
            self._fork_server = _start_fork_server(self._options)
        worker = WorkerProcess(*self._fork_server.fork(), number=next(self._numbers))
        self._unreaped[worker.reports.fileno()] = self._unready[worker.channel.fileno()] = worker
        self.pool.worker_started(worker)

    def _log_shortage(self, error: OSError) -> None:
        """Log that workers are missing, but only once until there are enough again."""
        if not self._shortage_logged:
            log.error("A worker could not be started; trying again: %s", error)
        self._shortage_logged = True

    def _wait_readable(self, wait: float) -> set[int]:
        """Wait at most `wait` seconds for something to read, and return the readable descriptors."""
        poll = select.poll()
        fork_server = () if self._fork_server is None else (self._fork_server.fileno(),)
        for descriptor in (self._wakeup, *fork_server, *self._unready, *self._unreaped, *self._stderr_readers()):
            poll.register(descriptor, select.POLLIN)
        return {descriptor for descriptor, _ in poll.poll(1000 * wait)}

    def _stderr_readers(self) -> dict[int, WorkerProcess]:
        """Return the workers whose standard error is open, by descriptor."""
        workers = self._unreaped.values()
        return {worker.stderr: worker for worker in workers if worker.stderr >= 0 and not worker.stderr_ended}

    def _handle(self, readable_now: set[int]) -> bool:
        """Read from the readable descriptors; return whether a worker has failed to start."""
        failed = False
        if self._wakeup in readable_now:
            os.read(self._wakeup, 4096)
        for descriptor in readable_now & {*self._unready}:
            failed |= not self._receive_ready(self._unready.pop(descriptor))
        for descriptor, worker in self._stderr_readers().items():
            if descriptor in readable_now:
                worker.read_stderr()
        # Before reports are read, which end with the fork server: its workers have to be known as orphans by then.
        if self._fork_server is not None and self._fork_server.fileno() in readable_now:
            self._end_fork_server()
        for worker in [worker for descriptor, worker in self._unreaped.items() if descriptor in readable_now]:
            failed |= not self._take_report(worker)
        return failed

    def _receive_ready(self, worker: WorkerProcess) -> bool:
        """Receive a new worker's first frame; return False if it has failed to start."""
        try:
            kind, body = worker.channel.receive()
            error = None if kind is FrameKind.READY else to_error(json.loads(body))
        except (GoneError, CommuniqueError, ValueError, LookupError):  # it has ended, or sent invalid frames
            return False
        if error is None:
            self.pool.worker_ready(worker)
        if isinstance(error, BusyError):  # it could not be forked just now
            return False
        self._start_error = error
        self._started.set()
        return kind is FrameKind.READY

    def _take_report(self, worker: WorkerProcess) -> bool:
        """Take a report on a worker; return False if it could not be forked."""
        is_over = not worker.take_report() and not worker.ended.is_set()
        if is_over and worker.process:  # it has not ended, so its fork server has
            self._end_fork_server()
        elif is_over or worker.status is not None:
            self._reap(worker)
        return not is_over or bool(worker.process)

    def _reap(self, worker: WorkerProcess) -> None:
        status = worker.status
        del self._unreaped[worker.reports.fileno()]
        worker.reports.close()
        worker.read_stderr()
        if (status and not worker.killed) or worker.stderr_tail:
            printed = readable(worker.stderr_tail) or "nothing"
            sentence = "Worker %d (process %d) %s. It printed: %s"
            log.warning(sentence, worker.number, worker.process, describe_exit(status), printed)
        worker.ended.set()
        # Not by the channel's descriptor, which is -1 once closed.
        self._unready = {descriptor: other for descriptor, other in self._unready.items() if other is not worker}
        self.pool.worker_ended(worker)

    def _end_fork_server(self) -> None:
        """Kill the workers of a dead fork server, so that another is started: their ends would go unreported."""
        # Including those not forked yet, since they never will be.
        orphans = [*self._unreaped.values()]
        self.pool.kill_orphans(orphans)
        for worker in orphans:
            self._reap(worker)
        if self._fork_server is not None:
            self._fork_server.close()
        self._fork_server = None


def _start_fork_server(options: WorkerOptions) -> ForkServerProcess:
    return ForkServerProcess("kg.workers.worker_fork_server", asdict(options))
