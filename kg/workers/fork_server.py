"""Fork servers: single-threaded processes that have loaded what their children need, and fork them.

A front process with threads must not fork: a lock held by another thread would stay locked in the child for ever. So
it starts a fork server as a fresh interpreter with three environment variables. The fork server is the parent of the
children: it reports how each of them ended, and kills them when it ends.
"""

# Reasons against the `forkserver` start method of multiprocessing (Python 3.11), for workers and for writers:
# - Its server inherits the whole environment, including secrets; ours starts with a few variables.
# - When it is killed, its children live on and their exit status is read as 255; the supervisor kills such workers.
# - It ends if a fork fails for lack of memory or processes (EAGAIN); ours says so, to try again.
# - There is one per Python process, with one list of modules to preload, and only a private function stops it. We need
#   two, and the writers' also reads schema and shapes, with names from the store's folder, which no import can do.
# It would add a process for tracking resources, and the code that a child runs after the fork would not be shorter.

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from kg.errors import BusyError, CommuniqueError
from kg.workers.frames import Channel, FrameKind, GoneError, from_error, to_json
from kg.workers.memory_ceiling import keep_freed_memory_low

MAX_MESSAGE_BYTES = 64 * 1024
"""The maximum size of a message between a fork server and the process that started it, in bytes."""
DESCRIPTORS_PER_CHILD = 3
"""A child's end of its channel, its standard error, and the socket for reports on it."""
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


class ForkServer:
    """Forks a child for each message on a socket, and reports its start and its end, until the other end is closed.

    With a message come the child's end of its channel, its standard error, and the socket on which this process sends
    the child's process number and pidfd, and then its exit status. Without a child, that socket is closed at once.
    """

    def __init__(
        self,
        control: socket.socket,
        wakeup: int,
        work: Callable[[Channel], None],
        fault: CommuniqueError | None = None,
    ) -> None:
        """Use a function that does a child's work; with a fault, no child is started, and each channel gets it."""
        self._control, self._wakeup, self._work, self._fault = control, wakeup, work, fault
        self._reports: dict[int, socket.socket] = {}
        """The sockets for reports by process."""

    def run(self) -> None:
        """Fork and reap children until the front process closes the socket or dies."""
        # Before forking, so that it applies to every child from its first thread on.
        keep_freed_memory_low(MALLOC_ARENAS)
        gc.collect()
        gc.freeze()  # a collection in a child would copy every page that it shares with this process
        try:
            while True:
                ready = select.select([self._control.fileno(), self._wakeup], [], [])[0]
                if self._wakeup in ready:
                    os.read(self._wakeup, MAX_MESSAGE_BYTES)
                    self._reap()
                if self._control.fileno() in ready and not self._answer():
                    return
        except (BrokenPipeError, ConnectionResetError):
            return
        finally:
            for child in self._reports:
                # They have not been reaped, so their process numbers have not been reused.
                os.kill(child, signal.SIGKILL)

    def _answer(self) -> bool:
        """Fork the child requested by the next message; return False if the other end is closed."""
        message, descriptors, _, _ = socket.recv_fds(self._control, MAX_MESSAGE_BYTES, DESCRIPTORS_PER_CHILD)
        if not message:
            return False
        process = self._try_fork(descriptors)
        if process == 0:
            self._run_child(*descriptors)
        if process is not None:
            self._report_start(process, socket.socket(fileno=descriptors.pop()))
        elif descriptors:  # otherwise the front process notices that the channel is closed
            error = self._fault or BusyError("No process could be started for this request just now.")
            channel = Channel(socket.socket(fileno=descriptors.pop(0)))
            with suppress(GoneError):
                channel.send(FrameKind.ERROR, to_json(from_error(error)))
            channel.close()
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _report_start(self, process: int, reports: socket.socket) -> None:
        self._reports[process] = reports
        handle = os.pidfd_open(process)  # it cannot have been reaped yet
        try:
            socket.send_fds(reports, [str(process).encode()], [handle])
        except OSError:
            os.kill(process, signal.SIGKILL)  # its request is gone
        finally:
            os.close(handle)

    def _try_fork(self, descriptors: Sequence[int]) -> int | None:
        if self._fault is not None or len(descriptors) < DESCRIPTORS_PER_CHILD:  # some lost, for lack of numbers
            return None
        try:
            return os.fork()
        except OSError as error:  # out of memory or processes at the moment
            sys.stderr.write(f"No process could be forked: {error}\n")
            return None

    def _run_child(self, channel: int, stderr: int, reports: int) -> NoReturn:
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
            for connection in (self._control, *self._reports.values()):
                connection.close()
            for descriptor in (stderr, self._wakeup, reports):
                os.close(descriptor)
            self._work(Channel(socket.socket(fileno=channel)))
            status = 0
        finally:
            if status:
                sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
            os._exit(status)

    def _reap(self) -> None:
        # One SIGCHLD may stand for several children that ended together.
        while self._reports:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            with self._reports.pop(process) as reports, suppress(OSError):  # the other end may be closed
                reports.send(str(os.waitstatus_to_exitcode(status)).encode())
