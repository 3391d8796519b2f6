"""A client's address has a rate, if the operator sets one."""

from __future__ import annotations

from kg.store import EmbeddedStore
from server import Settings, create_app
from server.auth.rate_limits import BURST, REMEMBERED, Rates
from tests.server.conftest import BASE, Serving


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_a_client_gets_its_rate_and_no_more_over_time() -> None:
    clock = Clock()
    rates, taken = Rates(2, clock), 0
    for _ in range(1000):
        clock.now += 0.1
        taken += rates.take("203.0.113.1") == 0
    assert taken == 2 * (100 + BURST) - 1
    assert rates.take("203.0.113.1") <= 0.5


def test_one_clients_haste_is_not_anothers() -> None:
    rates = Rates(1, Clock())
    while rates.take("203.0.113.1") == 0:
        pass
    assert rates.take("203.0.113.2") == 0


def test_the_addresses_of_one_network_of_ipv6_are_one_client() -> None:
    rates = Rates(1, Clock())
    while rates.take("2001:db8::1") == 0:
        pass
    assert rates.take("2001:db8::ffff:1") > 0
    assert rates.take("2001:db8:0:1::1") == 0
    assert rates.take("::ffff:203.0.113.1") == 0
    assert rates.take("no address") == 0


def test_so_many_addresses_are_remembered_and_no_more() -> None:
    rates = Rates(1, Clock())
    for number in range(REMEMBERED + 500):
        rates.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(rates) == REMEMBERED


def test_who_asks_too_often_is_told_when_to_come_back(store: EmbeddedStore, serving: Serving) -> None:
    with serving(create_app(store, Settings(base=BASE, rate=0.2))) as client:
        assert [client.query("ASK {}").status for _ in range(2)] == [200, 200]
        refused = client.query("ASK {}")
        assert refused.status == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 5
        assert client.get("/health").status == 200
