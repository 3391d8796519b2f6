"""The client of a request: its network address, whether it is still connected, and how long it is willing to wait."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from wsgiref.types import WSGIEnvironment

from flask import request

from kg.workers.query_jobs import Client
from kg.workers.served_store import ServedStore
from server.http.errors import invalid_parameter

IPV6_PREFIX_BITS = 64
"""The length of the prefix that an IPv6 client typically has to itself."""
PAGE_STORE = "communique.page_store"
"""The key in a page process's WSGI environment of the store that is queried over the request's own channel."""


def store_for_client(store: ServedStore, timeout: float | None = None, limit: float | None = None) -> ServedStore:
    """Return a store whose queries stop if the client disconnects; without workers, they always run to the end."""
    store = request.environ.get(PAGE_STORE, store)
    return store.on_behalf(request_client(timeout, limit))


def has_client_left() -> Callable[[], bool]:
    """Return a function for any thread that returns whether the client of the current request has disconnected."""
    return _has_left(request.environ)


def request_client(timeout: float | None = None, limit: float | None = None) -> Client:
    """Return the client of the current request, which waits `timeout` seconds; errors name the `limit`."""
    return client_of(request.environ, timeout, limit)


def client_of(environ: WSGIEnvironment, timeout: float | None, limit: float | None) -> Client:
    """Return the client of a request, as `request_client` does of the current one."""
    return Client(_has_left(environ), timeout, client_network(environ.get("REMOTE_ADDR", "")), limit=limit)


def _has_left(environ: WSGIEnvironment) -> Callable[[], bool]:
    has_left: Callable[[], bool] = environ.get("waitress.client_disconnected", lambda: False)
    return has_left


@lru_cache(1000)
def client_network(address: str) -> str:
    """Return what identifies a client by its address: an IPv4 address itself, the network of an IPv6 address."""
    try:
        # A link-local address has a zone after `%`.
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    # An IPv4-mapped IPv6 address belongs to one client, not to a network.
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is None:
        return f"{int(ip) >> (128 - IPV6_PREFIX_BITS):x}"
    return str(ip)


def query_time_limit(store: ServedStore, timeout: float | None) -> float:
    """Return the seconds that a query may take: the store's limit, or less if the client asks for less."""
    return store.limits.time if timeout is None else min(store.limits.time, timeout)


def parse_timeout(value: str | None) -> float | None:
    """Return the seconds in a `timeout` parameter, None if absent. Raises HttpError 400 if it is not above 0."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not math.isfinite(seconds) or seconds <= 0:
        raise invalid_parameter("timeout", value, "a number of seconds above 0")
    return seconds
