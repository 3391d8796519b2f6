"""The fork server: a process that has loaded what a worker needs, has opened no store, and forks workers from itself.

Forking is safe there, as it has one thread and no store, and takes a hundredth of a fresh interpreter's start. The
front process, which has threads, forks nothing: it starts the fork server as a fresh interpreter whose environment has
three variables. The fork server is the workers' parent: it reports how each of them ended, and ends them with itself.
"""

# Why not the start method `forkserver` of multiprocessing (Python 3.11), for workers and for writers:
# - Its server inherits the whole environment, secrets included; ours starts with a few variables.
# - When it is killed, its children live on and their exit status is read as 255; the supervisor kills such workers.
# - A fork that fails for want of memory or processes (EAGAIN) ends it; this one reports `not_started`, to try again.
# - There is one per Python process, with one list of modules to preload, and only a private function stops it. We keep
#   two, and the writers' also reads schema and shapes, with names from the store's folder, which no import can do.
# It would add a process for tracking resources, and what a worker does after the fork would be as much code as now.

from __future__ import annotations

import gc
import json
import os
import socket
import sys
from typing import NoReturn

from kg.workers.fork_loop import FRAME, begin, live, serve
from kg.workers.memory_ceiling import keep_freed_memory_low
from kg.workers.worker import WorkerOptions, work

ARENAS = 1
"""A worker has one thread that allocates at a time: further arenas would hold freed memory that it cannot use."""
DESCRIPTORS = 2
"""What comes with the word that asks for a worker: its end of a channel, and where its standard error goes."""


def main() -> None:
    """Fork a worker for each word on the socket whose number is the argument, until its other end is closed."""
    control, source, wakeup = begin()
    keep_freed_memory_low(ARENAS)
    gc.freeze()
    _ForkServer(control, WorkerOptions(**source), wakeup).run()


class _ForkServer:
    def __init__(self, control: socket.socket, source: WorkerOptions, wakeup: int) -> None:
        self._control, self._source, self._wakeup = control, source, wakeup
        self._alive: set[int] = set()

    def run(self) -> None:
        """Fork workers and reap them until the front process has gone."""
        serve(self._control, self._wakeup, self._start, self._reap, lambda: self._alive)

    def _start(self) -> bool:
        """Fork a worker; False once nobody asks any more."""
        word, descriptors, _, _ = socket.recv_fds(self._control, FRAME, DESCRIPTORS)
        if not word:
            return False
        try:
            worker = os.fork() if len(descriptors) == DESCRIPTORS else None
        except OSError as error:  # the machine has no memory, or the user no process, to spare just now
            sys.stderr.write(f"No worker could be forked: {error}\n")
            worker = None
        if worker == 0:
            self._live(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        if worker is None:
            self._say(not_started=int(word))
        else:
            self._alive.add(worker)
            self._say(started=int(word), process=worker)
        return True

    def _live(self, channel: int, errors: int) -> NoReturn:
        """Be a worker."""
        live(self._control, errors, (self._wakeup,), lambda: work(socket.socket(fileno=channel), self._source))

    def _reap(self) -> None:
        while self._alive:
            worker, status = os.waitpid(-1, os.WNOHANG)
            if not worker:
                return
            self._alive.discard(worker)
            self._say(died=worker, status=os.waitstatus_to_exitcode(status))

    def _say(self, **said: int) -> None:
        self._control.sendall(json.dumps(said).encode())
