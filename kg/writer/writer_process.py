"""Writers, seen from the front process: starting them, ending them, and finding out why one ended."""

from __future__ import annotations

import logging
import select
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from threading import Lock

from kg.errors import CommuniqueError, WorkerError
from kg.workers.child_process import ChildProcess, ForkServerProcess, start_child
from kg.workers.fork_server import MAX_MESSAGE_BYTES
from kg.workers.process_exits import ProcessRole, describe_exit, readable
from kg.writer.writer import WriterOptions

REAP_TIMEOUT_SECONDS = 10.0
"""The time for a writer to exit after it closed its channel, which takes a while on a busy machine."""
log = logging.getLogger(__name__)


@dataclass(eq=False, kw_only=True)
class WriterProcess(ChildProcess):
    """The handle of a writer, used by one thread."""

    reports: socket.socket
    """The socket on which the fork server sends its pidfd, and then how it ended."""

    def kill(self) -> None:
        """Kill the writer; frames that it has sent can still be received."""
        self._receive_report(0)
        if not self.send_kill():  # it is not forked yet, and ends when it notices the closed channel
            with suppress(OSError):
                self.channel.socket.shutdown(socket.SHUT_RDWR)

    def exit_status(self) -> int | None:
        """Wait until it has ended and so closed its files; return its exit status, or None if unknown."""
        if self.handle < 0:
            self._receive_report(0)
        if self.handle >= 0:  # readable once the process has ended, even before it is reaped
            poll = select.poll()  # select does not support descriptors above 1,023
            poll.register(self.handle, select.POLLIN)
            poll.poll(1000 * REAP_TIMEOUT_SECONDS)
        while (report := self._receive_report(REAP_TIMEOUT_SECONDS)) is not None:
            if report:
                return int(report)
        return None

    def write_error(self, status: int | None, options: WriterOptions) -> CommuniqueError:
        """Return the error for the client whose write was lost when the writer ended unexpectedly."""
        role = ProcessRole("write", "carried this write out", options.memory, options.cpu)
        error = self.exit_error(status, role)
        log.error("A writer %s. Its standard error: %s", describe_exit(status), readable(self.stderr_tail) or "empty")
        return error

    def close(self) -> None:
        """Close its descriptors; if the process is still running, it ends when it notices the closed channel."""
        super().close()
        self.reports.close()

    def _receive_report(self, wait: float) -> bytes | None:
        """Return the exit status reported by the fork server, b"" after receiving the pidfd, None on a timeout."""
        self.reports.settimeout(wait)
        try:
            report, descriptors, _, _ = socket.recv_fds(self.reports, MAX_MESSAGE_BYTES, 1)
        except OSError:
            return None
        if descriptors:
            self.handle = descriptors[0]
            return b""
        return report or None


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
        reports, reports_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            channel, stderr = start_child(lambda descriptors: self._request([*descriptors, reports_end.fileno()]))
        except OSError as error:
            reports.close()
            raise WorkerError(f"No process can be started for this write: {error}.") from error
        finally:
            reports_end.close()
        return WriterProcess(channel=channel, stderr=stderr, reports=reports)

    def close(self) -> None:
        """End the fork server and all its writers."""
        with self._lock:
            self._closed = True
            self._end_fork_server()

    def _request(self, descriptors: list[int]) -> None:
        with self._lock:
            try:
                self._running_fork_server().send(b"fork", descriptors)
            except (BrokenPipeError, ConnectionResetError):  # it has died since the last write; nothing was forked
                self._end_fork_server()
                self._running_fork_server().send(b"fork", descriptors)

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
