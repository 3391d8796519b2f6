"""The workers' fork server: it has loaded the modules that a worker needs, but has not opened a store.

Forking takes a hundredth of the time to start an interpreter. The store is opened after the fork, because its threads
would not survive it.
"""

from __future__ import annotations

from functools import partial

from kg.workers.fork_server import ForkServer, connect
from kg.workers.worker import WorkerOptions, answer_requests


def main() -> None:
    """Fork a worker for each message on the socket whose number is the argument, until the other end is closed."""
    control, options, wakeup = connect()
    ForkServer(control, wakeup, partial(answer_requests, options=WorkerOptions(**options))).run()
