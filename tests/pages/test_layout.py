"""Where things stand on a page: labels that do not meet, nothing cut, one after another on a telephone."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.pages.conftest import BUNDLES, CHROMIUM, Reader, opened

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.xdist_group("browser"),
]
scripted = pytest.mark.skipif(
    not (BUNDLES / "network.js").is_file(), reason="the pages' scripts are not made (make setup)"
)
WINDOWS = (
    "",
    "?from=2011-10-20T20:00&until=2011-10-21T04:00",
    "?from=2011-10-20T23:00&until=2011-10-25",
    "?from=2011-01-01&until=2012-06-01",
)
BOXES = """shown => [...document.querySelectorAll(shown)].filter(e => e.getClientRects().length)
  .map(e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] })"""
NAMES = "() => { const { view } = document.querySelector('#tool'); return [...view.names.values()] }"

Box = tuple[float, float, float, float]


def boxes(tab: Tab, selector: str) -> list[Box]:
    """Return the boxes of what is visible of a selector: left, top, right and bottom in pixels of the page's frame."""
    boxes: list[Any] = tab.evaluate(BOXES, selector)
    return [(left, top, right, bottom) for left, top, right, bottom in boxes]


def overlaps(placed: list[Box]) -> list[tuple[Box, Box]]:
    """Return the pairs of boxes that overlap by more than a pixel."""
    return [
        (first, second)
        for first, second in combinations(placed, 2)
        if min(first[2], second[2]) - max(first[0], second[0]) > 1
        and min(first[3], second[3]) - max(first[1], second[1]) > 1
    ]


@pytest.mark.parametrize("width", [360, 700, 1000, 1280])
def test_labels_of_the_timeline_do_not_meet_nor_leave_the_page(browser: Browser, site: Reader, width: int) -> None:
    with opened(browser, site, width, 800) as tab:
        for window in WINDOWS:
            tab.goto(f"/timeline{window}")
            labels = boxes(tab, ".ruler text")
            assert len(labels) >= 3, window
            assert overlaps(labels) == [], window
            assert all(left >= 0 and right <= width for left, _, right, _ in labels), window


@scripted
@pytest.mark.parametrize(("width", "named"), [(360, 10), (1280, 15)])
def test_names_in_the_network_do_not_meet_nor_leave_the_picture(
    browser: Browser, site: Reader, width: int, named: int
) -> None:
    with opened(browser, site, width, 900) as tab:
        tab.goto("/network")
        expect(tab.locator("#tool")).to_have_attribute("data-placed", "")
        tab.wait_for_function(f"() => document.querySelector('#tool').view.names.size >= {named}")
        names = [(left, top, right, bottom) for left, top, right, bottom in tab.evaluate(NAMES)]
        canvas = tab.locator("#canvas").bounding_box()
        assert canvas is not None
        assert overlaps(names) == []
        assert all(left >= 0 and top >= 0 for left, top, _, _ in names)
        assert all(right <= canvas["width"] and bottom <= canvas["height"] for _, _, right, bottom in names)


@scripted
@pytest.mark.parametrize("width", [360, 1280])
def test_the_network_is_after_its_list_on_a_telephone_and_beside_it_at_a_desk(
    browser: Browser, site: Reader, width: int
) -> None:
    with opened(browser, site, width, 900) as tab:
        tab.goto("/network")
        expect(tab.locator("#nodes [role=option]").first).to_be_visible()
        ((left, top, right, bottom),) = boxes(tab, "#canvas")
        ((_, list_top, _, list_bottom),) = boxes(tab, "#nodes")
        if width == 360:
            assert list_bottom < top
            assert right - left > 300
        else:
            assert top < list_top < list_bottom < bottom


@scripted
def test_a_network_that_does_not_come_says_so_and_is_asked_for_again(tab: Tab) -> None:
    sentence = "The server is busy: expected fewer requests at a time."
    answers = ["busy", "real"]

    def answer(route: Any) -> None:  # noqa: ANN401 -- Playwright's
        if answers.pop(0) == "busy":
            expect(tab.locator("#network-status")).to_have_text("Waiting for the server\u2026")
            expect(tab.locator(".stage")).to_be_hidden()
            route.fulfill(status=503, body=sentence)
        else:
            route.continue_()

    tab.route("**/network/graph*", answer)
    tab.goto("/network")
    expect(tab.locator("#network-status")).to_have_text(sentence)
    expect(tab.locator(".stage")).to_be_hidden()
    tab.get_by_role("button", name="Try again").click()
    expect(tab.locator("#nodes li")).to_have_count(15)
    expect(tab.get_by_role("button", name="Try again")).to_be_hidden()
    assert answers == []
