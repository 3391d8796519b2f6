"""Servers of others over HTTP: their addresses, connections to them, and what an answer says of the next request."""

from __future__ import annotations

import http.client
from email.message import Message
from urllib.parse import SplitResult, urlsplit

from kg.errors import RequestError

GONE = (OSError, http.client.HTTPException)
"""What a lost connection raises."""


def server_address(url: str, example: str) -> SplitResult:
    """Return the parts of a server's address. Raises RequestError, with an example of one, if it is not one of HTTP."""
    fault = RequestError(f"{url!r} is no address of a server: expected one such as {example}.")
    try:
        address = urlsplit(url)
        # Read here, since what is no port is noticed only when it is asked for.
        port = address.port
    except ValueError:
        raise fault from None
    if address.scheme not in {"http", "https"} or not address.hostname or port == 0:
        raise fault
    return address


def host_of(address: SplitResult) -> str:
    """Return how errors name a server: without the login that its address may have."""
    return address.netloc.rpartition("@")[2]


def connection_to(address: SplitResult, timeout: float) -> http.client.HTTPConnection:
    """Return a connection that is made with the first request, and fails when the server is silent for so long."""
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    return kind(address.hostname or "", address.port, timeout=timeout)


def digest_challenge(headers: Message) -> str:
    """Return the field by which a server asks for digest authentication; empty if it does not."""
    # A server may offer several logins, each in a field of its own (RFC 9110, section 11.6.1).
    offered = headers.get_all("WWW-Authenticate", [])
    return next((field for field in offered if field.lower().startswith("digest ")), "")


def seconds_to_wait(headers: Message) -> float:
    """Return how long a busy server asks to be left alone; 0 if it does not say."""
    # It may be a date, too (RFC 9110, section 10.2.3): then the usual pause does.
    wait = headers.get("Retry-After", "")
    return float(wait) if wait.isdecimal() else 0
