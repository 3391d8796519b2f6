"""The supervisor: a thread that starts workers, hears how they end, and looks after the requests' limits."""

from __future__ import annotations

import itertools
import json
import os
import select
import time
from threading import Event, Thread

from kg.errors import CommuniqueError, StoreError
from kg.workers.limits import Limits
from kg.workers.pool import Pool
from kg.workers.process import Nursery, Worker
from kg.workers.wire import GoneError, Kind, to_error
from kg.workers.worker import Source

TICK = 0.02
"""Seconds between looks at the requests under way."""
REST = 1.0
"""Seconds between looks while there are none, and before another try after a worker could not open the store."""


class Supervisor:
    """Keeps a pool filled and its limits kept, from `start` to `close`."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.pool = Pool(limits, self.wake)
        self._source = source
        self._nursery = Nursery(source)
        self._numbers = itertools.count(1)
        self._unborn: dict[int, Worker] = {}
        self._unready: dict[int, Worker] = {}
        self._by_process: dict[int, Worker] = {}
        self._hear, self._ring = os.pipe()
        for descriptor in (self._hear, self._ring):
            os.set_blocking(descriptor, False)
        self._first = Event()
        self._trouble: CommuniqueError | None = None
        self._closing = False
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
            self._nursery.close()
            os.close(self._hear)
            os.close(self._ring)

    def _wait_for_requests(self) -> None:
        deadline = time.monotonic() + REST
        while self.pool.look() and time.monotonic() < deadline:
            time.sleep(TICK)
        self.pool.clear()

    def _run(self) -> None:
        busy, rest_until = False, 0.0
        while not self._closing:
            if time.monotonic() >= rest_until:
                self._fill()
            heard = self._hear_of(TICK if busy else REST)
            if self._attend(heard):
                rest_until = time.monotonic() + REST
            busy = self.pool.look()

    def _fill(self) -> None:
        for _ in range(self.pool.missing()):
            try:
                worker = self._nursery.ask(next(self._numbers))
            except OSError:
                return self._replace_nursery()
            self._unborn[worker.number] = self._unready[worker.channel.fileno()] = worker
            self.pool.started(worker)
        return None

    def _hear_of(self, wait: float) -> set[int]:
        """Wait until something is to be heard, and return the descriptors that it is to be heard from."""
        poll = select.poll()
        for descriptor in (self._hear, self._nursery.fileno(), *self._unready):
            poll.register(descriptor, select.POLLIN)
        return {descriptor for descriptor, _ in poll.poll(1000 * wait)}

    def _attend(self, heard: set[int]) -> bool:
        """Hear them; tell whether a worker has failed to start."""
        failed = False
        if self._hear in heard:
            os.read(self._hear, 4096)
        for descriptor in heard & {*self._unready}:
            failed |= not self._greet(self._unready.pop(descriptor))
        if self._nursery.fileno() in heard:
            self._hear_nursery()
        return failed

    def _greet(self, worker: Worker) -> bool:
        """Hear a new worker's first word; False where it has failed to start."""
        try:
            kind, body = worker.channel.receive()
        except GoneError:
            return False
        if kind is Kind.READY:
            self.pool.ready(worker)
        else:
            self._trouble = to_error(json.loads(body))
        self._first.set()
        return kind is Kind.READY

    def _hear_nursery(self) -> None:
        try:
            told = self._nursery.news()
        except (EOFError, OSError):
            return self._replace_nursery()
        if "born" in told:
            worker = self._unborn.pop(told["born"])
            worker.born(told["process"])
            self._by_process[worker.process] = worker
        elif told["died"] in self._by_process:
            self._bury(self._by_process.pop(told["died"]), told["status"])
        return None

    def _bury(self, worker: Worker, status: int | None) -> None:
        worker.status = status
        worker.ended.set()
        self._unready = {descriptor: one for descriptor, one in self._unready.items() if one is not worker}
        self.pool.gone(worker)

    def _replace_nursery(self) -> None:
        """Start over: workers whose parent has died would be nobody's."""
        orphans = {*self._by_process.values(), *self._unborn.values()}
        for worker in orphans:
            worker.kill()
            self._bury(worker, None)
        self._by_process, self._unborn = {}, {}
        self._nursery.close()
        self._nursery = Nursery(self._source)
