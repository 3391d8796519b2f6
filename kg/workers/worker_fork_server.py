"""The workers' fork server: it has loaded the modules that a worker needs, but has not opened a store.

Forking takes a hundredth of the time to start an interpreter. The store is opened after the fork, because its threads
would not survive it.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence

from kg.workers.fork_server import MALLOC_ARENAS, ForkServer, connect
from kg.workers.frames import Channel
from kg.workers.memory_ceiling import keep_freed_memory_low
from kg.workers.worker import WorkerOptions, answer_requests


def main() -> None:
    """Fork a worker for each message on the socket whose number is the argument, until the other end is closed."""
    control, options, wakeup = connect()
    # Before forking, so that it applies to every worker from its first thread on.
    keep_freed_memory_low(MALLOC_ARENAS)
    gc.freeze()  # a collection in a worker would copy every page that it shares with this process
    server = _WorkerForker(control, wakeup)
    server.options = WorkerOptions(**options)
    server.run()


class _WorkerForker(ForkServer):
    descriptors_per_child = 2
    options: WorkerOptions

    def work(self, channel: Channel) -> None:
        answer_requests(channel, self.options)

    def report_start(self, message: bytes, process: int, descriptors: Sequence[int]) -> None:
        del descriptors
        self._report(started=int(message), process=process)

    def report_failure(self, message: bytes, descriptors: Sequence[int]) -> None:
        del descriptors
        self._report(not_started=int(message))

    def report_end(self, process: int, status: int) -> None:
        self._report(ended=process, status=status)

    def _report(self, **fields: int) -> None:
        self.control.sendall(json.dumps(fields).encode())
