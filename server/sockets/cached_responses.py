"""Cached responses, found by the bytes of their requests: the loop's own thread sends them, and parses nothing.

To hand a request to another thread and the response back costs more than to send one that is in memory: two changes of
threads, each of which may wait for the interpreter. To parse it costs more than to send it, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

CACHE_HEADER_KEY = "communique.cache_header"
"""The key of a `CacheHeader` in the WSGI environment, put there by an application that can repeat its response."""


class RequestBytes(NamedTuple):
    """All that tells a request without a body from others."""

    header: bytes
    """The request line and all fields, as they were received."""
    proxy: str
    """The address of the trusted proxy that has sent it; empty if nobody's word is taken for the client's address."""


class CachedResponse(Protocol):
    """A response in memory."""

    message: bytes
    """Its header and body."""

    def record_sent(self, address: str) -> None:
        """Record that it was sent to a peer, once it was."""


ALONE = 0
"""In place of a turn of the loop: a request that may have been sent after others of the turn were answered."""
FindCached = Callable[[RequestBytes, int], CachedResponse | None]
"""Returns the response to a request if it is in memory, or None. Called in the loop's thread, so it must be quick.

With the request comes the turn of the loop, or `ALONE`. Requests of one turn had all begun to arrive when it began, so
that what is found out for the first of them, in the turn, is true for the others.
"""
CacheHeader = Callable[[RequestBytes, bytes], None]
"""Takes the bytes of a request and of its response's header, for `FindCached` to find."""


def no_response(_request: RequestBytes, _turn: int) -> None:
    """Find no response: for an application that caches none."""
