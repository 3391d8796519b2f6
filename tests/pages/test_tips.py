"""The marks of an article's page explain themselves on hover and focus: what a word means, and what a passage says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.pages.addresses import TALKS
from tests.pages.conftest import BUNDLES, CHROMIUM, Example, Reader, opened

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.skipif(not (BUNDLES / "article.js").is_file(), reason="the pages' scripts are not made (make setup)"),
    pytest.mark.xdist_group("browser"),
]
SHOWN = "e => getComputedStyle(e, '::after').content"


def test_every_mark_of_an_article_explains_itself_by_its_scheme(wide: Tab, site: Reader) -> None:
    wide.goto(f"{TALKS}/")
    chips = wide.locator(".numbered a.chip")
    assert chips.count() > 120
    expect(wide.locator(".numbered a.chip:not([data-tip])")).to_have_count(0)
    schemes = site.get("/schemes").words
    tips = set(chips.evaluate_all("all => all.map(each => each.dataset.tip)"))
    assert {tip.partition(":")[0] for tip in tips} == {"What is done", "What is said is put forward", "How certain"}
    assert [tip for tip in tips if tip.partition(": ")[2] not in schemes] == []


def test_a_tip_is_shown_on_hover_and_on_focus_alone(wide: Tab) -> None:
    wide.goto(f"{TALKS}/")
    entry = wide.locator(".numbered li", has_text="Clinton warned that unwillingness")
    for mark in (entry.locator("a.chip.act"), entry.locator("a.passage")):
        tip = mark.get_attribute("data-tip")
        assert tip
        assert mark.evaluate(SHOWN) == "none"
        mark.hover()
        assert mark.evaluate(SHOWN).strip('"').replace('\\"', '"') == tip
        wide.mouse.move(0, 0)
        assert mark.evaluate(SHOWN) == "none"
    # The keyboard comes from the mark before: what a script focuses shows its ring only after a key.
    entry.locator("a.chip").last.focus()
    wide.keyboard.press("Tab")
    passage = entry.locator("a.passage")
    expect(passage).to_be_focused()
    assert passage.evaluate(SHOWN) != "none"


def test_a_passage_says_the_words_of_its_fragment_where_the_text_is_not_at_hand(wide: Tab) -> None:
    wide.goto(f"{TALKS}/")
    entry = wide.locator(".numbered li", has_text="Clinton warned that unwillingness")
    tip = entry.locator("a.passage").get_attribute("data-tip") or ""
    title = "Pakistan, the United States and the Haqqani network, October 2011"
    assert tip == f'\u201cEarlier in \u2026 big price."\u201d \u2014 {title}'


def test_a_passage_says_its_words_where_the_text_is_at_hand(
    browser: Browser, with_text: Reader, example: Example
) -> None:
    with opened(browser, with_text, 1200, 900) as tab:
        tab.goto("/about/article/harbour-talks/")
        tips = tab.locator(".numbered a.passage").evaluate_all(
            "all => all.map(each => [each.href.split('/').at(-1), each.dataset.tip])"
        )
    assert len(tips) > 30
    for span, tip in tips:
        start, end = map(int, span.split("-"))
        words = example.text[start:end]
        shortened = words if len(words) <= 220 else f"{words[:220].rstrip()}\u2026"
        assert tip == f"\u201c{shortened}\u201d"


def test_without_a_script_the_words_in_frames_are_explained_below_the_list(browser: Browser, site: Reader) -> None:
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    tab = context.new_page()
    try:
        tab.goto(f"{TALKS}/")
        tab.get_by_text("What the words in frames mean").click()
        meaning = tab.locator(".explained dl > div", has=tab.get_by_role("link", name="warn", exact=True))
        expect(meaning).to_be_visible()
        listed = tab.locator(".explained a.chip").evaluate_all("all => all.map(each => each.href)")
        shown = tab.locator(".numbered a.chip").evaluate_all("all => all.map(each => each.href)")
        assert len(listed) == len(set(listed))
        assert set(listed) == set(shown)
    finally:
        context.close()
