"""Limits of connections: their number, how long they may take to send a request, and the bodies that they hold."""

from __future__ import annotations

import resource
from collections import Counter
from dataclasses import dataclass
from threading import Lock

MEGABYTE = 2**20
MAX_DESCRIPTORS = 8192
"""The soft limit to request, if the hard limit allows it."""
DESCRIPTORS_PER_CONNECTION = 2
"""Its socket, and the file that a large body or response is spooled to."""
MIN_CONNECTIONS = 8


@dataclass(frozen=True)
class ConnectionLimits:
    """The limits of all connections; docs/limits.md describes what a client sees of each."""

    total: int = 1000
    """Open connections; one more closes the one that has been idle longest."""
    per_address: int = 256
    """Open connections of one address, except the trusted proxy's."""
    idle_seconds: float = 60.0
    """How long a connection may stay open without a request."""
    header_seconds: float = 20.0
    """The time from a request's first byte to the end of its header."""
    body_seconds: float = 30.0
    """The time from the end of the header to the end of the body, in addition to what `body_rate` allows."""
    body_rate: float = 16 * 1024
    """Bytes per second; a body that arrives faster may take any time."""
    spooled: int = 256 * MEGABYTE
    """Bytes of all bodies held at once."""
    spooled_per_address: int = 64 * MEGABYTE
    """Bytes of one address's bodies held at once, except the trusted proxy's."""


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
        """Return the number of bytes that are currently held for all connections."""
        return self._total

    def record(self, connection: object, address: str, held_bytes: int) -> None:
        """Set the bytes that a connection holds; 0 forgets the connection.

        Callers pass the new total rather than the difference, since two threads may call for one connection.
        """
        with self._lock:
            change = held_bytes - self._by_connection.pop(connection, 0)
            if held_bytes:
                self._by_connection[connection] = held_bytes
            self._total += change
            self._by_address[address] += change
            # The number of addresses is unbounded, so those that hold nothing are forgotten.
            if not self._by_address[address]:
                del self._by_address[address]

    def is_full(self, address: str) -> bool:
        """Return whether no more bytes may be held for an address."""
        with self._lock:
            by_address = 0 if address == self._exempt_address else self._by_address[address]
        return self._total > self._max_bytes or by_address > self._max_bytes_per_address


def connections_for(descriptors: int, requested: int, reserved: int) -> int:
    """Return how many connections these descriptors allow, of which some are reserved."""
    return min(requested, max((descriptors - reserved) // DESCRIPTORS_PER_CONNECTION, MIN_CONNECTIONS))


def raise_descriptor_limit() -> int:
    """Raise the soft limit of open descriptors as far as the hard limit allows; return the new soft limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(MAX_DESCRIPTORS, hard)
    if soft == resource.RLIM_INFINITY:
        return MAX_DESCRIPTORS
    # The soft limit is never lowered.
    if soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(soft, allowed)
