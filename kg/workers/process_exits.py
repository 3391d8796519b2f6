"""What the end of a worker means that nobody ordered: by its status and by the last that it wrote to standard error."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

from kg.errors import CommuniqueError, MemoryLimitError, TimeLimitError, WorkerError

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
    """Tell whether a process's standard error says that it was given no more memory."""
    return any(sign in stderr_tail for sign in _OUT_OF_MEMORY)


@dataclass(frozen=True)
class ProcessRole:
    """What a process was there for, as errors call it, and the limits that it had."""

    noun: str
    relative: str
    """What goes after "the process that"."""
    memory: int
    cpu: float
    aftermath: str = ""


def exit_error(status: int | None, stderr_tail: bytes, duty: ProcessRole, *, machine_short: bool) -> CommuniqueError:
    """Return what to tell the client whose query or write a process ended with."""
    if tells_of_memory(stderr_tail):
        return memory_error(duty.noun, duty.memory)
    if status == -signal.SIGXCPU:
        sentence = f"The {duty.noun} used more processor time than its limit of {duty.cpu:g} s."
        return TimeLimitError(sentence, "cpu", duty.cpu)
    if status == -signal.SIGKILL and machine_short:
        sentence = f"The machine ran out of memory, and the system ended the process that {duty.relative}."
        return MemoryLimitError(sentence, "memory", duty.memory)
    return WorkerError(f"The process that {duty.relative} {describe(status)}{duty.aftermath}.")


def describe(status: int | None) -> str:
    """Say how a process ended."""
    if status is None:
        return "has gone"
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


def readable(stderr_tail: bytes) -> str:
    """Return stderr output as one line for the log, without control characters."""
    text = stderr_tail.decode("utf-8", "replace").strip()
    return "".join(char if char.isprintable() else " | " if char == "\n" else "?" for char in text)


def memory_error(noun: str, memory: int) -> MemoryLimitError:
    """Return the error of a query or write that needed more memory than its process may allocate."""
    return MemoryLimitError(f"The {noun} needed more memory than its limit of {memory:,} bytes.", "memory", memory)


def count_oom_kills() -> int:
    """Return how many processes the system has ended for want of memory since it started, 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
