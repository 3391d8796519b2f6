"""Rate limits: a token bucket per client address, refilled at the operator's rate."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from flask import Flask, request

from server.http.client import client_network
from server.http.errors import HttpError

BURST_SECONDS = 10.0
"""How many seconds of its rate an idle client may spend at once."""
MAX_BUCKETS = 10_000
"""Addresses that are remembered; the least recently seen is forgotten first."""
# A supervisor whose probe is told to wait would restart a server that is merely busy.
UNLIMITED_BLUEPRINTS = ("health",)


class RateLimiter:
    """The buckets of all clients, for a rate in requests per second."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        # At least one: a bucket that cannot hold a whole request would refuse all of them.
        self.rate, self.capacity = rate, max(1.0, rate * BURST_SECONDS)
        self._clock, self._lock = clock, Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> float:
        """Take a request from a client's bucket and return 0, or return the seconds until it holds one."""
        # By the network of an IPv6 address, in which one client has 2**64 addresses.
        key, now = client_network(address), self._clock()
        with self._lock:
            tokens, updated = self._buckets.pop(key, (self.capacity, now))
            tokens = min(self.capacity, tokens + (now - updated) * self.rate)
            self._buckets[key] = (tokens - 1 if tokens >= 1 else tokens, now)
            # A bucket is put back at the end, so the first is the least recently used.
            if len(self._buckets) > MAX_BUCKETS:
                self._buckets.popitem(last=False)
        return 0.0 if tokens >= 1 else (1 - tokens) / self.rate

    def __len__(self) -> int:
        return len(self._buckets)


def register_rate_limits(app: Flask, rate: float) -> None:
    """Limit the clients of an application to a rate; 0 is no limit."""
    if rate <= 0:
        return
    limiter = RateLimiter(rate)

    def limit_rate() -> None:
        if request.blueprint in UNLIMITED_BLUEPRINTS:
            return
        if wait := limiter.take(request.remote_addr or ""):
            seconds = str(math.ceil(wait))
            sentence = f"Your address sends more than {rate:g} requests a second: try again in {seconds} s."
            raise HttpError(429, sentence, headers={"Retry-After": seconds}, limit="rate", value=rate)

    app.before_request(limit_rate)
