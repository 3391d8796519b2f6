"""A cache bounded in entries and in size, from which the least valuable goes first (GreedyDual-Size).

An entry's rank is what it costs to make again against its size, above the rank of the last one that had to go: so what
is costly stays longer, and nothing stays for ever that nobody asks for. Where all cost the same, the oldest use goes.
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
    """Values by their keys; any number of threads may use it."""

    def __init__(self, max_entries: int, max_size: int) -> None:
        self.max_size = max_size
        self.size = 0
        """The sizes of all entries together."""
        self._max_entries = max_entries
        self._entries: dict[Hashable, _Entry[Value]] = {}
        self._order: list[tuple[float, int, Hashable]] = []
        """Keys by the rank that they had when they were put: uses since then are seen when their turn comes."""
        self._numbers = itertools.count()
        self._floor = 0.0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, None if there is none (any more)."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            entry.rank = self._floor + entry.worth
            return entry.value

    def put(self, key: Hashable, value: Value, size: int = 1, cost: float = 1.0) -> None:
        """Keep a value, if it is not too large, and drop others for it."""
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
        """Return all values, which is no use of them."""
        with self._lock:
            return [entry.value for entry in self._entries.values()]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._order.clear()
            self.size = 0

    def _drop(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry.size
            # Now, and not when its turn comes: the key may be put again, and then have two turns.
            self._order = [item for item in self._order if item[2] != key]
            heapq.heapify(self._order)

    def _drop_least(self) -> None:
        while True:
            rank, number, key = heapq.heappop(self._order)
            entry = self._entries[key]
            # It was used since it was put there: its turn comes later.
            if entry.rank > rank:
                heapq.heappush(self._order, (entry.rank, number, key))
                continue
            # The clock of GreedyDual-Size: what comes or is used from now on ranks above all that had to go.
            self._floor = rank
            del self._entries[key]
            self.size -= entry.size
            return
