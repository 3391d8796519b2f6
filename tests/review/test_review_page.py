"""The page of `kg review` in a real browser: from pasted text to a published, cited statement."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pages.test_browser import AXE, violations
from tests.review.conftest import ARTICLE, Review, ReviewSite, reviewing
from tests.support.waiting import until

pytestmark = pytest.mark.xdist_group("browser")


def reviewed(tab: Page) -> None:
    """Wait until nothing needs review."""
    expect(tab.locator("#progress")).to_have_text("All 14 are reviewed")


def test_from_pasted_text_to_a_published_statement_by_mouse(tab: Page, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    with reviewing(folder, tmp_path / "store") as site:
        tab.goto(site.address)
        assert "token" not in tab.url
        tab.get_by_label("Title, in words of your own").fill("A bridge stays closed")
        tab.get_by_label("Day of publication").fill("2034-05-23")
        tab.get_by_label("Where the text is from").fill("a test")
        tab.get_by_label("Text", exact=True).fill(ARTICLE)
        tab.get_by_role("button", name="Draft it").click()
        expect(tab.locator("#progress")).to_have_text("14 of 14 need review")
        expect(tab.locator(".item", has_text="We will not move.")).to_contain_text("(said that something is not so)")
        # What is wrong in the draft: the guild's refusal is no assertion, and it is Vik who fears.
        tab.locator(".item", has_text="We will not move.").click()
        tab.get_by_role("button", name="Correct", exact=True).click()
        tab.get_by_label("What the source did").select_option("refuse")
        tab.get_by_label("What is said, in words of your own").fill("The guild gives way.")
        expect(tab.locator(".chain .what")).to_have_text("The guild gives way.")
        tab.get_by_role("button", name="Save").click()
        tab.locator(".item", has_text="The talks will fail.").click()
        tab.get_by_role("button", name="Correct", exact=True).click()
        tab.get_by_label("Source", exact=True).select_option("Jon Vik")
        expect(tab.locator(".chain .here .who")).to_have_text("Jon Vik")
        tab.get_by_role("button", name="Save").click()
        expect(tab.locator("#progress")).to_have_text("12 of 14 need review")
        while tab.locator("#progress").inner_text().startswith(tuple("123456789")):
            before = tab.locator("#progress").inner_text()
            tab.get_by_role("button", name="Accept all of this kind").click()
            expect(tab.locator("#progress")).not_to_have_text(before)
        tab.get_by_role("button", name="Publish").click()
        tab.get_by_role("link", name="the article's page").click()
        expect(tab.locator("h1")).to_contain_text("A bridge stays closed")
        tab.get_by_role("link", name="The guild gives way.").first.click()
        expect(tab.locator("main")).to_contain_text("We will not move")
        tab.get_by_role("link", name="Cite").first.click()
        expect(tab.locator("main")).to_contain_text("The article tells that Ada Quill refused")
        assert [file.name for file in folder.glob("*.yaml")] == ["a-bridge-stays-closed.yaml"]
        # A second article makes a corpus of both, in which the first stays published as it is.
        tab.goto(f"{site.client.address}")
        tab.get_by_label("Title, in words of your own").fill("A bridge opens")
        tab.get_by_label("Text", exact=True).fill(ARTICLE)
        tab.get_by_role("button", name="Draft it").click()
        expect(tab.locator("#progress")).to_have_text("14 of 14 need review")
        names = {"a-bridge-stays-closed.yaml", "a-bridge-opens.yaml", "corpus.yaml", "authority.yaml"}
        assert {file.name for file in folder.glob("*.yaml")} == names


def test_the_page_is_accessible(tab: Page, review_site: ReviewSite) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in frontend/)")
    tab.goto(review_site.page("sel.yaml"))
    tab.locator("main[data-checked]").wait_for()
    assert violations(tab) == []
    tab.keyboard.press("e")
    expect(tab.locator("#form")).to_be_visible()
    assert violations(tab) == []
    tab.keyboard.press("Escape")
    tab.keyboard.press("?")
    assert violations(tab) == []
    tab.goto(review_site.client.address)
    assert violations(tab) == []


@pytest.mark.parametrize("viewport", [(1280, 500), (360, 640)])
def test_what_is_chosen_and_what_is_answered_are_in_view_at_the_end_of_the_list(
    tab: Page, review_site: ReviewSite, viewport: tuple[int, int]
) -> None:
    tab.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    tab.goto(review_site.page("sel.yaml"))
    tab.locator("main[data-checked]").wait_for()
    last = tab.locator("#items .item").last
    last.click()
    expect(tab.locator("#panel h3")).to_have_text("the meeting")
    expect(tab.locator("#panel h3")).to_be_in_viewport(ratio=1)
    expect(tab.locator("#panel").get_by_role("button", name="Accept", exact=True)).to_be_in_viewport(ratio=1)
    expect(last).to_be_in_viewport()
    tab.keyboard.press("Shift+P")
    status = tab.locator("#status")
    expect(status).to_contain_text("accept, correct or reject them before you publish")
    expect(status).to_be_in_viewport(ratio=1)


def test_a_second_tab_sees_the_change_and_its_form_loses_nothing(
    tab: Page, review: Review, review_site: ReviewSite
) -> None:
    tab.goto(review_site.page("sel.yaml"))
    tab.locator('[data-item="statement/1"]').click()
    tab.keyboard.press("e")
    tab.get_by_label("What is said, in words of your own").fill("Mine.")
    review.make("correct", "statement/1", by="bob", gist="Theirs.")
    expect(tab.locator('[data-item="statement/1"]')).to_contain_text("Theirs.")
    expect(tab.locator("#status")).to_have_text("bob corrected: Theirs.")
    expect(tab.get_by_label("What is said, in words of your own")).to_have_value("Mine.")
    tab.get_by_role("button", name="Save").click()
    until(lambda: review.values("statement/1")["gist"] == "Mine.")
    tab.keyboard.press("u")
    until(lambda: review.values("statement/1")["gist"] == "Theirs.")


def test_a_click_is_not_lost_where_the_list_is_drawn_anew_meanwhile(
    tab: Page, review: Review, review_site: ReviewSite
) -> None:
    tab.goto(review_site.page("sel.yaml"))
    tab.locator("main[data-checked]").wait_for()
    item = tab.locator('#items .item:not([aria-current="true"])').last
    key = item.get_attribute("data-item")
    item.hover()
    tab.mouse.down()
    with tab.expect_response(lambda response: "/api/document" in response.url):
        review.make("correct", "statement/1", by="bob", gist="Theirs.")
    tab.wait_for_timeout(300)
    tab.mouse.up()
    expect(tab.locator(f'[data-item="{key}"]')).to_have_attribute("aria-current", "true")
    expect(tab.locator("#status")).to_contain_text("bob corrected")
