"""The threads that answer requests: only as many as are needed at once.

Waitress's own dispatcher starts all its threads and uses them in turn: after as many downloads as there are threads,
every thread's stack and cache of freed blocks (malloc's tcache, a quarter of a megabyte) has been filled once. Here
there are only as many as requests were ever in progress at once.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from waitress.task import ThreadedTaskDispatcher


class TaskThreads(ThreadedTaskDispatcher):
    """Waitress's dispatcher, except that it starts a thread only when a task finds none idle."""

    def __init__(self, max_threads: int) -> None:
        super().__init__()
        self._max_threads = max_threads
        self._adding = Lock()

    @property
    def started(self) -> int:
        """Return the number of threads."""
        return len(self.threads)

    @property
    def busy(self) -> int:
        """Return the number of threads that are not waiting for a task."""
        return int(self.active_count)

    def add_task(self, task: object) -> None:
        """Run a task, which is a connection, on an idle thread, on a new one, or on the next that becomes idle."""
        # One at a time: two tasks that find no thread idle need two new ones.
        with self._adding:
            # Not waitress's own method, which warns of each task that has to wait.
            with self.lock:
                self.queue.append(task)
                self.queue_cv.notify()
                has_idle = self.active_count + len(self.queue) <= self.started
            if not has_idle and self.started < self._max_threads and not self.stop_count:
                self.set_thread_count(self.started + 1)

    def start_new_thread(self, target: Callable[[int], None], thread_no: int) -> None:
        """Start a thread, or none if the system allows no more but another thread will become idle."""
        try:
            super().start_new_thread(target, thread_no)
        except RuntimeError:
            self.threads.discard(thread_no)
            if not self.threads:
                raise
            self.active_count -= 1  # which counts the thread next

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:  # noqa: FBT001, FBT002 -- as waitress's own
        """Stop the threads, waiting for busy ones; return whether waiting tasks were cancelled."""
        has_pending = bool(self.queue)
        return bool(super().shutdown(cancel_pending, timeout)) and has_pending
