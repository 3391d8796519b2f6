"""The front process's side of fork servers and of their children: starting them, ending them, and reading stderr."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from kg.errors import CommuniqueError
from kg.workers.fork_server import MAX_MESSAGE_BYTES
from kg.workers.frames import Channel
from kg.workers.process_exits import MAX_STDERR_BYTES, ProcessRole, count_oom_kills, exit_error

END_TIMEOUT_SECONDS = 2.0
"""How long a fork server may take to end after its socket is closed."""


class ForkServerProcess:
    """A fork server as the process that started it knows it, at the other end of a socket."""

    def __init__(self, module: str, options: dict[str, Any]) -> None:
        # Sequenced packets stay apart, each with its own descriptors: a stream could join two messages into one.
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            # Not the whole of our environment, in which operators keep secrets.
            self._process = start_python(f"from {module} import main; main()", [theirs.fileno()], environment())
        except OSError:
            self._control.close()
            raise
        finally:
            # A copy of this end that stayed open here would hide the fork server's death.
            theirs.close()
        self._control.sendall(json.dumps(options).encode())

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when there is something to receive."""
        return self._control.fileno()

    def send(self, message: bytes, descriptors: Sequence[int]) -> None:
        """Ask for a child. Raises BrokenPipeError or ConnectionResetError if the fork server has died."""
        socket.send_fds(self._control, [message], descriptors)

    def receive(self) -> bytes:
        """Return the next report. Raises EOFError if the fork server has died."""
        report = self._control.recv(MAX_MESSAGE_BYTES)
        if not report:
            raise EOFError
        return report

    def close(self) -> None:
        """End it, and every child with it."""
        self._control.close()
        try:
            # It sees the closed socket, ends its children (`ForkServer.run`), and then itself.
            self._process.wait(END_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


# By identity: a process is looked for in tables while its fields change.
@dataclass(eq=False)
class ChildProcess:
    """A child of a fork server, as the front process knows it; to be closed."""

    channel: Channel
    stderr: int
    """The descriptor that its standard error is read from, -1 once it is closed."""
    handle: int = -1
    """A descriptor of its process, which no later process of the same number is taken for; -1 if there is none."""
    stderr_tail: bytes = b""
    stderr_ended: bool = False
    _oom_kills: int = field(default_factory=count_oom_kills)
    """How many processes the system had ended for want of memory when this one was started."""
    _stderr_lock: Lock = field(default_factory=Lock)
    """Held while standard error is read or closed: a closed descriptor's number may be another file's at once."""

    def send_kill(self) -> bool:
        """End the process at once; False if it has no handle (yet)."""
        with suppress(ProcessLookupError):
            if self.handle >= 0:
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        return self.handle >= 0

    def read_stderr(self) -> None:
        """Read what it has written to its standard error, of which the end is kept."""
        with self._stderr_lock:
            while self.stderr >= 0 and not self.stderr_ended:
                try:
                    data = os.read(self.stderr, MAX_MESSAGE_BYTES)
                except BlockingIOError:
                    return
                self.stderr_ended = not data
                self.stderr_tail = (self.stderr_tail + data)[-MAX_STDERR_BYTES:]

    def exit_error(self, status: int | None, role: ProcessRole) -> CommuniqueError:
        """Return the error for the client whose work ended with the process, which nobody had ended."""
        self.read_stderr()
        return exit_error(status, self.stderr_tail, role, machine_short=count_oom_kills() > self._oom_kills)

    def close(self) -> None:
        """Close its descriptors; a process that still runs ends when it sees its channel closed."""
        self.channel.close()
        with self._stderr_lock:
            for descriptor in (self.stderr, self.handle):
                if descriptor >= 0:
                    os.close(descriptor)
            self.stderr = self.handle = -1


def start_child(request: Callable[[list[int]], None]) -> tuple[Channel, int]:
    """Request a child with its ends of a channel and of a pipe for its standard error; return our ends.

    Raises OSError if no descriptor is left; then nothing stays open.
    """
    with ExitStack() as on_error, ExitStack() as child_ends:
        ours, theirs = socket.socketpair()
        on_error.callback(ours.close)
        child_ends.callback(theirs.close)
        stderr, stderr_end = os.pipe()
        on_error.callback(os.close, stderr)
        child_ends.callback(os.close, stderr_end)
        for descriptor in (stderr, stderr_end):
            os.set_blocking(descriptor, False)  # a child that writes more than is read must not wait for us
        request([theirs.fileno(), stderr_end])
        on_error.pop_all()
    return Channel(ours), stderr


def start_python(
    code: str, descriptors: Sequence[int], env: Mapping[str, str], *, own_session: bool = False
) -> subprocess.Popen[bytes]:
    """Start this interpreter on code of ours that gets descriptors, by their numbers as arguments. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 -- our own interpreter, on our own code
        [sys.executable, "-c", code, *map(str, descriptors)],
        pass_fds=descriptors,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=own_session,
    )


def environment() -> dict[str, str]:
    """Return the environment of a fork server: the paths of the installation, and the language."""
    copied = {key: os.environ[key] for key in ("LANG", "LD_LIBRARY_PATH") if key in os.environ}
    return {**copied, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "RUST_BACKTRACE": "0"}
