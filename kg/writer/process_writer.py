"""Writes executed in separate processes, one at a time, within the limits of queries.

A write waits for its turn here, in the order of arrival, and then in its process for writers elsewhere (a build). It is
ended when its time is over, its client disconnects or an operator stops it, until its process requests to publish a
version. After that it always runs to its end, so that no response reports a failure for a write that has happened.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition

from kg.errors import BusyError, CommuniqueError, StoppedError, TimeLimitError, WorkerError
from kg.store import EmbeddedStore
from kg.workers.frames import FrameKind, GoneError, from_error, to_error, to_json
from kg.workers.query_jobs import LOCAL_CLIENT, REQUEST_NUMBERS, Client, Running
from kg.workers.query_limits import QueryLimits
from kg.writer.write_requests import Fetch, WriteRequest, Written, send_pickled, to_written
from kg.writer.writer import WriterOptions
from kg.writer.writer_process import WriterProcess, WriterStarter

POLL_SECONDS = 0.05
"""Seconds between checks of whether a write has to be ended."""
MAX_STARTING_SECONDS = 60.0
"""The time that a write waits for the schema to be loaded, which only the first write does."""
MAX_PUBLISHING_SECONDS = 120.0
"""The time for writing a version to disk, after which the writer counts as hung."""
WAITING, STARTING, RUNNING, PUBLISHING = "waiting", "starting", "writing", "publishing"


@dataclass
class WriteJob:
    """A write, its deadline, and its state."""

    request: WriteRequest
    client: Client
    seconds: float
    number: int = field(default_factory=REQUEST_NUMBERS.__next__)
    arrived: float = field(default_factory=time.monotonic)
    state: str = WAITING
    verdict: CommuniqueError | None = None
    """The error that it has to end with, if any."""
    forked: float = 0
    """When a writer was requested."""
    delay: float = 0
    """Seconds until the writer was ready, which do not count towards the client's time."""

    @property
    def deadline(self) -> float:
        """Return the time by which it has to end, on the monotonic clock."""
        if self.state == STARTING:
            return self.forked + MAX_STARTING_SECONDS
        return self.arrived + self.delay + self.seconds

    def is_over(self) -> bool:
        """Return whether it has to end, and set its verdict if so."""
        if self.verdict is None and self.client.left():
            self.verdict = StoppedError("The client left before its write was done.")
        if self.verdict is None and time.monotonic() >= self.deadline:
            self.verdict = self._overdue()
        return self.verdict is not None

    def _overdue(self) -> CommuniqueError:
        if self.state == WAITING:
            sentence = f"Other writes were under way for {self.seconds:g} s, and this one was not begun."
            return BusyError(sentence, "time", self.seconds)
        if self.state == STARTING:
            return BusyError(
                "The server is still reading the schema that writes are validated with.", "time", MAX_STARTING_SECONDS
            )
        return TimeLimitError(f"The write took longer than its limit of {self.seconds:g} s.", "time", self.seconds)


