"""How often a client may ask: a bucket of requests for each address, refilled at the operator's rate."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from flask import Flask, request

from server.http.client import client_network
from server.http.errors import HttpError

BURST = 10.0
"""Seconds of its rate that a client may spend at once after a rest."""
REMEMBERED = 10_000
"""Addresses that are remembered; the longest silent is forgotten first."""
FREE = ("health",)


class Rates:
    """The buckets of all clients, for a rate in requests a second."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.most = rate, max(1.0, rate * BURST)
        self._clock, self._lock = clock, Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> float:
        """Take a request out of a client's bucket and return 0, or the seconds until there is one in it."""
        key, now = client_network(address), self._clock()
        with self._lock:
            left, since = self._buckets.pop(key, (self.most, now))
            left = min(self.most, left + (now - since) * self.rate)
            self._buckets[key] = (left - 1 if left >= 1 else left, now)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return 0.0 if left >= 1 else (1 - left) / self.rate

    def __len__(self) -> int:
        return len(self._buckets)


def register(app: Flask, rate: float) -> None:
    """Hold the clients of an application to a rate; 0 holds nobody."""
    if rate <= 0:
        return
    rates = Rates(rate)

    def limited() -> None:
        if request.blueprint in FREE:
            return
        if wait := rates.take(request.remote_addr or ""):
            seconds = str(math.ceil(wait))
            sentence = f"Your address asks more than {rate:g} times a second: ask again in {seconds} s."
            raise HttpError(429, sentence, headers={"Retry-After": seconds}, limit="rate", value=rate)

    app.before_request(limited)
