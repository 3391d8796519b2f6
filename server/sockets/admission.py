"""What is decided of a request when its header has arrived, before a byte of its body is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

REFUSAL = "communique.refusal"
"""The key in the WSGI environment under which the application finds why a request's body was not read."""


@dataclass(frozen=True)
class RequestHead:
    """A request's line and header fields, and who sent them."""

    method: str
    path: str
    """The path with its escapes decoded, as in PATH_INFO."""
    query: str
    headers: Mapping[str, str]
    """Values by name in capitals with underscores, as in the WSGI environment without HTTP_."""
    address: str
    """The peer's address: the proxy's, where there is one."""


@dataclass(frozen=True)
class Refusal:
    """An answer that is given instead of reading the body."""

    status: int
    sentence: str
    headers: Mapping[str, str] = field(default_factory=dict)


Admit = Callable[[RequestHead], Refusal | int]
"""Returns how many bytes the body may have, or why it is not read. Called in the loop's thread: it must be quick."""
