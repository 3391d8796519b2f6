"""The page of `kg review`: scenarios, topics, relations and what a statement refers to; passages chosen in the text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from kg.mapping.passages.text_spans import TextSpan
from kg.review.document_faults import document_faults
from tests.review.conftest import Review, ReviewSite
from tests.review.test_review_effort import SELECT
from tests.support.waiting import until

pytestmark = pytest.mark.xdist_group("browser")


def select(tab: Page, words: str) -> None:
    """Select words of the text as dragging the mouse over them does."""
    start = tab.locator("#article-text").inner_text().index(words)
    tab.evaluate(SELECT, [start, start + len(words)])
    expect(tab.locator("#selected")).to_have_text(f"Selected: “{words}”")


def saved(tab: Page) -> None:
    """Save the form by its key."""
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#form")).to_have_count(0)


def test_topics_scenarios_and_relations_are_made_and_told_of_statements(
    tab: Page, review: Review, review_site: ReviewSite
) -> None:
    first = review.document.read_bytes()
    tab.goto(review_site.page("sel.yaml"))
    tab.locator("main[data-checked]").wait_for()
    select(tab, "bridge")
    tab.keyboard.press("c")
    saved(tab)
    # A statement: what it is about, to whom and at which event, with what lies elsewhere in the text folded away.
    tab.locator('[data-item="statement/2"]').click()
    tab.keyboard.press("e")
    tab.get_by_role("group", name="What it is about").get_by_text("Others").click()
    tab.get_by_role("group", name="What it is about").get_by_label("bridge").check()
    tab.get_by_role("group", name="To whom it is said").get_by_text("Others").click()
    tab.get_by_role("group", name="To whom it is said").get_by_label("Ada Quill").check()
    tab.get_by_label("The event at which it is said").select_option("the meeting")
    saved(tab)
    values = review.values("statement/2")
    assert values["says"]["about"] == ["person/quill", "person/vik", "topic/bridge"]
    assert (values["addressee"], values["occasion"]) == ("person/quill", "event/meeting")
    # A scenario, which the statement describes that it has its status by.
    select(tab, "stay closed")
    tab.keyboard.press("f")
    tab.get_by_label("Name", exact=True).fill("The bridge stays closed")
    tab.get_by_label("Status").select_option("predicted")
    assert tab.get_by_label("Status").locator("option").filter(has_text="occurred").count() == 0
    saved(tab)
    assert review.values("scenario/the-bridge-stays-closed")["statusBy"] == "statement/1"
    assert review.values("statement/1")["says"]["describes"] == "scenario/the-bridge-stays-closed"
    # A relation of the chosen statement, whose choices are what it can join.
    tab.locator('[data-item="statement/2"]').click()
    select(tab, "It is against the law")
    tab.keyboard.press("b")
    expect(tab.get_by_label("From", exact=True)).to_have_value("statement/2")
    tab.get_by_label("Relation", exact=True).select_option("opposes")
    expect(tab.get_by_label("Relation", exact=True)).to_be_focused()
    assert tab.get_by_label("To", exact=True).locator("option").all_inner_texts() == ["\N{EN DASH}", "The bridge would stay closed."]  # fmt: skip # noqa: E501
    tab.get_by_label("To", exact=True).select_option("statement/1")
    saved(tab)
    link = "links/statement/2/opposes/statement/1"
    assert review.values(link)["at"] == "189-222"
    expect(tab.locator(f'[data-item="{link}"]')).to_contain_text("It is against the law. opposes The bridge")
    assert document_faults(review.document, review.folder) == []
    # One told in the other, and back to the first byte.
    tab.locator('[data-item="statement/1"]').click()
    tab.keyboard.press("e")
    tab.get_by_role("group", name="Told in the statement").get_by_text("Others").click()
    tab.get_by_role("group", name="Told in the statement").get_by_label("It is against the law.").check()
    saved(tab)
    assert review.values("statement/2")["relays"] == "statement/1"
    for _ in range(5):
        tab.keyboard.press("u")
    until(lambda: review.document.read_bytes() == first)


def test_a_passage_is_chosen_anew_by_keyboard_and_by_mouse(tab: Page, review: Review, review_site: ReviewSite) -> None:
    tab.goto(review_site.page("sel.yaml"))
    tab.locator("main[data-checked]").wait_for()
    tab.locator('[data-item="statement/1"]').click()
    tab.keyboard.press("e")
    tab.get_by_label("What is said, in words of your own").fill("It stays closed.")
    chooser = tab.get_by_role("button", name="What is said, in the text: choose in the text")
    chooser.press("Enter")
    expect(tab.locator("#article-text")).to_be_focused()
    expect(tab.locator("#selected")).to_have_text("Selected: “that the bridge would stay closed”")
    tab.keyboard.press("Shift+ArrowLeft")
    tab.keyboard.press("Escape")
    expect(chooser).to_be_focused()
    expect(tab.get_by_role("group", name="What is said, in the text")).to_contain_text(
        "“that the bridge would stay closed”"
    )
    chooser.press("Enter")
    tab.keyboard.press("Shift+ArrowLeft")
    tab.keyboard.press("Shift+ArrowLeft")
    tab.keyboard.press("Enter")
    expect(chooser).to_be_focused()
    expect(tab.get_by_role("group", name="What is said, in the text")).to_contain_text("“that the bridge would”")
    # With the mouse: what is dragged over is taken, and neither it nor a click in the text leaves the form.
    tab.get_by_role("button", name="The verb, in the text: choose in the text").click()
    start = box_of(tab, 16)
    end = box_of(tab, 36)
    tab.mouse.move(start[0], start[1])
    tab.mouse.down()
    tab.mouse.move(end[0], end[1], steps=4)
    tab.mouse.up()
    words = tab.locator("#selected").inner_text().removeprefix("Selected: ")
    expect(tab.get_by_role("group", name="The verb, in the text")).to_contain_text(words)
    tab.mouse.click(*start)
    expect(tab.get_by_label("What is said, in words of your own")).to_have_value("It stays closed.")
    saved(tab)
    values = review.values("statement/1")
    text = (review.folder / "sel.txt").read_text("utf-8")
    cue = TextSpan.read(values["cueSpan"])
    assert cue is not None
    assert f"“{cue.of(text)}”" == words
    assert "said on Tuesday" in words
    assert (values["contentSpan"], values["gist"]) == ("44-65", "It stays closed.")
    assert document_faults(review.document, review.folder) == []


def box_of(tab: Page, position: int) -> tuple[float, float]:
    """Return where on the screen a position of the text is."""
    x, y = tab.evaluate(
        """(position) => {
          const piece = [...document.querySelectorAll('#article-text [data-start]')].findLast((other) => Number(other.dataset.start) <= position);
          const range = document.createRange();
          range.setStart(piece.firstChild, position - piece.dataset.start);
          range.setEnd(piece.firstChild, position - piece.dataset.start + 1);
          const box = range.getBoundingClientRect();
          return [box.left + box.width / 2, box.top + box.height / 2];
        }""",  # noqa: E501
        position,
    )
    return x, y
