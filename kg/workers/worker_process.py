"""Workers, seen from the front process: starting them, ending them, and lowering their priority for slow queries."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from kg.errors import CommuniqueError
from kg.workers.child_process import ChildProcess
from kg.workers.process_exits import ProcessRole
from kg.workers.query_limits import QueryLimits

SLOW_NICENESS = 10
"""The niceness of a slow query's worker: about a ninth of the processor when others compete for it."""
_OF_PROCESSES, _PROCESSOR_TIME = 3, 2
"""How Linux computes the clock ID of a process: see clock_getcpuclockid(3)."""


@dataclass(eq=False)
class WorkerProcess(ChildProcess):
    """A worker; `ended` is set once the fork server has reaped it."""

    number: int = 0
    ready: bool = False
    ended: Event = field(default_factory=Event)
    busy: bool = False
    killed: bool = False
    orphaned: bool = False
    """Whether it was killed because its fork server had died."""
    _has_low_priority: bool = False

    def kill(self) -> None:
        """Kill the worker; it may have been killed before."""
        self.killed = True
        self.restore_priority()  # exiting takes processor time, too
        self.send_kill()
        with suppress(OSError):
            self.channel.socket.shutdown(socket.SHUT_RDWR)

    def lower_priority(self) -> None:
        """Give other processes precedence over the request that it is answering."""
        self._has_low_priority = True
        # If Linux shares the processor between sessions (sched_autogroup_enabled), a thread's niceness counts only
        # within its session.
        if self._set_session_niceness(SLOW_NICENESS) is not None:
            return
        # These threads are not used again: without privileges, their niceness cannot be lowered afterwards.
        with suppress(OSError):
            for thread in Path(f"/proc/{self.process}/task").iterdir():
                # Not the main thread: it starts the threads of later requests, which inherit its niceness.
                if thread.name != str(self.process):
                    os.setpriority(os.PRIO_PROCESS, int(thread.name), SLOW_NICENESS)

    def restore_priority(self) -> bool:
        """Undo `lower_priority` for the next request, which has new threads; return False if the system refuses."""
        if self._has_low_priority:
            self._has_low_priority = self._set_session_niceness(0) is False
        return not self._has_low_priority

    def _set_session_niceness(self, niceness: int) -> bool | None:
        """Return whether the session now has this niceness, or None if the processor is not shared by session."""
        try:
            Path(f"/proc/{self.process}/autogroup").write_text(str(niceness), "ascii")
        except FileNotFoundError:
            return None
        except OSError:
            return False  # without privileges, Linux accepts one change per tenth of a second
        return _sessions_share()

    def used(self) -> float:
        """Return the processor time used since it was started, in seconds, or 0 once it has ended."""
        with suppress(OSError):
            return time.clock_gettime(~self.process << _OF_PROCESSES | _PROCESSOR_TIME)
        return 0.0

    def query_error(self, limits: QueryLimits) -> CommuniqueError:
        """Return the error for the client whose query was lost when the worker ended unexpectedly."""
        role = ProcessRole("query", "worked on this query", limits.memory, limits.cpu, "; another has taken its place")
        return self.exit_error(role)


def _sessions_share() -> bool | None:
    """Return True if the system shares the processor between sessions, None if not."""
    try:
        return Path("/proc/sys/kernel/sched_autogroup_enabled").read_text("ascii").strip() == "1" or None
    except OSError:
        return None
