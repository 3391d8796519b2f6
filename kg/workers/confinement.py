"""Limits on a running worker or writer: on files, connections, processes and processor time."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import select
import signal
import sys
from pathlib import Path
from typing import Any

from kg.errors import ForbiddenError, StoreError

PR_SET_PDEATHSIG = 1
"""The prctl(2) option for the signal that a process gets when the thread that started it ends."""
_FORBIDDEN = ("socket.connect", "socket.bind", "subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.system")


def mark_as_first_oom_victim() -> None:
    """Make this process the OOM killer's first choice, and disable its core dumps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        try:
            # The highest score; raising one's own needs no privileges.
            os.write(descriptor, b"1000")
        finally:
            os.close(descriptor)
    except OSError as error:
        sys.stderr.write(f"The process could not be marked as the first to end if memory runs out: {error}\n")


def forbid_writing() -> None:
    """Forbid this process to write to any file."""
    # This limit does not apply to sockets and pipes, which answers and logs go through.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def allow_processor(seconds: float) -> None:
    """Allow this process this many more seconds of processor time, after which the system ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Only the soft limit, whose SIGXCPU shows why the process ended: a lowered hard limit could not be raised again.
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def end_on_hangup(descriptor: int) -> None:
    """Wait until the other end of the channel is closed, then exit this process, whatever it is doing."""
    poll = select.poll()
    poll.register(descriptor, select.POLLRDHUP | select.POLLHUP)
    poll.poll()
    # Not sys.exit: another thread may be in the engine, which only the end of its process interrupts.
    os._exit(0)


def end_with_starter() -> None:
    """Have the system kill this process when the thread that started it ends, even while it is stopped (SIGSTOP)."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Audit:
    """An audit hook that refuses connections, processes, and files outside the store and the installation."""

    def __init__(self, folder: str) -> None:
        installed = {sys.prefix, sys.base_prefix, *(path for path in sys.path if path and Path(path).is_dir())}
        self._folders = tuple(os.path.realpath(path) + os.sep for path in (folder, *installed))

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Raise ForbiddenError or StoreError if the event is refused."""
        if event == "open":
            self._check_file(arguments[0])
        elif event in _FORBIDDEN:
            raise ForbiddenError(f"A worker was about to call {event}: expected no connection and no process.")

    def _check_file(self, path: object) -> None:
        if isinstance(path, str | bytes):
            # Symbolic links are resolved, so that none in the store's folder can lead out of it.
            real = os.path.realpath(os.fsdecode(path))
            # Its own folder in /proc is allowed too, which describes no other process.
            if not f"{real}{os.sep}".startswith((*self._folders, f"/proc/{os.getpid()}/")):
                raise StoreError(
                    f"A worker was about to open {real}: expected a file of the store or of the installation."
                )
