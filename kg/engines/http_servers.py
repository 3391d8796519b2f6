"""External HTTP servers: their addresses, connections to them, and response fields that concern the next request."""

from __future__ import annotations

import http.client
from email.message import Message
from urllib.parse import SplitResult, urlsplit

from kg.errors import RequestError

GONE = (OSError, http.client.HTTPException)
"""The errors of a lost connection."""


def server_address(url: str, example: str) -> SplitResult:
    """Return the parts of a server's address. Raises RequestError, with an example, if it is not an HTTP address."""
    fault = RequestError(f"{url!r} is not a server's address: expected one such as {example}.")
    try:
        address = urlsplit(url)
        # Accessed here, since an invalid port raises an error only on access.
        port = address.port
    except ValueError:
        raise fault from None
    if address.scheme not in {"http", "https"} or not address.hostname or port == 0:
        raise fault
    return address


def host_of(address: SplitResult) -> str:
    """Return a server's name for errors, without any login in its address."""
    return address.netloc.rpartition("@")[2]


def connection_to(address: SplitResult, timeout: float) -> http.client.HTTPConnection:
    """Return a connection that opens with the first request; `timeout` is how long the server may be silent."""
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    return kind(address.hostname or "", address.port, timeout=timeout)


def digest_challenge(headers: Message) -> str:
    """Return the header field with which a server requests digest authentication, or an empty string."""
    # A server may offer several methods, each in a separate field (RFC 9110, section 11.6.1).
    offered = headers.get_all("WWW-Authenticate", [])
    return next((field for field in offered if field.lower().startswith("digest ")), "")


def seconds_to_wait(headers: Message) -> float:
    """Return the delay that a busy server requests in seconds, or 0 if there is none."""
    # It may also be a date (RFC 9110, section 10.2.3): then the usual pause is used.
    wait = headers.get("Retry-After", "")
    return float(wait) if wait.isdecimal() else 0
