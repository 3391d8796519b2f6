"""The parameters of pages have bounds: how many values, how long, how large a number; none is a server error."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from tests.pages.conftest import Reader

NUMBERS = ("9" * 5000, "9" * 1000, "-1", "0x1", "1e400", "nan", "\uff11", "\u0663", "1_0", " 1", "+1", "²", "")
WITH_NUMBERS = (
    "/statements?page={}",
    "/articles?page={}",
    "/people?page={}",
    "/events?page={}",
    "/disagreements?page={}",
    "/dataset?page={}",
    "/dataset?from={}&to={}",
    "/network/graph?most={}",
    "/sparql?query=ASK%7B%7D&timeout={}",
    "/sparql?query=ASK%7B%7D&version={}",
    "/sparql?query=ASK%7B%7D&format=html&page={}",
    "/data?default&version={}",
    "/about/person/hillary-clinton?version={}",
    "/timeline?from={}&until={}",
    "/network?since={}&until={}",
    "/admin/queries/{}",
)


@pytest.mark.parametrize("address", WITH_NUMBERS)
def test_a_malformed_or_too_long_number_is_never_a_failure(site: Reader, address: str) -> None:
    for number in NUMBERS:
        page = site.get(address.replace("{}", urlencode({"": number})[1:]))
        assert page.status < 500, (number[:20], page.words)
        assert number[:1] != "9" or page.status in (400, 404, 405, 414), (number[:20], page.status)
        # A query at fault has its whole editor around it, the example questions too.
        assert len(page.text) < (100_000 if address.startswith("/sparql") else 10_000) or page.status == 200


@pytest.mark.parametrize(
    "date", ["9999-12-31", "0001-01-01", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2B14:00", "10000-01-01"]
)
def test_the_ends_of_the_calendar_are_days_like_any_other(site: Reader, date: str) -> None:
    for address in ("/timeline?from={}", "/timeline?until={}", "/network?since={}", "/network?until={}"):
        assert site.get(address.replace("{}", date)).status in (200, 400)


def test_a_facet_has_so_many_values_and_no_more(site: Reader) -> None:
    def asked(**numbers: int) -> tuple[int, str]:
        pairs = [(facet, f"x/{number}") for facet, many in numbers.items() for number in range(many)]
        page = site.get(f"/statements?{urlencode(pairs)}")
        return page.status, page.words

    assert asked(source=8)[0] == 200
    assert asked(source=8, act=8)[0] == 200
    assert asked(source=9) == (400, asked(source=9)[1])
    assert "'source' has 9 values: expected 8 at most" in asked(source=9)[1]
    assert "17 values in all: expected 16 at most" in asked(source=8, act=8, about=1)[1]
    assert site.get(f"/statements?{'source=x/1&' * 100}").status == 200


@pytest.mark.parametrize("path", ["/", "/statements", "/people", "/timeline", "/network", "/search", "/dataset"])
def test_a_page_is_no_larger_than_its_address_allows(site: Reader, path: str) -> None:
    plain = site.get(path)
    longest = site.get(f"{path}?unknown={'x' * 2000}")
    assert longest.status == plain.status == 200
    assert len(longest.text) - len(plain.text) < 2100 * (len(re.findall("href=", plain.text)) + 20)
    assert len(longest.text) < 1_000_000
    refused = site.get(f"{path}?unknown={'x' * 2100}")
    assert refused.status == 414
    assert "2,048 at most" in refused.words
