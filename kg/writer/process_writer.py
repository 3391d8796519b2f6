"""Writes carried out in processes of their own, one at a time, within the limits that queries have.

Whoever writes waits for its turn here, in the order of arrival, and then in its process for writers elsewhere (a
build). A write is ended where its time is over, its client has left or an operator stops it, until its process asks
to publish: having been let, it is waited for, so that no answer says of a write that it failed when it has happened.
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
from kg.workers import Client, QueryLimits, Running
from kg.workers.frames import FrameKind, GoneError, from_error, to_error, to_json
from kg.workers.query_jobs import NUMBERS
from kg.writer.write_messages import send_document, send_request, to_written
from kg.writer.write_requests import LOCAL_CLIENT, Fetch, WriteRequest, Written
from kg.writer.writer_process import ForkServer, WriterProcess
from kg.writer.writing_child import WriterOptions

TICK = 0.05
"""Seconds between looks at whether a write has to be ended."""
MAX_STARTING_SECONDS = 60.0
"""How long a write waits for the schema and the shapes to be read, which only the first has to."""
MAX_PUBLISHING_SECONDS = 120.0
"""How long a disk may take to keep a version, before its writer is taken for hung."""
WAITING, STARTING, RUNNING, PUBLISHING = "waiting", "starting", "writing", "publishing"


@dataclass
class WriteJob:
    """A write on its way: from when on, until when, and what has become of it."""

    request: WriteRequest
    client: Client
    seconds: float
    number: int = field(default_factory=NUMBERS.__next__)
    arrived: float = field(default_factory=time.monotonic)
    state: str = WAITING
    verdict: CommuniqueError | None = None
    """Why it is ended, if it is."""
    forked: float = 0
    """When a writer was asked for."""
    delay: float = 0
    """Seconds until there was one, which are not the client's."""

    @property
    def deadline(self) -> float:
        """Return when it has to be over, by the monotonic clock."""
        return (
            self.forked + MAX_STARTING_SECONDS if self.state == STARTING else self.arrived + self.delay + self.seconds
        )

    def start(self) -> None:
        """Note that a writer was asked for."""
        self.state, self.forked = STARTING, time.monotonic()

    def run(self) -> None:
        """Note that its writer is there."""
        self.state, self.delay = RUNNING, time.monotonic() - self.forked

    def is_over(self) -> bool:
        """Tell whether it has to be ended, with its verdict."""
        if self.verdict is None and self.client.left():
            self.verdict = StoppedError("The client left before its write was done.")
        if self.verdict is None and time.monotonic() >= self.deadline:
            self.verdict = self._overdue()
        return self.verdict is not None

    def _overdue(self) -> CommuniqueError:
        if self.state == WAITING:
            sentence = f"Another write was under way for {self.seconds:g} s, and this one waited in vain."
            return BusyError(sentence, "time", self.seconds)
        if self.state == STARTING:
            return BusyError("The server is still reading what writes are checked by.", "time", MAX_STARTING_SECONDS)
        return TimeLimitError(f"The write took longer than its limit of {self.seconds:g} s.", "time", self.seconds)


