"""The client of a request: its network address, whether it is still connected, and how long it wants to wait."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from flask import request

from kg.workers import Client, ServedStore
from server.http.errors import invalid_parameter

IPV6_PREFIX_BITS = 64
"""The length of the prefix that one client of IPv6 typically has for itself."""
PAGE_STORE = "communique.page_store"
"""The key in a page process's WSGI environment of the store that is asked over the request's own channel."""


def store_for_client(store: ServedStore, timeout: float | None = None, limit: float | None = None) -> ServedStore:
    """Return a store whose queries stop if the client disconnects; without workers, they always run to their end."""
    store = request.environ.get(PAGE_STORE, store)
    return store.on_behalf(request_client(timeout, limit))


def has_client_left() -> Callable[[], bool]:
    """Return a function that tells whether the client of the current request has disconnected, from any thread."""
    has_left: Callable[[], bool] = request.environ.get("waitress.client_disconnected", lambda: False)
    return has_left


def request_client(timeout: float | None = None, limit: float | None = None) -> Client:
    """Return the client of the current request, who waits `timeout` seconds; errors name the `limit`."""
    return Client(has_client_left(), timeout, client_network(request.remote_addr or ""), limit=limit)


@lru_cache(1000)
def client_network(address: str) -> str:
    """Return what identifies a client by its address: the address of IPv4, the network of IPv6."""
    try:
        # A link-local address has a zone after `%`.
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    # An address of IPv4 that is written as one of IPv6 belongs to one client, not to a network.
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is None:
        return f"{int(ip) >> (128 - IPV6_PREFIX_BITS):x}"
    return str(ip)


def query_time_limit(store: ServedStore, timeout: float | None) -> float:
    """Return the seconds that a query may take: the store's limit, or less if the client says so."""
    return store.limits.time if timeout is None else min(store.limits.time, timeout)


def parse_timeout(value: str | None) -> float | None:
    """Return the seconds in a `timeout` parameter, None if absent. Raises HttpError 400 if it is no positive number."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not math.isfinite(seconds) or seconds <= 0:
        raise invalid_parameter("timeout", value, "a number of seconds above 0")
    return seconds
