"""What a command takes with all processes below it: the clock, processor time, and memory (Linux)."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

PAUSE = 0.25
"""Seconds between two looks at the memory of the processes."""
PROC = Path("/proc")


@dataclass(frozen=True)
class Spent:
    """Seconds of a command, and the megabytes of it and all processes below it at the moment of their most."""

    clock: float
    processor: float
    """Of the command's own process and those that it has waited for."""
    memory: float


def spent(command: Sequence[str], limit: int | None = None) -> Spent:
    """Run a command, for so many seconds of processor time at most. Raises CalledProcessError if it fails."""
    ceiling = partial(resource.setrlimit, resource.RLIMIT_CPU, (limit, limit)) if limit else None
    start, most, ended = time.monotonic(), [0.0], threading.Event()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=ceiling)  # noqa: PLW1509 -- no threads yet
    watch = threading.Thread(target=_watch, args=(process.pid, most, ended), daemon=True)
    watch.start()
    _, status, usage = os.wait4(process.pid, 0)
    clock = time.monotonic() - start
    ended.set()
    watch.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Spent(clock, usage.ru_utime + usage.ru_stime, max(most[0], usage.ru_maxrss / 1024))


def _watch(pid: int, most: list[float], ended: threading.Event) -> None:
    while not ended.wait(PAUSE):
        most[0] = max(most[0], sum(map(_megabytes, tree(pid))))


def tree(pid: int) -> Iterator[int]:
    """Yield a process and all below it."""
    yield pid
    with suppress(OSError):  # it has ended
        for children in PROC.glob(f"{pid}/task/*/children"):
            for child in children.read_text("ascii").split():
                yield from tree(int(child))


def _megabytes(pid: int) -> float:
    """Return a process's share of memory: pages that several processes have are divided among these."""
    with suppress(OSError):
        proportional = re.search(
            r"^Pss:\s+(\d+) kB", (PROC / str(pid) / "smaps_rollup").read_text("ascii"), re.MULTILINE
        )
        return int(proportional[1]) / 1024 if proportional else 0
    return 0
