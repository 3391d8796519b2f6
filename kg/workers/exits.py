"""What the end of a worker means that nobody ordered: by its status and by the last that it wrote to standard error."""

from __future__ import annotations

import signal
from pathlib import Path

from kg.errors import CommuniqueError, MemoryLimitError, TimeLimitError, WorkerError
from kg.workers.limits import Limits

MAX_TAIL = 4096
"""Bytes of standard error that are kept of a process."""
_OUT_OF_MEMORY = (
    b"memory allocation of",
    b"bad_alloc",
    b"MemoryError",
    b"Cannot allocate memory",
    b"can't start new thread",
    b"Resource temporarily unavailable",
)
"""What Rust, C++ and Python say when they are given no more; the last two, of a thread whose stack found no room."""


def tells_of_memory(stderr_tail: bytes) -> bool:
    """Tell whether a process's stderr output say that it was given no more memory."""
    return any(sign in stderr_tail for sign in _OUT_OF_MEMORY)


def exit_error(status: int | None, stderr_tail: bytes, limits: Limits, *, machine_short: bool) -> CommuniqueError:
    """Return what to tell the client whose query a worker ended with."""
    if tells_of_memory(stderr_tail):
        return memory_error(limits.memory)
    if status == -signal.SIGXCPU:
        sentence = f"The query used more processor time than its limit of {limits.cpu:g} s."
        return TimeLimitError(sentence, "cpu", limits.cpu)
    if status == -signal.SIGKILL and machine_short:
        sentence = "The machine ran out of memory, and the system ended the process that worked on this query."
        return MemoryLimitError(sentence, "memory", limits.memory)
    return WorkerError(f"The process that worked on this query {describe(status)}; another has taken its place.")


def describe(status: int | None) -> str:
    """Say how a process ended."""
    if status is None:
        return "has gone"
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


def readable(stderr_tail: bytes) -> str:
    """Return stderr output as one line for the log, without control characters."""
    text = stderr_tail.decode("utf-8", "replace").strip()
    return "".join(char if char.isprintable() else " | " if char == "\n" else "?" for char in text)


def memory_error(memory: int) -> MemoryLimitError:
    """Say that a query needed more than a worker's memory."""
    return MemoryLimitError(f"The query needed more memory than its limit of {memory:,} bytes.", "memory", memory)


def count_oom_kills() -> int:
    """Return how many processes the system has ended for want of memory since it started, 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
