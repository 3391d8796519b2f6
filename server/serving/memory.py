"""Memory that large requests took, given back when they end, where the C library is glibc."""

from __future__ import annotations

import ctypes

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""What mallopt(3) calls the size from which a block has pages of its own, and how many arenas threads share."""
LARGE = 256 * 1024
"""Bytes of a block that goes back to the system as soon as it is free."""
ARENAS = 2


def give_memory_back() -> None:
    """Keep freed memory of many threads from adding up: by itself glibc keeps an arena a thread, and grows `LARGE`."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_ARENA_MAX, ARENAS)
