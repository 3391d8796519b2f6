"""Cached responses, found by the bytes of their requests: the loop's own thread sends them, and parses nothing.

Handing a request to another thread and the response back costs more than sending a response that is in memory: two
thread switches, each of which may wait for the interpreter. Parsing the request costs more than sending it, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

CACHE_HEADER_KEY = "communique.cache_header"
"""The key of a `CacheHeader` in the WSGI environment, set by an application that can repeat its response."""


class RequestBytes(NamedTuple):
    """Everything that distinguishes a request without a body from others."""

    header: bytes
    """The request line and all fields, as they were received."""
    proxy: str
    """The address of the trusted proxy that sent it; empty if no sender is trusted to name the client's address."""


class CachedResponse(Protocol):
    """A response in memory."""

    message: bytes
    """Its header and body."""

    def record_sent(self, address: str) -> None:
        """Record that it has been sent to a peer."""


ALONE = 0
"""In place of a turn of the loop: a request that may have been sent after others of the turn were answered."""
FindCached = Callable[[RequestBytes, int], CachedResponse | None]
"""Returns the response to a request if it is in memory, else None. Called in the loop's thread, so it must be quick.

The request comes with the turn of the loop, or `ALONE`. All requests of one turn had begun to arrive when it began, so
what the turn establishes for the first of them is true for the others.
"""
CacheHeader = Callable[[RequestBytes, bytes], None]
"""Receives the bytes of a request and of its response's header, for `FindCached` to find."""


def no_response(_request: RequestBytes, _turn: int) -> None:
    """Return None: for an application that caches no responses."""
