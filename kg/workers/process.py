"""The front's side of the nursery and of each worker: starting, ending, telling what an end means."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event

from kg.errors import CommuniqueError, TimeLimitError, WorkerError
from kg.workers.limits import Limits
from kg.workers.wire import Channel
from kg.workers.worker import Source, memory_error

CODE = "from kg.workers.nursery import main; main()"
STANDS_BACK = 10
"""The niceness of what stands back: it gets a ninth of what it would otherwise get where somebody wants the rest."""
_OF_PROCESSES, _PROCESSOR_TIME = 3, 2
"""How Linux makes the number of a process's clock: see clock_getcpuclockid(3)."""
_OUT_OF_MEMORY = (
    b"memory allocation of",
    b"bad_alloc",
    b"MemoryError",
    b"Cannot allocate memory",
    b"can't start new thread",
)
_LAST_WORDS = 64 * 1024
_HEAR = 64 * 1024


class Nursery:
    """The process that forks workers; `fileno` becomes readable when `news` has something to tell."""

    def __init__(self, source: Source) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-c", CODE, str(theirs.fileno())]
        self.process = subprocess.Popen(  # noqa: S603 -- our own interpreter, on our own code
            command,
            pass_fds=[theirs.fileno()],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        self._control.sendall(json.dumps(asdict(source)).encode())

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._control.fileno()

    def ask(self, number: int) -> Worker:
        """Ask for a worker; BrokenPipeError where the nursery has died."""
        ours, theirs = socket.socketpair()
        last_words, errors = os.pipe()
        for descriptor in (last_words, errors):
            os.set_blocking(descriptor, False)
        try:
            socket.send_fds(self._control, [str(number).encode()], [theirs.fileno(), errors])
        except OSError:
            ours.close()
            os.close(last_words)
            raise
        finally:
            theirs.close()
            os.close(errors)
        return Worker(number, Channel(ours), last_words)

    def news(self) -> dict[str, int]:
        """Return the next thing that the nursery has told; EOFError once it has died."""
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
    """A worker as the front knows it; `status` is set, and `ended` with it, once the nursery has buried it."""

    number: int
    channel: Channel
    last_words: int
    process: int = 0
    handle: int = -1
    ready: bool = False
    ended: Event = field(default_factory=Event)
    status: int | None = None
    busy: bool = False
    stood_back: bool = False
    doomed: bool = False

    def born(self, process: int) -> None:
        """Note its process, by a handle that no later process of that number is taken for."""
        self.process = process
        with suppress(ProcessLookupError):
            self.handle = os.pidfd_open(process)

    def kill(self) -> None:
        """End it at once; once more is no error."""
        self.doomed = True
        self.come_forward()  # ending takes processor time, too
        if self.handle >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        with suppress(OSError):
            self.channel.socket.shutdown(socket.SHUT_RDWR)

    def stand_back(self) -> None:
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

    def come_forward(self) -> bool:
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
        """Return the seconds of processor time that it has used since it was born, 0 once it has ended."""
        with suppress(OSError):
            return time.clock_gettime(~self.process << _OF_PROCESSES | _PROCESSOR_TIME)
        return 0.0

    def close(self) -> None:
        """Give up what the front holds of it; it ends itself when it sees that."""
        self.channel.close()
        for descriptor in (self.last_words, self.handle):
            if descriptor >= 0:
                os.close(descriptor)
        self.last_words = self.handle = -1

    def cause_of_death(self, limits: Limits) -> CommuniqueError:
        """Say what an end that nobody ordered means."""
        words, status = self._last_words(), self.status
        if any(sign in words for sign in _OUT_OF_MEMORY):
            return memory_error(limits.memory)
        if status == -signal.SIGXCPU:
            sentence = f"The query used more processor time than its limit of {limits.cpu:g} s."
            return TimeLimitError(sentence, "cpu", limits.cpu)
        if status is None:
            return WorkerError("The process that worked on this query has gone; another has taken its place.")
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        return WorkerError(f"The process that worked on this query {how}; another has taken its place.")

    def _last_words(self) -> bytes:
        with suppress(BlockingIOError, OSError):
            return os.read(self.last_words, _LAST_WORDS)
        return b""


def _sessions_share() -> bool | None:
    """Return True where the system shares the processor between sessions, None where it does not."""
    try:
        return Path("/proc/sys/kernel/sched_autogroup_enabled").read_text("ascii").strip() == "1" or None
    except OSError:
        return None


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("LANG", "LD_LIBRARY_PATH") if key in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "RUST_BACKTRACE": "0"}
