"""What a worker's queries may allocate: counted by the system, and apart from what threads reserve for their stacks."""

from __future__ import annotations

import ctypes
import os
import resource

from kg.store.engine_thread import STACK

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""What mallopt(3) calls the size from which a block has pages of its own, and how many arenas threads share."""
LARGE = 256 * 1024
"""Bytes of a block that goes back to the system as soon as it is free."""
ENGINE_THREADS = 2
"""Deep stacks that are there at once: glibc keeps that of a thread that has ended until the next one ends."""
OTHER_THREADS = 6
"""Threads with the usual stack: the request's, and what the engine starts when it opens a version."""
USUAL_STACK = 8 * 2**20
"""Bytes of the usual stack where no limit of stacks says otherwise."""
BIGGEST_RISE = 4
"""A process that still holds a quarter of what it may allocate after a request has kept too much."""


def keep_freed_memory_low(arenas: int) -> None:
    """Keep freed memory of many threads from adding up: by itself glibc keeps an arena a thread, and grows `LARGE`."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_ARENA_MAX, arenas)


class MemoryCeiling:
    """Holds this process to so many bytes beyond what it has now, from its making on."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self._resident = resident()
        ceiling = _pages(5) + reserved_for_stacks() + memory
        # Not RLIMIT_AS, which counts address space: glibc reserves 128 MB of it for each arena and gives arenas to
        # threads as they come, so that a trivial query could find nothing left to start a thread in. RLIMIT_DATA
        # (Linux 4.7) counts private writable pages: what is allocated, and of reservations the stacks, which are
        # allowed for beside it.
        resource.setrlimit(resource.RLIMIT_DATA, (ceiling, ceiling))

    def keeps_too_much(self) -> bool:
        """Tell whether the process still holds so much after a request that another should take its place."""
        return resident() - self._resident > self.memory / BIGGEST_RISE


def reserved_for_stacks() -> int:
    """Return the bytes that threads' stacks take of the limit, though few of them are ever used."""
    soft = resource.getrlimit(resource.RLIMIT_STACK)[0]
    usual = USUAL_STACK if soft == resource.RLIM_INFINITY else soft
    return ENGINE_THREADS * STACK + OTHER_THREADS * usual


def resident() -> int:
    """Return the bytes of this process that are in memory."""
    return _pages(1)


def _pages(column: int) -> int:
    """Return bytes of this process: of its pages in memory (1), or of its data and stacks (5)."""
    return int(_statm().split()[column]) * resource.getpagesize()


def _statm() -> bytes:
    # Not pathlib, whose objects cost several times as much as the reading: this is done once a request.
    descriptor = os.open("/proc/self/statm", os.O_RDONLY)
    try:
        return os.read(descriptor, 256)
    finally:
        os.close(descriptor)
