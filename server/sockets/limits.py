"""The limits of connections: how many are open, and how long one may take to send a request."""

from __future__ import annotations

import resource
from dataclasses import dataclass

MEGABYTE = 2**20
MAX_DESCRIPTORS = 8192
"""Descriptors that the soft limit is raised to, where the hard one allows it."""
DESCRIPTORS_PER_CONNECTION = 2
"""Its socket, and the file that a large body or answer is spooled to."""
MIN_CONNECTIONS = 8


@dataclass(frozen=True)
class ConnectionLimits:
    """What connections may take; docs/limits.md says what a client sees of each."""

    total: int = 1000
    """Connections open at once; one more ends the one that has been idle for longest."""
    per_address: int = 256
    """Connections of one address, unless it is the trusted proxy's."""
    idle_seconds: float = 60.0
    """Seconds that a connection may stay open without a request."""
    header_seconds: float = 20.0
    """Seconds from a request's first byte to the end of its header."""
    body_seconds: float = 30.0
    """Seconds from the end of a header to the end of the body, beyond what `body_rate` allows."""
    body_rate: float = 16 * 1024
    """Bytes a second at which a body may go on arriving for as long as it takes."""
    spooled: int = 256 * MEGABYTE
    """Bytes of bodies held at once, of all requests."""
    spooled_per_address: int = 64 * MEGABYTE
    """Bytes of bodies held at once, of one address unless it is the trusted proxy's."""


def connections_for(descriptors: int, wanted: int, reserved: int) -> int:
    """Return how many connections fit into a number of descriptors beside those that are reserved."""
    return min(wanted, max((descriptors - reserved) // DESCRIPTORS_PER_CONNECTION, MIN_CONNECTIONS))


def raise_descriptor_limit(most: int = MAX_DESCRIPTORS) -> int:
    """Raise the soft limit of open descriptors to the hard limit, or to `most`; return what then holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    if soft == resource.RLIM_INFINITY:
        return most
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)
