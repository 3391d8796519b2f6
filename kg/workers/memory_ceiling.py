"""A limit on the memory that a worker's queries allocate, enforced by the system, not counting thread stacks."""

from __future__ import annotations

import ctypes
import os
import resource

from kg.store.engine_thread import STACK

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""The mallopt(3) parameters for the size above which a block gets its own pages, and for the number of arenas."""
LARGE = 256 * 1024
"""The size of blocks that are returned to the system as soon as they are freed, in bytes."""
ENGINE_THREADS = 2
"""The number of deep stacks at the same time: glibc keeps that of an ended thread until the next one ends."""
OTHER_THREADS = 6
"""Threads with a normal stack: the request's, and those that the engine starts when it opens a version."""
USUAL_STACK = 8 * 2**20
"""The size of a normal stack in bytes if no stack limit is set."""
BIGGEST_RISE = 4
"""A process that still holds a quarter of its limit after a request has kept too much."""
MAX_STATM_BYTES = 256
"""More than the seven numbers of /proc/self/statm take."""


def keep_freed_memory_low(arenas: int) -> None:
    """Limit the freed memory that glibc retains: by default it uses one arena per thread and raises `LARGE`."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_ARENA_MAX, arenas)


class MemoryCeiling:
    """Limits this process to `memory` bytes beyond its current usage, from construction on."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        # Opened once: opening it for each request costs several times as much as reading it, since it is audited.
        self._statm = os.open("/proc/self/statm", os.O_RDONLY)
        self._resident = self._pages(1)
        ceiling = self._pages(5) + reserved_for_stacks() + memory
        # Not RLIMIT_AS, which counts address space: glibc reserves 128 MB of it for each arena and assigns arenas to
        # new threads, so that a trivial query could have nothing left to start a thread. RLIMIT_DATA (Linux 4.7)
        # counts private writable pages: allocations, and of reservations only the stacks, which are added to the limit.
        resource.setrlimit(resource.RLIMIT_DATA, (ceiling, ceiling))

    def keeps_too_much(self) -> bool:
        """Return whether the process still holds so much memory after a request that it should be replaced."""
        return self._pages(1) - self._resident > self.memory / BIGGEST_RISE

    def _pages(self, column: int) -> int:
        """Return a column of statm in bytes: resident pages (1), or data and stacks (5)."""
        return int(os.pread(self._statm, MAX_STATM_BYTES, 0).split()[column]) * resource.getpagesize()


def reserved_for_stacks() -> int:
    """Return the bytes that thread stacks count towards the limit, though few of them are ever used."""
    soft = resource.getrlimit(resource.RLIMIT_STACK)[0]
    usual = USUAL_STACK if soft == resource.RLIM_INFINITY else soft
    return ENGINE_THREADS * STACK + OTHER_THREADS * usual
