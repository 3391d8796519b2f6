"""The server's side of the fork server and of each writer: starting, ending, telling what an end means."""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from threading import Lock

from kg.errors import CommuniqueError, WorkerError
from kg.workers.frames import Channel
from kg.workers.process_exits import MAX_TAIL, ProcessRole, count_oom_kills, describe, exit_error, readable
from kg.workers.worker_process import environment
from kg.writer.writing_child import WriterOptions

CODE = "from kg.writer.writer_fork_server import main; main()"
REAP_TIMEOUT_SECONDS = 2.0
"""How long a writer that has closed its channel may take to end."""
FRAME = 1024
log = logging.getLogger(__name__)


class WriterProcess:
    """A writer as the server knows it; used by one thread, and to be closed."""

    def __init__(self, channel: Channel, news: socket.socket, errors: int) -> None:
        self.channel, self._news, self._errors = channel, news, errors
        self._handle = -1
        self._oom_kills = count_oom_kills()

    def kill(self) -> None:
        """End it at once; what it has said before can still be received."""
        self._hear(0)
        if self._handle >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        else:  # it is yet to be forked, and ends when it sees that nobody waits for it
            with suppress(OSError):
                self.channel.socket.shutdown(socket.SHUT_RDWR)

    def exit_status(self) -> int | None:
        """Wait until it has let go of its files, and return how it ended, None where nobody can tell (any more)."""
        if self._handle < 0:
            self._hear(0)
        if self._handle >= 0:  # readable once the process has ended, whether or not anybody has reaped it
            poll = select.poll()  # select takes no descriptor beyond 1,023
            poll.register(self._handle, select.POLLIN)
            poll.poll(1000 * REAP_TIMEOUT_SECONDS)
        while (word := self._hear(REAP_TIMEOUT_SECONDS)) is not None:
            if word:
                return int(word)
        return None

    def exit_error(self, status: int | None, source: WriterOptions) -> CommuniqueError:
        """Return what to tell the client of an end that nobody ordered."""
        tail = self.stderr_tail()
        log.error("A writer %s: %s", describe(status), readable(tail) or "no word")
        duty = ProcessRole("write", "carried this write out", source.memory, source.cpu)
        return exit_error(status, tail, duty, machine_short=count_oom_kills() > self._oom_kills)

    def stderr_tail(self) -> bytes:
        """Return the last that it has written to its standard error."""
        with suppress(OSError):
            return os.read(self._errors, 16 * MAX_TAIL)[-MAX_TAIL:]
        return b""

    def close(self) -> None:
        """Give up what the server holds of it; it ends itself when it sees that."""
        self.channel.close()
        self._news.close()
        for descriptor in (self._errors, self._handle):
            if descriptor >= 0:
                os.close(descriptor)
        self._errors = self._handle = -1

    def _hear(self, wait: float) -> bytes | None:
        """Return the status that the fork server tells, empty where it introduces the process, None for nothing."""
        self._news.settimeout(wait)
        try:
            word, descriptors, _, _ = socket.recv_fds(self._news, FRAME, 1)
        except OSError:
            return None
        if descriptors:
            self._handle = descriptors[0]
            return b""
        return word or None


class ForkServer:
    """Starts writers; its own process is started when it is first needed, and again where it has died."""

    def __init__(self, source: WriterOptions) -> None:
        self._source, self._lock = source, Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._closed = False

    def start(self) -> None:
        """Have the process read what writers need, if it has not."""
        with self._lock:
            self._started()

    def fork(self) -> WriterProcess:
        """Return a new writer, which may be yet to come; WorkerError where none can be had."""
        ours, theirs = socket.socketpair()
        news, told = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        errors, written = os.pipe()
        for descriptor in (errors, written):
            os.set_blocking(descriptor, False)
        writer = WriterProcess(Channel(ours), news, errors)
        try:
            self._ask([theirs.fileno(), written, told.fileno()])
        except OSError as error:
            writer.close()
            raise WorkerError(f"No process can be started for this write: {error}.") from error
        finally:
            theirs.close()
            told.close()
            os.close(written)
        return writer

    def close(self) -> None:
        """End it, and every writer with it."""
        with self._lock:
            self._closed = True
            self._end()

    def _ask(self, descriptors: list[int]) -> None:
        with self._lock:
            try:
                socket.send_fds(self._started(), [b"!"], descriptors)
            except (BrokenPipeError, ConnectionResetError):
                self._end()
                socket.send_fds(self._started(), [b"!"], descriptors)

    def _started(self) -> socket.socket:
        if self._closed:
            raise BrokenPipeError("the server is closing")
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter, on our own code
                [sys.executable, "-c", CODE, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            theirs.close()
            self._control.sendall(json.dumps(asdict(self._source)).encode())
        return self._control

    def _end(self) -> None:
        if self._control is not None and self._process is not None:
            self._control.close()
            self._control = None
            try:
                self._process.wait(REAP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
