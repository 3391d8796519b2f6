"""The processes of this machine as the kernel shows them (proc(5)); any of them may end while it is looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

GONE = (FileNotFoundError, ProcessLookupError)
"""What is raised of a process that has ended: by opening its file, or by reading one that was open."""


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    numbers = list[int]()
    with suppress(*GONE):
        for thread in Path(f"/proc/{process}/task").iterdir():
            with suppress(*GONE):
                numbers += map(int, (thread / "children").read_text("ascii").split())
    return numbers


def descendants(process: int) -> Iterator[int]:
    """Yield the processes below a process."""
    for child in children(process):
        yield child
        yield from descendants(child)


def is_alive(process: int) -> bool:
    """Return whether a process runs: one that has ended and has not been reaped yet does not."""
    return _fields(process)[:1] not in ([], ["Z"], ["X"])


def processor_time(processes: list[int]) -> float:
    """Return the seconds of processor time that processes have used; those that have ended have used none."""
    ticks = sum(int(ticks) for process in processes for ticks in _fields(process)[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def has_in_command(process: int, words: str) -> bool:
    """Return whether a process was started with these words in its command; one that has ended has no command."""
    with suppress(*GONE):
        return words.encode() in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def _fields(process: int) -> list[str]:
    """Return the kernel's record of a process, its state first; nothing for one that has been reaped."""
    with suppress(*GONE):
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return []
