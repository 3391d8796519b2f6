"""Fork servers and their children, seen from the front process: starting them, ending them, and reading stderr."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from kg.errors import CommuniqueError
from kg.workers.fork_server import MAX_MESSAGE_BYTES
from kg.workers.frames import Channel
from kg.workers.process_exits import MAX_STDERR_BYTES, ProcessRole, count_oom_kills, exit_error

END_TIMEOUT_SECONDS = 2.0
"""The time that a fork server has to end after its socket is closed."""


class ForkServerProcess:
    """The handle of a fork server in the process that started it, connected by a socket."""

    def __init__(self, module: str, options: dict[str, Any]) -> None:
        # Sequenced packets keep messages and their descriptors separate, which a stream could join.
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            # Not our whole environment, which may contain operators' secrets.
            self._process = start_python(f"from {module} import main; main()", [theirs.fileno()], environment())
        except OSError:
            self._control.close()
            raise
        finally:
            # If this copy stayed open here, the death of the fork server would go unnoticed.
            theirs.close()
        self._control.sendall(json.dumps(options).encode())

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when the fork server has died."""
        return self._control.fileno()

    def fork(self) -> tuple[Channel, int, socket.socket]:
        """Request a child; return our ends of its channel, of a pipe for its standard error, and of its reports.

        Raises BrokenPipeError or ConnectionResetError if the fork server has died, OSError if no descriptors are left;
        then nothing stays open.
        """
        with ExitStack() as on_error, ExitStack() as child_ends:
            ours, theirs = socket.socketpair()
            on_error.callback(ours.close)
            child_ends.callback(theirs.close)
            reports, reports_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            on_error.callback(reports.close)
            child_ends.callback(reports_end.close)
            stderr, stderr_end = os.pipe()
            on_error.callback(os.close, stderr)
            child_ends.callback(os.close, stderr_end)
            for descriptor in (stderr, stderr_end):
                os.set_blocking(descriptor, False)  # a child that writes faster than we read must not wait
            socket.send_fds(self._control, [b"fork"], [theirs.fileno(), stderr_end, reports_end.fileno()])
            on_error.pop_all()
        return Channel(ours), stderr, reports

    def close(self) -> None:
        """End the fork server and all its children."""
        self._control.close()
        try:
            # It notices the closed socket, ends its children (`ForkServer.run`), and then exits.
            self._process.wait(END_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


# Compared by identity: processes are looked up in tables while their fields change.
@dataclass(eq=False)
class ChildProcess:
    """The handle of a fork server's child in the front process; it has to be closed."""

    channel: Channel
    stderr: int
    """The descriptor for reading its standard error, or -1 once closed."""
    reports: socket.socket
    """The socket on which the fork server sends its process number and pidfd, and then how it ended."""
    process: int = 0
    handle: int = -1
    """A pidfd, which cannot refer to a later process with the same number; -1 if there is none (no descriptor left)."""
    status: int | None = None
    """Its exit status, once the fork server has reaped it."""
    stderr_tail: bytes = b""
    stderr_ended: bool = False
    _oom_kills: int = field(default_factory=count_oom_kills)
    """The number of processes that the OOM killer had ended when this one was started."""
    _stderr_lock: Lock = field(default_factory=Lock)
    """Held while standard error is read or closed: the number of a closed descriptor may be reused at once."""

    def take_report(self, wait: float = 0) -> bool:
        """Take the fork server's next report within `wait` seconds; return False if none comes, or none any more."""
        try:
            self.reports.settimeout(wait)
            report, handles, _, _ = socket.recv_fds(self.reports, MAX_MESSAGE_BYTES, 1)
        except OSError:
            return False
        if report and not self.process:
            self.process, self.handle = int(report), handles[0] if handles else -1
        elif report:
            self.status = int(report)
        return bool(report)

    def send_kill(self) -> bool:
        """Kill the process; return False if it has no handle (yet)."""
        with suppress(ProcessLookupError):
            if self.handle >= 0:
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        return self.handle >= 0

    def read_stderr(self) -> None:
        """Read its standard error as far as available, and keep the end of it."""
        with self._stderr_lock:
            while self.stderr >= 0 and not self.stderr_ended:
                try:
                    data = os.read(self.stderr, MAX_MESSAGE_BYTES)
                except BlockingIOError:
                    return
                self.stderr_ended = not data
                self.stderr_tail = (self.stderr_tail + data)[-MAX_STDERR_BYTES:]

    def exit_error(self, role: ProcessRole) -> CommuniqueError:
        """Return the error for the client whose request was lost when the process ended unexpectedly."""
        self.read_stderr()
        return exit_error(self.status, self.stderr_tail, role, out_of_memory=count_oom_kills() > self._oom_kills)

    def close(self) -> None:
        """Close its descriptors; if the process is still running, it ends when it notices the closed channel."""
        self.channel.close()
        with self._stderr_lock:
            for descriptor in (self.stderr, self.handle):
                if descriptor >= 0:
                    os.close(descriptor)
            self.stderr = self.handle = -1


def start_python(
    code: str, descriptors: Sequence[int], env: Mapping[str, str], *, own_session: bool = False
) -> subprocess.Popen[bytes]:
    """Start this interpreter on our code, with descriptors whose numbers are its arguments. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 -- our own interpreter, on our own code
        [sys.executable, "-c", code, *map(str, descriptors)],
        pass_fds=descriptors,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=own_session,
    )


def environment() -> dict[str, str]:
    """Return the environment of a fork server: the installation's paths, and the language."""
    copied = {key: os.environ[key] for key in ("LANG", "LD_LIBRARY_PATH") if key in os.environ}
    return {**copied, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "RUST_BACKTRACE": "0"}