class ProcessWriter:
    """Executes writes in separate processes; see `kg.writer.write_requests.Writer`. It has to be closed."""

    def __init__(self, folder: Path, store: EmbeddedStore, limits: QueryLimits, keep: int = 0) -> None:
        self._store, self._limits = store, limits
        self._options = WriterOptions(str(folder.absolute()), limits.memory, limits.cpu, keep)
        self._starter = WriterStarter(self._options)
        self._jobs: dict[int, WriteJob] = {}
        """The running and waiting writes, oldest first: it is the first one's turn."""
        self._changed = Condition()
        self._closed = False

    def load_schema(self) -> None:
        """Read the schema now, rather than during the first write."""
        self._starter.start()

    def write(self, request: WriteRequest, fetch: Fetch, client: Client = LOCAL_CLIENT) -> Written:
        """Make a write the current version. Raises the write's errors, and LimitError, StoppedError or WorkerError."""
        job = self._admit(request, client)
        try:
            self._wait_for_turn(job)
            return self._carry_out(job, fetch)
        finally:
            with self._changed:
                del self._jobs[job.number]
                self._changed.notify_all()

    def running(self) -> tuple[Running, ...]:
        """Return the running and waiting writes, oldest first."""
        now = time.monotonic()
        with self._changed:
            jobs = tuple(self._jobs.values())
        return tuple(Running(job.number, job.request.text, now - job.arrived, job.state) for job in jobs)

    def stop(self, number: int) -> bool:
        """Stop a write; return False if there is none with that number, or if it is being published."""
        return self._stop(number, StoppedError(f"The operator stopped this write, number {number}."))

    def close(self) -> None:
        """Stop all writes that are not being published, and admit no more; closing twice is not an error."""
        with self._changed:
            self._closed = True
            numbers = tuple(self._jobs)
        for number in numbers:
            self._stop(number, StoppedError("The server is closing."))
        with self._changed:
            self._changed.wait_for(lambda: not self._jobs, timeout=1)
        self._starter.close()

    def _stop(self, number: int, verdict: CommuniqueError) -> bool:
        with self._changed:
            job = self._jobs.get(number)
            # A write that is being published runs to its end: if it were killed, its outcome would be unknown.
            if job is None or job.state == PUBLISHING:
                return False
            job.verdict = job.verdict or verdict
            self._changed.notify_all()
            return True

    def _admit(self, request: WriteRequest, client: Client) -> WriteJob:
        with self._changed:
            if self._closed:
                raise StoppedError("The server is closing, and takes no more writes.")
            # One more than may wait, since the first of them is running.
            if len(self._jobs) > self._limits.queue:
                queue = self._limits.queue
                raise BusyError(
                    f"The server is busy: {queue} writes are waiting already, which is the limit.", "queue", queue
                )
            job = WriteJob(request, client, client.time_limit(self._limits.time))
            self._jobs[job.number] = job
        return job

    def _wait_for_turn(self, job: WriteJob) -> None:
        with self._changed:
            while next(iter(self._jobs)) != job.number and not job.is_over():
                # With a timeout, since there is no notification when a client disconnects or a deadline passes.
                self._changed.wait(POLL_SECONDS)
        if job.is_over() and job.verdict is not None:
            raise job.verdict

    def _carry_out(self, job: WriteJob, fetch: Fetch) -> Written:
        process = self._starter.fork()
        try:
            job.state, job.forked = STARTING, time.monotonic()
            return self._serve(job, process, fetch)
        except GoneError:
            error = self._lost_writer_error(job, process)
            self._store.clean()  # the next write would do this too, but until then this one's files take up disk space
            raise error from None
        finally:
            process.close()

    def _serve(self, job: WriteJob, process: WriterProcess, fetch: Fetch) -> Written:
        """Answer a writer's frames until it has finished, and end it if necessary."""
        while True:
            self._wait_for_frame(job, process)
            kind, body = process.channel.receive()
            match kind:
                case FrameKind.END:
                    return to_written(body)
                case FrameKind.ERROR:
                    raise to_error(json.loads(body))
                case FrameKind.READY:
                    job.state, job.delay = RUNNING, time.monotonic() - job.forked
                    send_pickled(process.channel, (job.request, job.deadline))
                case FrameKind.PUBLISHING:
                    self._allow_publishing(job, process)
                case FrameKind.FETCH:
                    _send_fetched(process, json.loads(body)["url"], fetch)
                case FrameKind.LOG:
                    record = json.loads(body)
                    logging.getLogger(record["logger"]).log(record["level"], "%s", record["message"])
                case _:
                    raise WorkerError(f"A writer has sent an unexpected frame of the kind {kind}.")

    def _wait_for_frame(self, job: WriteJob, process: WriterProcess) -> None:
        publishing_until = time.monotonic() + MAX_PUBLISHING_SECONDS
        while not process.channel.is_readable(POLL_SECONDS):
            if job.state == PUBLISHING:
                # The loop continues after `kill`: the end of the process closes the channel, which makes it readable.
                if time.monotonic() >= publishing_until:
                    process.kill()
            elif job.is_over():
                process.kill()

    def _allow_publishing(self, job: WriteJob, process: WriterProcess) -> None:
        """Allow a writer to publish, after which it is not ended, unless it has to be ended now."""
        # With the same lock as `stop`: an operator either stops the write before this, or gets the answer that it is
        # too late.
        with self._changed:
            if job.is_over():
                process.kill()
                return
            job.state = PUBLISHING
        process.channel.send(FrameKind.PROCEED)

    def _lost_writer_error(self, job: WriteJob, process: WriterProcess) -> CommuniqueError:
        """Return the error for a writer that ended before it sent the outcome of its write."""
        process.wait()  # until it has released the store's lock
        if job.verdict is not None:
            return job.verdict
        error = process.write_error(self._options)
        if job.state == PUBLISHING:
            return WorkerError(f"{error} It was publishing: the current version tells whether the write has happened.")
        return error


def _send_fetched(process: WriterProcess, url: str, fetch: Fetch) -> None:
    """Fetch the document that a writer's LOAD names, and send it, or the error if it cannot be fetched."""
    try:
        document = fetch(url)
    except CommuniqueError as error:
        process.channel.send(FrameKind.ERROR, to_json(from_error(error)))
    else:
        process.channel.send(FrameKind.HEAD)
        send_pickled(process.channel, document)
