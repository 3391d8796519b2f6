"""Checks of the source of a request: its Origin, its Host, and for writes without a token, this machine.

They stop pages of other sites from making a browser write here (CSRF), even under a host name that was pointed at this
machine (DNS rebinding), and proxies on this machine from passing on requests from elsewhere.
"""

from __future__ import annotations

from flask import request

from server.auth.loopback_peers import foreign_peer_reason
from server.http.errors import HttpError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SAME_ORIGIN = "same-origin"
TRUSTED_FETCH_SITES = (SAME_ORIGIN, "none")
PROXY_HEADER_PREFIXES = (
    "cf-",
    "client-ip",
    "fastly-",
    "forwarded",
    "true-client-ip",
    "via",
    "x-amzn-",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-",
    "x-forwarded",
    "x-original-",
    "x-proxy",
    "x-real-ip",
)
"""Headers that proxies add: a request with one does not come from this machine, whatever its address.

HTTP/1.0 is such a sign too: nginx uses it by default, and no current client does.
"""
HTTP_PORT = "80"
HEADER_ONLY = "communique.header_only"
"""Set in the WSGI environment of a request of which only the header has arrived, and whose connection is not known."""


def require_same_origin() -> None:
    """Raise HttpError 403 if a browser sends the request for a page of another origin.

    Sec-Fetch-Site decides if present: behind a proxy, Origin and Host differ even if the origin is the same.
    """
    origin, fetch_site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    differs = origin not in (None, request.host_url.rstrip("/")) and fetch_site != SAME_ORIGIN
    if differs or (fetch_site or SAME_ORIGIN) not in TRUSTED_FETCH_SITES:
        raise HttpError(
            403, f"A page of another origin ({origin or fetch_site}) sends this request: expected this one."
        )


def require_host() -> None:
    """Raise HttpError 400 without a valid Host header (RFC 9112, section 3.2), from which addresses are built."""
    host = request.headers.get("Host")
    # HTTP/1.0 has no Host header; RFC 9112 requires it of HTTP/1.1.
    is_missing = host is None and request.environ.get("SERVER_PROTOCOL") != "HTTP/1.0"
    if is_missing or (host is not None and not request.host):
        raise HttpError(400, f"The Host header is '{host or ''}': expected the name of one host.")


def require_this_machine() -> None:
    """Raise HttpError 403 unless a program of this user on this machine sends the request, to a loopback host."""
    is_relayed = any(name.lower().startswith(PROXY_HEADER_PREFIXES) for name in request.headers.keys())  # noqa: SIM118 -- werkzeug's Headers are no mapping
    is_http10 = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    if request.remote_addr not in LOOPBACK or is_relayed or is_http10:
        raise HttpError(403, "Without a token, this is only accepted from the machine that the server runs on.")
    name, port = name_and_port(request.host)
    # If only the header has arrived, the environment has no port yet.
    if name not in LOOPBACK or port != (request.environ["SERVER_PORT"] or port):
        hosts = ", ".join(LOOPBACK)
        raise HttpError(
            403, f"The request is sent to the host '{request.host}': expected one of {hosts}, and this port."
        )
    # Checked when the request is complete: only then is its connection known.
    if HEADER_ONLY not in request.environ:
        reason = foreign_peer_reason(int(request.environ["REMOTE_PORT"]), int(request.environ["SERVER_PORT"]))
        if reason:
            raise HttpError(403, f"Without a token, this is only accepted from this user's own programs: {reason}.")


def name_and_port(host: str) -> tuple[str, str]:
    """Return the name and the port in a Host header; an IP address is returned without its brackets."""
    name, colon, port = host.rpartition(":")
    return (name.strip("[]"), port) if colon and port.isdecimal() else (host.strip("[]"), HTTP_PORT)
