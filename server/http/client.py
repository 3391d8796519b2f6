"""On whose behalf the store is asked: the client of the request, who may leave, and may say how long to try."""

from __future__ import annotations

import math
from dataclasses import replace
from ipaddress import IPv6Address, ip_address

from flask import request

from kg.store.interfaces import Store
from kg.workers import Client, PooledStore
from server.http.errors import HttpError

PREFIX = 64
"""Bits that one client of IPv6 has the same of."""


def store_for_client(store: Store, timeout: float | None = None, limit: float | None = None) -> Store:
    """Return the store as the request's client asks it; one without workers runs every query to its end."""
    if not isinstance(store, PooledStore):
        return store
    return store.on_behalf(request_client(timeout, limit))


def request_client(timeout: float | None = None, limit: float | None = None) -> Client:
    """Return the request's client, who may leave, and gives what it asks so many seconds of a limit at most."""
    left = request.environ.get("waitress.client_disconnected")
    client = Client(timeout=timeout, address=client_network(request.remote_addr or ""), limit=limit)
    return client if left is None else replace(client, left=left)


def client_network(address: str) -> str:
    """Return what tells a client from others by its address: of IPv6, the network that one client has."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return f"{int(found) >> (128 - PREFIX):x}"
    return str(found)


def query_seconds(store: Store, timeout: float | None) -> float:
    """Return the seconds that a query may take: the store's limit, or less if the client asks for less."""
    limit = store.limits.time if isinstance(store, PooledStore) else math.inf
    return limit if timeout is None else min(limit, timeout)


def timeout_seconds(timeout: str | None) -> float | None:
    """Return the time that the parameter `timeout` gives a query, None where it is not given; 400 for what is none."""
    if timeout is None:
        return None
    try:
        given = float(timeout)
    except ValueError:
        given = 0.0
    if not math.isfinite(given) or given <= 0:
        raise HttpError(400, f"The parameter 'timeout' is '{timeout}': expected a number of seconds above 0.")
    return given
