"""Whom a browser must not act for: pages of other origins, and pages whose name was made to point at this machine."""

from __future__ import annotations

from flask import request

from server.http.errors import HttpError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SAME = "same-origin"
TRUSTED_SITES = (SAME, "none")
RELAYED = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-Ip")
"""What a reverse proxy adds; a request with one of them does not come from this machine, whatever its address says."""


def refuse_other_origins() -> None:
    """Refuse what a browser sends for a page of another origin.

    Where the browser itself says that the origins are one, it is believed: behind a proxy the addresses differ.
    """
    origin, whence = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    differs = origin not in (None, request.host_url.rstrip("/")) and whence != SAME
    if differs or (whence or SAME) not in TRUSTED_SITES:
        raise HttpError(403, f"A page of another origin ({origin or whence}) asks for this: only this one's may.")


def refuse_broken_hosts() -> None:
    """Refuse a request that does not say to which host it goes (RFC 9112, section 3.2): addresses are made of it."""
    sent = request.headers.get("Host")
    if (sent is None and request.environ.get("SERVER_PROTOCOL") != "HTTP/1.0") or (
        sent is not None and not request.host
    ):
        raise HttpError(400, f"The Host header is '{sent or ''}': expected the name of one host.")


def refuse_other_machines() -> None:
    """Refuse what does not come from this machine, or comes by a name that is not this machine's (DNS rebinding)."""
    relayed = next((name for name in RELAYED if name in request.headers), None)
    if request.remote_addr not in LOOPBACK or relayed:
        raise HttpError(403, "Without a token this is taken only from the machine that the server runs on.")
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    if host.strip("[]") not in LOOPBACK:
        raise HttpError(403, f"This is sent to the host '{host}': expected one of {', '.join(LOOPBACK)}.")
