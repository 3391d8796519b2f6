"""At 360 pixels: what one came for is on the first screen, and what opens covers nothing that it should not."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.pages.conftest import BUNDLES, Reader, opened
from tests.pages.test_layout import boxes, overlaps
from tests.support.chromium import CHROMIUM

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.skipif(not (BUNDLES / "network.js").is_file(), reason="the pages' scripts are not made (make setup)"),
    pytest.mark.xdist_group("browser"),
]
HEIGHT = 740
"""Pixels of the screen of the fixture `tab`."""
WRITTEN = """(() => {
  window.written = [];
  const { fillRect, fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillRect = function (left, top, width, height) {
    if (width === this.canvas.width) window.written = [];
    return fillRect.call(this, left, top, width, height);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
    window.written.push(text);
    return fillText.call(this, text, ...at);
  };
})()"""
"""Keeps what the last frame of the picture has written."""


def test_the_menu_hangs_below_the_head_of_the_page(tab: Tab) -> None:
    tab.goto("/people")
    button = tab.get_by_role("button", name="Menu")
    button.click()
    head, menu = boxes(tab, ".masthead"), boxes(tab, "#menu")
    assert len(head) == len(menu) == 1
    assert overlaps(head + menu) == []
    assert menu[0][1] - head[0][3] == pytest.approx(0, abs=2)
    assert (menu[0][0], menu[0][2]) == (0, 360)
    # The button stays in reach, and closes what it has opened.
    button.click()
    expect(tab.locator("#menu")).to_be_hidden()


@pytest.mark.parametrize(
    ("path", "button", "opens", "first"),
    [
        ("/network", "Filter", "#filters", "#canvas"),
        ("/network", "Find a chain", "#chain-form", "#canvas"),
        ("/network/chain?from=clinton&to=kayani", "Other ends or filters", ".chain-form", ".hops"),
        ("/timeline", "Filter", "#timeline-form", ".ruler"),
        ("/statements", "Narrow down", "#facets .facet", ".statements li"),
    ],
)
def test_what_narrows_down_opens_over_the_page_and_its_content_is_on_the_first_screen(
    tab: Tab, path: str, button: str, opens: str, first: str
) -> None:
    tab.goto(path)
    expect(tab.locator(first).first).to_be_visible()
    assert boxes(tab, first)[0][1] < HEIGHT
    expect(tab.locator(opens).first).to_be_hidden()
    opener = tab.get_by_role("button", name=button, exact=True)
    opener.click()
    expect(tab.locator(opens).first).to_be_visible()
    sheet = boxes(tab, ":popover-open")
    assert len(sheet) == 1
    assert overlaps(boxes(tab, ".masthead") + sheet) == []
    tab.get_by_role("button", name="Close", exact=True).click()
    expect(tab.locator(opens).first).to_be_hidden()


def test_a_chain_that_was_looked_for_is_not_covered_by_its_form(tab: Tab) -> None:
    tab.goto("/network")
    tab.get_by_role("button", name="Find a chain").click()
    tab.locator("#from").fill("Kayani")
    tab.locator("#to").fill("Obama")
    tab.get_by_role("button", name="Shortest chains").click()
    expect(tab.locator(".hops li").first).to_be_visible()
    assert boxes(tab, ":popover-open") == []


@pytest.mark.parametrize(("served", "numbered"), [("site", 0), ("series", 1)])
def test_nodes_of_the_network_have_names_and_hardly_a_number(
    browser: Browser, request: pytest.FixtureRequest, served: str, numbered: int
) -> None:
    with opened(browser, request.getfixturevalue(served), 360, HEIGHT) as tab:
        tab.add_init_script(WRITTEN)
        tab.goto("/network")
        expect(tab.locator("#tool")).to_have_attribute("data-placed", "")
        tab.wait_for_function("() => document.querySelector('#tool').view.names.size === 15")
        written: list[str] = tab.evaluate("written")
        assert len([words for words in written if words.isdigit()]) <= numbered


def test_an_occurrence_is_told_what_it_is_once(series: Reader, browser: Browser) -> None:
    with opened(browser, series, 360, HEIGHT) as tab:
        tab.goto("/about/occurrence/fire")
        assert tab.locator(".kicker").inner_text() == "Occurrence"
        assert tab.locator("main section h2").all_inner_texts() == ["Accounts of it, side by side 3"]
        # Whose account a cell is of stands on one line, above what that says.
        heights: list[float] = tab.locator(".accounts td[data-label]").evaluate_all(
            "cells => cells.map(e => parseFloat(getComputedStyle(e, '::before').height))"
        )
        assert len(heights) > 6
        assert max(heights) < 25


LINES_OF_A_LINK = """link => {
  const lines = [], words = document.createTreeWalker(link, NodeFilter.SHOW_TEXT), range = document.createRange();
  let top = NaN;
  while (words.nextNode()) for (let at = 0; at < words.currentNode.length; at++) {
    range.setStart(words.currentNode, at); range.setEnd(words.currentNode, at + 1);
    const box = range.getBoundingClientRect();
    if (!(Math.abs(box.top - top) < 4)) { lines.push(''); top = box.top; }
    lines[lines.length - 1] += range.toString();
  }
  return lines;
}"""


def test_a_permalink_is_broken_after_its_parts(tab: Tab) -> None:
    statement = "https://w3id.org/communique/data/article/haqqani-talks/statement/official-warns-of-militias"
    tab.goto(f"/cite?iri={statement}")
    link = tab.locator("a.permalink").first
    lines: list[str] = link.evaluate(LINES_OF_A_LINK)
    assert "".join(lines) == link.get_attribute("href")
    assert len(lines) > 1
    # The last name is too long to stand with its version on one line, and has hyphens to be broken at.
    assert [line for line in lines[:-1] if line[-1] not in "/?&=-"] == []


def test_numbers_of_an_answer_are_told_once_what_they_are_of(tab: Tab) -> None:
    tab.goto("/sparql")
    cell = tab.locator("#look td.number").first
    expect(cell).to_be_visible()
    around = ["before", "after"]
    words = [cell.evaluate(f"e => getComputedStyle(e, '::{place}').content") for place in around]
    assert words == ['"statements"', "none"]
