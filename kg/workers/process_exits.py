"""Why a worker or writer ended unexpectedly, from its exit status and the end of its standard error."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

from kg.errors import CommuniqueError, MemoryLimitError, TimeLimitError, WorkerError

MAX_STDERR_BYTES = 4096
"""The number of bytes kept from the end of a process's standard error."""
_MEMORY_MESSAGES = (
    b"memory allocation of",
    b"bad_alloc",
    b"MemoryError",
    b"Cannot allocate memory",
    b"can't start new thread",
    b"Resource temporarily unavailable",
)
"""Messages of Rust, C++ and Python about a failed allocation; the last two are about the stack of a new thread."""


@dataclass(frozen=True)
class ProcessRole:
    """The words for a process's task in errors, and its limits."""

    noun: str
    relative: str
    """The words that follow "the process that"."""
    memory: int
    cpu: float
    aftermath: str = ""


def exit_error(status: int | None, stderr_tail: bytes, role: ProcessRole, *, out_of_memory: bool) -> CommuniqueError:
    """Return the error for the client whose query or write was lost when its process ended."""
    # Checked before the status: a failed allocation ends a process by SIGABRT (Rust, C++) or with status 1 (Python).
    if any(message in stderr_tail for message in _MEMORY_MESSAGES):
        return memory_error(role.noun, role.memory)
    if status == -signal.SIGXCPU:
        sentence = f"The {role.noun} used more processor time than its limit of {role.cpu:g} s."
        return TimeLimitError(sentence, "cpu", role.cpu)
    # SIGKILL does not reveal its sender, but the system counts the processes killed by the OOM killer.
    if status == -signal.SIGKILL and out_of_memory:
        sentence = f"The machine ran out of memory, and the system ended the process that {role.relative}."
        return MemoryLimitError(sentence, "memory", role.memory)
    return WorkerError(f"The process that {role.relative} {describe_exit(status)}{role.aftermath}.")


def describe_exit(status: int | None) -> str:
    """Return how a process ended, as a predicate."""
    if status is None:
        return "has gone"
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


def readable(stderr_tail: bytes) -> str:
    """Return stderr output as one line for the log, without control characters."""
    text = stderr_tail.decode("utf-8", "replace").strip()
    return "".join(char if char.isprintable() else " | " if char == "\n" else "?" for char in text)


def memory_error(noun: str, memory: int) -> MemoryLimitError:
    """Return the error for a query or write that needed more memory than its process may allocate."""
    return MemoryLimitError(f"The {noun} needed more memory than its limit of {memory:,} bytes.", "memory", memory)


def count_oom_kills() -> int:
    """Return how many processes the OOM killer has ended since the system started, or 0 if unknown."""
    try:
        lines = Path("/proc/vmstat").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
