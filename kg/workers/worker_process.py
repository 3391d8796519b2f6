"""The front's side of the fork server and of each worker: starting, ending, telling what an end means."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event, Lock

from kg.errors import CommuniqueError
from kg.workers.frames import Channel
from kg.workers.process_exits import MAX_TAIL, ProcessRole, count_oom_kills, exit_error
from kg.workers.query_limits import QueryLimits
from kg.workers.worker import WorkerOptions

CODE = "from kg.workers.worker_fork_server import main; main()"
STANDS_BACK = 10
"""The niceness of what stands back: it gets a ninth of what it would otherwise get where somebody wants the rest."""
_OF_PROCESSES, _PROCESSOR_TIME = 3, 2
"""How Linux makes the number of a process's clock: see clock_getcpuclockid(3)."""
_HEAR = 64 * 1024


class ForkServer:
    """The process that forks workers; `fileno` becomes readable when `news` has something to tell."""

    def __init__(self, source: WorkerOptions) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-c", CODE, str(theirs.fileno())]
        try:
            self.process = subprocess.Popen(  # noqa: S603 -- our own interpreter, on our own code
                command,
                pass_fds=[theirs.fileno()],
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        except OSError:
            self._control.close()
            raise
        finally:
            theirs.close()
        self._control.sendall(json.dumps(asdict(source)).encode())

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._control.fileno()

    def ask(self, number: int) -> Worker:
        """Ask for a worker. Raises BrokenPipeError if the fork server has died, OSError if no descriptor is left."""
        with ExitStack() as on_error, ExitStack() as theirs:
            ours, far = socket.socketpair()
            on_error.callback(ours.close)
            theirs.callback(far.close)
            stderr, errors = os.pipe()
            on_error.callback(os.close, stderr)
            theirs.callback(os.close, errors)
            for descriptor in (stderr, errors):
                os.set_blocking(descriptor, False)
            socket.send_fds(self._control, [str(number).encode()], [far.fileno(), errors])
            on_error.pop_all()
        return Worker(number, Channel(ours), stderr)

    def news(self) -> dict[str, int]:
        """Return the next thing that the fork server has told; EOFError once it has died."""
        heard = self._control.recv(_HEAR)
        if not heard:
            raise EOFError
        told: dict[str, int] = json.loads(heard)
        return told

    def close(self) -> None:
        """End it, and every worker with it."""
        self._control.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(eq=False)
class Worker:
    """A worker as the front knows it; `status` is set, and `ended` with it, once the fork server has reaped it."""

    number: int
    channel: Channel
    stderr: int
    """The descriptor that its standard error is read from, -1 once it is closed."""
    process: int = 0
    handle: int = -1
    ready: bool = False
    ended: Event = field(default_factory=Event)
    status: int | None = None
    busy: bool = False
    stood_back: bool = False
    killed: bool = False
    stderr_tail: bytes = b""
    stderr_ended: bool = False
    oom_kills: int = field(default_factory=count_oom_kills)
    """How many processes the system had ended for want of memory when this one was started."""
    _reading: Lock = field(default_factory=Lock)
    """Held while standard error is read or closed: its number may be another file's the moment after."""

    def note_start(self, process: int) -> None:
        """Note its process, by a handle that no later process of that number is taken for."""
        self.process = process
        with suppress(OSError):  # without a handle, closing its channel ends it
            self.handle = os.pidfd_open(process)

    def kill(self) -> None:
        """End it at once; once more is no error."""
        self.killed = True
        self.restore_priority()  # ending takes processor time, too
        if self.handle >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        with suppress(OSError):
            self.channel.socket.shutdown(socket.SHUT_RDWR)

    def lower_priority(self) -> None:
        """Let what is quick have the processor first, for as long as the present request is worked on.

        Where Linux shares the processor between sessions (sched_autogroup_enabled), the worker's session stands back;
        elsewhere the threads that work on the request do, which are never used again.
        """
        self.stood_back = True
        if self._give_session(STANDS_BACK) is not None:
            return
        with suppress(OSError):
            for thread in Path(f"/proc/{self.process}/task").iterdir():
                if thread.name != str(self.process):
                    os.setpriority(os.PRIO_PROCESS, int(thread.name), STANDS_BACK)

    def restore_priority(self) -> bool:
        """Undo that for the next request, whose threads are new; False where the system does not let it."""
        if self.stood_back:
            self.stood_back = self._give_session(0) is False
        return not self.stood_back

    def _give_session(self, niceness: int) -> bool | None:
        """Tell whether the session has that niceness now; None where the system gives sessions none."""
        try:
            Path(f"/proc/{self.process}/autogroup").write_text(str(niceness), "ascii")
        except FileNotFoundError:
            return None
        except OSError:
            return False  # it was asked for too often; it may be asked again in a tenth of a second
        return _sessions_share()

    def used(self) -> float:
        """Return the seconds of processor time that it has used since it was started, 0 once it has ended."""
        with suppress(OSError):
            return time.clock_gettime(~self.process << _OF_PROCESSES | _PROCESSOR_TIME)
        return 0.0

    def close(self) -> None:
        """Give up what the front holds of it; it ends itself when it sees that."""
        self.channel.close()
        with self._reading:
            for descriptor in (self.stderr, self.handle):
                if descriptor >= 0:
                    os.close(descriptor)
            self.stderr = self.handle = -1

    def read_stderr(self) -> None:
        """Take in what it has written to its standard error, of which the end is kept."""
        with self._reading:
            while self.stderr >= 0 and not self.stderr_ended:
                try:
                    data = os.read(self.stderr, _HEAR)
                except BlockingIOError:
                    return
                self.stderr_ended = not data
                self.stderr_tail = (self.stderr_tail + data)[-MAX_TAIL:]

    def exit_error(self, limits: QueryLimits) -> CommuniqueError:
        """Return what to tell the client of an end that nobody ordered."""
        self.read_stderr()
        machine_short = count_oom_kills() > self.oom_kills
        duty = ProcessRole("query", "worked on this query", limits.memory, limits.cpu, "; another has taken its place")
        return exit_error(self.status, self.stderr_tail, duty, machine_short=machine_short)


def _sessions_share() -> bool | None:
    """Return True where the system shares the processor between sessions, None where it does not."""
    try:
        return Path("/proc/sys/kernel/sched_autogroup_enabled").read_text("ascii").strip() == "1" or None
    except OSError:
        return None


def environment() -> dict[str, str]:
    """Return the environment of what is started: the paths of the installation, and the language."""
    kept = {key: os.environ[key] for key in ("LANG", "LD_LIBRARY_PATH") if key in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "RUST_BACKTRACE": "0"}
