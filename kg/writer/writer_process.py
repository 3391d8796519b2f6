"""Writers, seen from the front process: starting them, ending them, and finding out why one ended."""

from __future__ import annotations

import logging
import select
import socket
from contextlib import suppress
from dataclasses import asdict
from threading import Lock

from kg.errors import CommuniqueError, WorkerError
from kg.workers.child_process import ChildProcess, ForkServerProcess
from kg.workers.frames import Channel
from kg.workers.process_exits import ProcessRole, describe_exit, readable
from kg.writer.writer import WriterOptions

REAP_TIMEOUT_SECONDS = 10.0
"""The time for a writer to exit after it closed its channel, which takes a while on a busy machine."""
log = logging.getLogger(__name__)


class WriterProcess(ChildProcess):
    """The handle of a writer, used by one thread."""

    def kill(self) -> None:
        """Kill the writer; frames that it has sent can still be received."""
        self.take_report()
        if not self.send_kill():  # it is not forked yet, and ends when it notices the closed channel
            with suppress(OSError):
                self.channel.socket.shutdown(socket.SHUT_RDWR)

    def wait(self) -> None:
        """Wait until it has ended and so closed its files, and its exit status is known."""
        if self.handle < 0:
            self.take_report()
        if self.handle >= 0:  # readable once the process has ended, even before it is reaped
            poll = select.poll()  # select does not support descriptors above 1,023
            poll.register(self.handle, select.POLLIN)
            poll.poll(1000 * REAP_TIMEOUT_SECONDS)
        while self.status is None and self.take_report(REAP_TIMEOUT_SECONDS):
            pass

    def write_error(self, options: WriterOptions) -> CommuniqueError:
        """Return the error for the client whose write was lost when the writer ended unexpectedly."""
        role = ProcessRole("write", "carried this write out", options.memory, options.cpu)
        error = self.exit_error(role)
        log.error(
            "A writer %s. Its standard error: %s", describe_exit(self.status), readable(self.stderr_tail) or "empty"
        )
        return error

    def close(self) -> None:
        """Close its descriptors; if the process is still running, it ends when it notices the closed channel."""
        super().close()
        self.reports.close()


class WriterStarter:
    """Starts writers; the fork server is started when first needed, and again if it has died."""

    def __init__(self, options: WriterOptions) -> None:
        self._options, self._lock = options, Lock()
        self._fork_server: ForkServerProcess | None = None
        self._closed = False

    def start(self) -> None:
        """Start the fork server, which loads what writers need, unless it is running."""
        with self._lock:
            self._running_fork_server()

    def fork(self) -> WriterProcess:
        """Return a new writer, whose process may not exist yet. Raises WorkerError if none can be requested."""
        try:
            with self._lock:
                return WriterProcess(*self._fork())
        except OSError as error:
            raise WorkerError(f"No process can be started for this write: {error}.") from error

    def close(self) -> None:
        """End the fork server and all its writers."""
        with self._lock:
            self._closed = True
            self._end_fork_server()

    def _fork(self) -> tuple[Channel, int, socket.socket]:
        try:
            return self._running_fork_server().fork()
        except (BrokenPipeError, ConnectionResetError):  # it has died since the last write; nothing was forked
            self._end_fork_server()
            return self._running_fork_server().fork()

    def _running_fork_server(self) -> ForkServerProcess:
        if self._closed:
            raise BrokenPipeError("the server is closing")
        if self._fork_server is None:
            self._fork_server = ForkServerProcess("kg.writer.writer_fork_server", asdict(self._options))
        return self._fork_server

    def _end_fork_server(self) -> None:
        if self._fork_server is not None:
            self._fork_server.close()
        self._fork_server = None
