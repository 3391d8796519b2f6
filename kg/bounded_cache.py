"""A cache bounded in entries and in size that evicts the least valuable entry first (GreedyDual-Size).

An entry's rank is its cost per unit of size, added to the rank of the entry evicted last. So costly entries stay
longer, but none stays for ever without being used. If all cost the same, the least recently used is evicted.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass
class _Entry(Generic[Value]):
    value: Value
    size: int
    worth: float
    rank: float


class BoundedCache(Generic[Value]):
    """A thread-safe mapping of keys to values, bounded in entries and in size."""

    def __init__(self, max_entries: int, max_size: int) -> None:
        self.max_size = max_size
        self.size = 0
        """The total size of all entries."""
        self._max_entries = max_entries
        self._entries: dict[Hashable, _Entry[Value]] = {}
        self._order: list[tuple[float, int, Hashable]] = []
        """A heap of keys by their rank when they were put; later uses are taken into account on eviction."""
        self._numbers = itertools.count()
        self._floor = 0.0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, or None if it is not cached (any more)."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            entry.rank = self._floor + entry.worth
            return entry.value

    def put(self, key: Hashable, value: Value, size: int = 1, cost: float = 1.0) -> None:
        """Store a value unless it is too large, evicting others to make room for it."""
        with self._lock:
            self._drop(key)
            if size > self.max_size or self._max_entries < 1:
                return
            entry = _Entry(value, size, cost / max(size, 1), 0.0)
            entry.rank = self._floor + entry.worth
            while self.size + size > self.max_size or len(self._entries) >= self._max_entries:
                self._drop_least()
            self._entries[key] = entry
            self.size += size
            heapq.heappush(self._order, (entry.rank, next(self._numbers), key))

    def values(self) -> list[Value]:
        """Return all values; this does not count as using them."""
        with self._lock:
            return [entry.value for entry in self._entries.values()]

    def clear(self) -> None:
        """Remove all entries."""
        with self._lock:
            self._entries.clear()
            self._order.clear()
            self.size = 0

    def _drop(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry.size
            # Now rather than on eviction: the key may be put again, and would then be in the heap twice.
            self._order = [item for item in self._order if item[2] != key]
            heapq.heapify(self._order)

    def _drop_least(self) -> None:
        while True:
            rank, number, key = heapq.heappop(self._order)
            entry = self._entries[key]
            # It has been used since it was pushed: push it again with its present rank.
            if entry.rank > rank:
                heapq.heappush(self._order, (entry.rank, number, key))
                continue
            # The clock of GreedyDual-Size: entries added or used from now on rank above all that were evicted.
            self._floor = rank
            del self._entries[key]
            self.size -= entry.size
            return
