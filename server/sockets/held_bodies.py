"""How many bytes of bodies are held, in all and for each address."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class HeldBodies:
    """Counts the bytes of bodies that connections hold; safe to call from any thread."""

    def __init__(self, most: int, most_per_address: int, exempt: str | None) -> None:
        self._most, self._most_per_address, self._exempt = most, most_per_address, exempt
        self._by_connection: dict[object, int] = {}
        self._by_address: Counter[str] = Counter()
        self._total = 0
        self._lock = Lock()

    @property
    def total(self) -> int:
        """Return the bytes that are held now."""
        return self._total

    def record(self, connection: object, address: str, held: int) -> None:
        """Note how many bytes a connection of an address holds now; 0 forgets it.

        What it held before is known here and not to its callers, since two threads may call for one connection.
        """
        with self._lock:
            change = held - self._by_connection.pop(connection, 0)
            if held:
                self._by_connection[connection] = held
            self._total += change
            self._by_address[address] += change
            if not self._by_address[address]:
                del self._by_address[address]

    def is_full(self, address: str) -> bool:
        """Tell whether no more is to be held for an address."""
        with self._lock:
            of_address = 0 if address == self._exempt else self._by_address[address]
        return self._total > self._most or of_address > self._most_per_address
