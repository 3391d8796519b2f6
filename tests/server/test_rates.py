"""Rate limits per client address."""

from __future__ import annotations

from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.auth.rate_limits import BURST_SECONDS, MAX_BUCKETS, RateLimiter
from tests.support.http_client import Serving
from tests.support.people_store import BASE


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_client_is_limited_to_its_rate_over_time() -> None:
    clock = Clock()
    limiter, taken = RateLimiter(2, clock), 0
    for _ in range(1000):
        clock.now += 0.1
        taken += limiter.take("203.0.113.1") == 0
    assert taken == 2 * (100 + BURST_SECONDS) - 1
    assert limiter.take("203.0.113.1") <= 0.5


def test_the_rates_of_two_clients_are_independent() -> None:
    limiter = RateLimiter(1, Clock())
    while limiter.take("203.0.113.1") == 0:
        pass
    assert limiter.take("203.0.113.2") == 0


def test_the_addresses_of_one_network_of_ipv6_are_one_client() -> None:
    limiter = RateLimiter(1, Clock())
    while limiter.take("2001:db8::1") == 0:
        pass
    assert limiter.take("2001:db8::ffff:1") > 0
    assert limiter.take("2001:db8:0:1::1") == 0
    assert limiter.take("::ffff:203.0.113.1") == 0
    assert limiter.take("no address") == 0


def test_the_number_of_remembered_addresses_is_limited() -> None:
    limiter = RateLimiter(1, Clock())
    for number in range(MAX_BUCKETS + 500):
        limiter.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limiter) == MAX_BUCKETS


def test_too_many_requests_are_a_429_with_retry_after(store: EmbeddedStore, serving: Serving) -> None:
    with serving(create_app(UnlimitedStore(store), Settings(base=BASE, rate=0.2))) as client:
        assert [client.query("ASK {}").status for _ in range(2)] == [200, 200]
        refused = client.query("ASK {}")
        assert refused.status == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 5
        assert client.get("/health").status == 200
