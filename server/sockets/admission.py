"""The decision about a request's body, made when its header has arrived: how much to read, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

ARRIVED_KEY = "communique.arrived"
"""The key in the WSGI environment of when the request could have been answered first, by the monotonic clock.

That is when the end of its header had arrived, and the request before it on the connection had been answered.
"""
REFUSAL = "communique.refusal"
"""The key of the refusal in the WSGI environment of a request whose body was not read."""


@dataclass(frozen=True)
class RequestHeader:
    """The request line, the header fields and the sender of a request."""

    method: str
    path: str
    """The decoded path, as in PATH_INFO."""
    query: str
    headers: Mapping[str, str]
    """Values by name in WSGI's spelling without `HTTP_`, such as CONTENT_TYPE."""
    address: str
    """The address of the peer, which may be a proxy."""


@dataclass(frozen=True)
class Refusal:
    """A response that is sent instead of reading the body."""

    status: int
    sentence: str
    headers: Mapping[str, str] = field(default_factory=dict)


Admit = Callable[[RequestHeader], Refusal | int]
"""Returns the maximum size of the body in bytes, or a refusal. Called in the loop's thread, so it must be quick."""
