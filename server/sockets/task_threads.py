"""The threads that answer requests: only as many as are needed at once, the most recently busy one used first.

Waitress's own dispatcher starts all its threads and uses them in turn, and each keeps the connection that it served
last: after as many downloads as there are threads, every thread's stack and cache of freed blocks (malloc's tcache, a
quarter of a megabyte) has been filled once. Here there are only as many as requests were ever in progress at once.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass, field
from threading import Event, Lock, Thread, current_thread
from typing import Protocol

log = logging.getLogger(__name__)


class WaitressTask(Protocol):
    """A task that waitress hands to its dispatcher: a connection with a request."""

    def service(self) -> None:
        """Answer the request."""

    def cancel(self) -> None:
        """Cancel the request."""


@dataclass(eq=False)
class _IdleThread:
    """A thread that waits for a task; if woken without one, it ends."""

    woken: Event = field(default_factory=Event)
    task: WaitressTask | None = None


class TaskThreads:
    """A dispatcher of tasks, with the methods that waitress calls."""

    def __init__(self, max_threads: int) -> None:
        self._max_threads = max_threads
        self._lock = Lock()
        self._waiting: deque[WaitressTask] = deque()
        self._idle: list[_IdleThread] = []
        self._threads: set[Thread] = set()
        self._ending = False

    @property
    def started(self) -> int:
        """Return the number of threads."""
        return len(self._threads)

    @property
    def busy(self) -> int:
        """Return the number of threads that are not waiting for a task."""
        with self._lock:
            return len(self._threads) - len(self._idle)

    def add_task(self, task: WaitressTask) -> None:
        """Run a task on an idle thread, on a new one, or on the next that becomes idle."""
        with self._lock:
            if self._idle:
                # The most recently busy one: its stack and its freed blocks have been filled already.
                idle = self._idle.pop()
                idle.task = task
                idle.woken.set()
            elif len(self._threads) >= self._max_threads or not self._start(task):
                self._waiting.append(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:  # noqa: FBT001, FBT002 -- as waitress's own
        """Stop the threads, waiting for busy ones; return whether waiting tasks were cancelled."""
        with self._lock:
            self._ending = True
            pending = [*self._waiting] if cancel_pending else []
            self._waiting.clear()
            for idle in self._idle:
                idle.woken.set()
            self._idle.clear()
            ending = [*self._threads]
        deadline = time.monotonic() + timeout
        for thread in ending:
            thread.join(max(deadline - time.monotonic(), 0))
        if self._threads:
            log.warning("%d requests are still being answered at the end.", len(self._threads))
        for task in pending:
            task.cancel()
        return bool(pending)

    def _start(self, task: WaitressTask) -> bool:
        """Start a thread with a task; return False if the system allows no more, but other threads will become idle."""
        thread = Thread(target=self._run, args=([task],), name="request", daemon=True)
        self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError:
            self._threads.discard(thread)
            if not self._threads:
                raise
            return False
        return True

    def _run(self, first: list[WaitressTask]) -> None:
        """Run tasks; the first comes in a list to be emptied, since a thread keeps its arguments until it ends."""
        try:
            serve_task(first.pop())
            while (task := self._next()) is not None:
                serve_task(task)
                del task  # so that a waiting thread holds no connection
        finally:
            self._threads.discard(current_thread())

    def _next(self) -> WaitressTask | None:
        """Wait for the next task and return it; None if the threads are ending."""
        idle = _IdleThread()
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            if self._ending:
                return None
            self._idle.append(idle)
        idle.woken.wait()
        return idle.task


def serve_task(task: WaitressTask) -> None:
    """Run a task; log the error if it fails."""
    try:
        task.service()
    except Exception:
        # On any exception: the thread serves other connections too, and nobody waits for its end.
        log.exception("A request failed with an unexpected error.")
