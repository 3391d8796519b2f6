"""Counts the bytes of request bodies in memory and on disk, in total and per client address."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class HeldBodies:
    """The bytes of bodies that connections hold, and their limits; thread-safe."""

    def __init__(self, max_bytes: int, max_bytes_per_address: int, exempt_address: str | None) -> None:
        self._max_bytes, self._max_bytes_per_address = max_bytes, max_bytes_per_address
        self._exempt_address = exempt_address
        self._by_connection: dict[object, int] = {}
        self._by_address: Counter[str] = Counter()
        self._total = 0
        self._lock = Lock()

    @property
    def total(self) -> int:
        """Return the bytes that are held now, by all."""
        return self._total

    def record(self, connection: object, address: str, held_bytes: int) -> None:
        """Set the bytes that a connection holds; 0 forgets it.

        Callers give the new total and not the difference, since two threads may call for one connection.
        """
        with self._lock:
            change = held_bytes - self._by_connection.pop(connection, 0)
            if held_bytes:
                self._by_connection[connection] = held_bytes
            self._total += change
            self._by_address[address] += change
            # There is no end of addresses: those that hold nothing are forgotten.
            if not self._by_address[address]:
                del self._by_address[address]

    def is_full(self, address: str) -> bool:
        """Return whether no more bytes may be held for an address."""
        with self._lock:
            by_address = 0 if address == self._exempt_address else self._by_address[address]
        return self._total > self._max_bytes or by_address > self._max_bytes_per_address
