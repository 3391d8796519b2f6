"""What keeps a process that works on outsiders' requests within bounds, once it runs."""

from __future__ import annotations

import math
import os
import resource
import select
import sys
from pathlib import Path
from typing import Any

from kg.errors import ForbiddenError, StoreError

_FORBIDDEN = ("socket.connect", "socket.bind", "subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.system")


def mark_as_first_to_go() -> None:
    """Have the system end this process first when the machine runs out of memory, and leave no core."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        try:
            os.write(descriptor, b"1000")
        finally:
            os.close(descriptor)
    except OSError as error:
        sys.stderr.write(f"The worker is not marked as the first to go: {error}\n")


def forbid_writing() -> None:
    """Let the process write no byte to any file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def allow_processor(seconds: float) -> None:
    """Let the process use so much processor time more; the system ends it after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def end_with(descriptor: int) -> None:
    """End the process, whatever it is doing, when the front closes the channel."""
    poll = select.poll()
    poll.register(descriptor, select.POLLRDHUP | select.POLLHUP)
    poll.poll()
    os._exit(0)


class Audit:
    """Refuses what a worker never does: connections, processes, and files beside the store and the installation."""

    def __init__(self, folder: str) -> None:
        self._folders = tuple(os.path.realpath(path) + os.sep for path in (folder, *_installed()))

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Raise ForbiddenError or StoreError for what is never done."""
        if event == "open":
            self._opens(arguments[0])
        elif event in _FORBIDDEN:
            raise ForbiddenError(f"A worker was about to do {event}, which it never does.")

    def _opens(self, path: object) -> None:
        if isinstance(path, str | bytes):
            real = os.path.realpath(os.fsdecode(path))
            if not f"{real}{os.sep}".startswith((*self._folders, f"/proc/{os.getpid()}/")):
                raise StoreError(f"A worker was about to open {real}, which is no part of the store.")


def _installed() -> set[str]:
    return {sys.prefix, sys.base_prefix, *(path for path in sys.path if path and Path(path).is_dir())}
