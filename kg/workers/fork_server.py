"""The base of fork servers: single-threaded processes that have loaded what their children need, and fork them.

A front process with threads must not fork: a lock held by another thread would stay locked in the child for ever. So
it starts a fork server as a fresh interpreter with three environment variables. The fork server is the parent of the
children: it reports how each of them ended, and kills them when it ends.
"""

# Reasons against the `forkserver` start method of multiprocessing (Python 3.11), for workers and for writers:
# - Its server inherits the whole environment, including secrets; ours starts with a few variables.
# - When it is killed, its children live on and their exit status is read as 255; the supervisor kills such workers.
# - It ends if a fork fails for lack of memory or processes (EAGAIN); ours reports `not_started`, to try again.
# - There is one per Python process, with one list of modules to preload, and only a private function stops it. We need
#   two, and the writers' also reads schema and shapes, with names from the store's folder, which no import can do.
# It would add a process for tracking resources, and the code that a child runs after the fork would not be shorter.

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NoReturn

from kg.errors import CommuniqueError
from kg.workers.frames import Channel

MAX_MESSAGE_BYTES = 64 * 1024
"""The maximum size of a message between a fork server and the process that started it, in bytes."""
MALLOC_ARENAS = 1
"""In a child, one thread allocates at a time: more arenas would hold freed memory that it cannot use."""


def connect() -> tuple[socket.socket, dict[str, Any], int]:
    """Become a fork server; return the socket to its parent, its options, and the pipe that signals SIGCHLD."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.setpgid(0, 0)  # Ctrl+C should reach only the front process, which closes the socket when it ends
    options = json.loads(control.recv(MAX_MESSAGE_BYTES))
    wakeup, signal_end = os.pipe()
    for descriptor in (wakeup, signal_end):
        os.set_blocking(descriptor, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # without a handler, nothing is written to the pipe
    signal.set_wakeup_fd(signal_end)
    return control, options, wakeup


class ForkServer(ABC):
    """Forks a child for each message on a socket, and reports their ends, until the other end is closed."""

    descriptors_per_child: int
    """The number of descriptors sent with a message: the child's channel, its standard error, and any others."""

    def __init__(self, control: socket.socket, wakeup: int) -> None:
        self.control, self._wakeup = control, wakeup
        self._children: set[int] = set()
        self.fault: CommuniqueError | None = None
        """The reason why no child can be started, if any."""

    @abstractmethod
    def work(self, channel: Channel) -> None:
        """Do the work of a child, in the child."""

    @abstractmethod
    def report_start(self, message: bytes, process: int, descriptors: Sequence[int]) -> None:
        """Report that the child requested by a message was forked; it has not been reaped yet."""

    @abstractmethod
    def report_failure(self, message: bytes, descriptors: Sequence[int]) -> None:
        """Report that no child could be forked for a message."""

    @abstractmethod
    def report_end(self, process: int, status: int) -> None:
        """Report how a child ended."""

    def run(self) -> None:
        """Fork and reap children until the front process closes the socket or dies."""
        try:
            while True:
                ready = select.select([self.control.fileno(), self._wakeup], [], [])[0]
                if self._wakeup in ready:
                    os.read(self._wakeup, MAX_MESSAGE_BYTES)
                    self._reap()
                if self.control.fileno() in ready and not self._answer():
                    return
        except (BrokenPipeError, ConnectionResetError):
            return
        finally:
            for child in self._children:
                # They have not been reaped, so their process numbers have not been reused.
                os.kill(child, signal.SIGKILL)

    def _answer(self) -> bool:
        """Fork the child requested by the next message; return False if the other end is closed."""
        message, descriptors, _, _ = socket.recv_fds(self.control, MAX_MESSAGE_BYTES, self.descriptors_per_child)
        if not message:
            return False
        process = self._try_fork(descriptors)
        if process == 0:
            self._run_child(*descriptors)
        if process is None:
            self.report_failure(message, descriptors)
        else:
            self._children.add(process)
            self.report_start(message, process, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _try_fork(self, descriptors: Sequence[int]) -> int | None:
        if self.fault is not None or len(descriptors) < self.descriptors_per_child:  # some lost, for lack of numbers
            return None
        try:
            return os.fork()
        except OSError as error:  # out of memory or processes at the moment
            sys.stderr.write(f"No process could be forked: {error}\n")
            return None

    def _run_child(self, channel: int, stderr: int, *others: int) -> NoReturn:
        """Work as a child in its own session, without the fork server's descriptors, and exit.

        Everything is in one `try`: an exception that escaped would reach `run`, which kills the siblings.
        """
        status = 1
        try:
            # Its own session, so that its share of the processor can be lowered (`WorkerProcess.lower_priority`).
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(stderr, sys.stderr.fileno())
            self.control.close()
            for descriptor in (stderr, self._wakeup, *others):
                os.close(descriptor)
            self.work(Channel(socket.socket(fileno=channel)))
            status = 0
        finally:
            if status:
                sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
            os._exit(status)

    def _reap(self) -> None:
        # One SIGCHLD may stand for several children that ended together.
        while self._children:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            self._children.discard(process)
            self.report_end(process, os.waitstatus_to_exitcode(status))
