"""Whom a browser must not act for: pages of other origins, and pages whose name was made to point at this machine."""

from __future__ import annotations

from flask import request

from server.auth.loopback_peers import why_no_client_of_this_user
from server.http.errors import HttpError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SAME = "same-origin"
TRUSTED_SITES = (SAME, "none")
RELAYED = (
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
"""How the headers begin that a proxy adds; a request with one does not come from this machine, whatever its address.

HTTP/1.0 is the same sign: it is what nginx speaks by default, and no client of today does.
"""
HTTP_PORT = "80"
BY_HEAD = "communique.by_head"
"""Whether a request is decided by its line and header alone, without its connection."""


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
    relayed = any(name.lower().startswith(RELAYED) for name in request.headers.keys())  # noqa: SIM118 -- no mapping
    old = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    if request.remote_addr not in LOOPBACK or relayed or old:
        raise HttpError(403, "Without a token this is taken only from the machine that the server runs on.")
    name, port = _name_and_port(request.host)
    if name not in LOOPBACK or port != (request.environ["SERVER_PORT"] or port):
        hosts = ", ".join(LOOPBACK)
        raise HttpError(403, f"This is sent to the host '{request.host}': expected one of {hosts}, and this port.")
    _refuse_relays()


def _name_and_port(host: str) -> tuple[str, str]:
    name, colon, port = host.rpartition(":")
    return (name.strip("[]"), port) if colon and port.isdecimal() else (host.strip("[]"), HTTP_PORT)


def _refuse_relays() -> None:
    """Refuse what another program than this user's own sends: it may do so for anybody."""
    if BY_HEAD in request.environ:
        return  # asked again when the request is whole
    ports = (int(request.environ[key]) for key in ("REMOTE_PORT", "SERVER_PORT"))
    why = why_no_client_of_this_user(*ports)
    if why:
        raise HttpError(
            403, f"Without a token this is taken only from this user's own programs on this machine: {why}."
        )
