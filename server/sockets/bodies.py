"""How many bytes of bodies are held, in all and for each address."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class HeldBodies:
    """Counts the bytes of bodies that connections hold; safe to call from any thread."""

    def __init__(self, most: int, most_per_address: int, exempt: str | None) -> None:
        self._most, self._most_per_address, self._exempt = most, most_per_address, exempt
        self._total = 0
        self._by_address: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def total(self) -> int:
        """Return the bytes that are held now."""
        return self._total

    def change(self, address: str, before: int, after: int) -> int:
        """Note that a connection of an address held `before` bytes and holds `after` now; return `after`."""
        if before != after:
            with self._lock:
                self._total += after - before
                self._by_address[address] += after - before
                if not self._by_address[address]:
                    del self._by_address[address]
        return after

    def is_full(self, address: str) -> bool:
        """Tell whether no more is to be held for an address."""
        with self._lock:
            of_address = 0 if address == self._exempt else self._by_address[address]
        return self._total > self._most or of_address > self._most_per_address