class ProcessWriter:
    """See `kg.writer.write_requests.Writer`; to be closed."""

    def __init__(self, folder: Path, store: EmbeddedStore, limits: QueryLimits, keep: int = 0) -> None:
        self._store, self._limits = store, limits
        self._source = WriterOptions(str(folder.absolute()), limits.memory, limits.cpu, keep)
        self._forks = ForkServer(self._source)
        self._jobs: dict[int, WriteJob] = {}
        """The writes under way, oldest first: the first has its turn."""
        self._changed = Condition()
        self._closed = False

    def prepare(self) -> None:
        """Read the schema and the shapes now, for which the first write waits otherwise."""
        self._forks.start()

    def write(self, request: WriteRequest, fetch: Fetch, client: Client = LOCAL_CLIENT) -> Written:
        """Make a write the current version; errors are those of the write, LimitError, StoppedError, WorkerError."""
        job = self._enter(request, client)
        try:
            self._wait_for_turn(job)
            return self._carry_out(job, fetch)
        finally:
            self._leave(job)

    def running(self) -> tuple[Running, ...]:
        """Return the writes under way, oldest first."""
        now = time.monotonic()
        with self._changed:
            jobs = tuple(self._jobs.values())
        return tuple(Running(job.number, job.request.text, now - job.arrived, job.state) for job in jobs)

    def stop(self, number: int) -> bool:
        """End a write under way; False where there is none of that number, or it is being published."""
        return self._stop(number, StoppedError(f"The operator stopped this write, number {number}."))

    def close(self) -> None:
        """End every write that is not being published, and take no more; once more is no error."""
        with self._changed:
            self._closed = True
            numbers = tuple(self._jobs)
        for number in numbers:
            self._stop(number, StoppedError("The server is closing."))
        with self._changed:
            self._changed.wait_for(lambda: not self._jobs, timeout=1)
        self._forks.close()

    def _stop(self, number: int, verdict: CommuniqueError) -> bool:
        with self._changed:
            job = self._jobs.get(number)
            if job is None or job.state == PUBLISHING:
                return False
            job.verdict = job.verdict or verdict
            self._changed.notify_all()
            return True

    def _enter(self, request: WriteRequest, client: Client) -> WriteJob:
        limit, asked = self._limits.time, client.timeout
        with self._changed:
            if self._closed:
                raise StoppedError("The server is closing, and takes no more writes.")
            if len(self._jobs) > self._limits.queue:
                most = self._limits.queue
                raise BusyError(f"The server is busy: {most} writes wait already, and no more may.", "queue", most)
            job = WriteJob(request, client, limit if asked is None else min(asked, limit))
            self._jobs[job.number] = job
        return job

    def _leave(self, job: WriteJob) -> None:
        with self._changed:
            del self._jobs[job.number]
            self._changed.notify_all()

    def _wait_for_turn(self, job: WriteJob) -> None:
        with self._changed:
            while next(iter(self._jobs)) != job.number and not job.is_over():
                self._changed.wait(TICK)
        if job.is_over() and job.verdict is not None:
            raise job.verdict

    def _carry_out(self, job: WriteJob, fetch: Fetch) -> Written:
        process = self._forks.fork()
        try:
            job.start()
            return self._follow(job, process, fetch)
        except GoneError:
            error = self._lost(job, process)
            self._store.clean()
            raise error from None
        finally:
            process.close()

    def _follow(self, job: WriteJob, process: WriterProcess, fetch: Fetch) -> Written:
        """Hear a writer to its end, ending it where it has to be."""
        while True:
            self._wait_for_word(job, process)
            kind, body = process.channel.receive()
            match kind:
                case FrameKind.END:
                    return to_written(body)
                case FrameKind.ERROR:
                    raise to_error(json.loads(body))
                case FrameKind.READY:
                    job.run()
                    send_request(process.channel, job.request, job.deadline)
                case FrameKind.PUBLISHING:
                    self._let_publish(job, process)
                case FrameKind.FETCH:
                    _answer(process, json.loads(body)["url"], fetch)
                case FrameKind.LOG:
                    told = json.loads(body)
                    logging.getLogger(told["logger"]).log(told["level"], "%s", told["message"])
                case _:
                    raise WorkerError(f"A writer has sent a frame of the kind {kind}.")

    def _wait_for_word(self, job: WriteJob, process: WriterProcess) -> None:
        publishing_until = time.monotonic() + MAX_PUBLISHING_SECONDS
        while not process.channel.has_spoken(TICK):
            if job.state == PUBLISHING:
                if time.monotonic() >= publishing_until:
                    process.kill()
            elif job.is_over():
                process.kill()

    def _let_publish(self, job: WriteJob, process: WriterProcess) -> None:
        """Let a writer publish, and end it no more from then on; unless it was to be ended before."""
        with self._changed:
            if job.is_over():
                process.kill()
                return
            job.state = PUBLISHING
        process.channel.send(FrameKind.ASK)

    def _lost(self, job: WriteJob, process: WriterProcess) -> CommuniqueError:
        """Return why a writer has gone before it had told what its write came to."""
        status = process.exit_status()  # its lock goes with it
        if job.verdict is not None:
            return job.verdict
        error = process.exit_error(status, self._source)
        if job.state == PUBLISHING:
            return WorkerError(f"{error} It was publishing: the current version tells whether the write has happened.")
        return error


def _answer(process: WriterProcess, url: str, fetch: Fetch) -> None:
    """Fetch what a writer's LOAD names for it."""
    try:
        document = fetch(url)
    except CommuniqueError as error:
        process.channel.send(FrameKind.ERROR, to_json(from_error(error)))
    else:
        send_document(process.channel, document)
