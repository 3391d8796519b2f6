"""The browser of a reviewer is killed in the middle: what the page showed as saved is there, and nothing by half."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kg.review.document_faults import document_faults
from tests.review.conftest import Review, ReviewSite
from tests.support.chromium import CHROMIUM
from tests.support.waiting import until

pytestmark = pytest.mark.xdist_group("browser")
LEFT = re.compile(r"(?:(\d+) of 8 need review|All 8 are reviewed)")


class DoomedBrowser:
    """A Chromium of its own process group, driven over its debugging port, which is killed with all its processes."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        options = ["--headless=new", "--no-sandbox", "--no-first-run", "--remote-debugging-port=0"]
        command = [CHROMIUM, *options, f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        port = profile / "DevToolsActivePort"
        until(lambda: port.is_file() and "\n" in port.read_text("utf-8"))
        self.address = f"http://127.0.0.1:{port.read_text('utf-8').splitlines()[0]}"

    def kill(self) -> None:
        """End all its processes with SIGKILL."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def doomed(browser: Browser, tmp_path: Path) -> Iterator[DoomedBrowser]:
    """Return a browser to be killed; without one, `browser` has skipped the test."""
    assert browser.is_connected()
    started = DoomedBrowser(tmp_path / "profile")
    yield started
    started.kill()


def left_to_review(page: Page) -> int:
    """Return the number of items to review according to the page."""
    match = LEFT.fullmatch(page.locator("#progress").inner_text())
    assert match is not None
    return int(match[1] or 0)


def test_to_kill_the_browser_loses_nothing_that_it_showed_as_saved(
    browser: Browser, doomed: DoomedBrowser, tab: Page, review: Review, review_site: ReviewSite
) -> None:
    first = review.document.read_bytes()
    driven = browser.browser_type.connect_over_cdp(doomed.address)
    page = driven.contexts[0].pages[0]
    page.goto(review_site.page("sel.yaml"))
    expect(page.locator("#progress")).to_have_text("8 of 8 need review")
    for _ in range(6):
        page.keyboard.press("a")
    until(lambda: left_to_review(page) <= 6)
    shown = left_to_review(page)
    doomed.kill()  # while further keys may be on their way
    assert 2 <= len(review_needing(review)) <= shown
    assert document_faults(review.document, review.folder) == []
    # Another browser goes on from there, and undoes all of it.
    tab.goto(review_site.page("sel.yaml"))
    until(lambda: tab.locator("#progress").inner_text() == f"{len(review_needing(review))} of 8 need review")
    for _ in range(8):  # more often than there is something to undo, which changes nothing
        tab.keyboard.press("u")
    expect(tab.locator("#progress")).to_have_text("8 of 8 need review")
    assert review.document.read_bytes() == first


def test_to_kill_the_browser_with_an_open_form_changes_nothing(
    browser: Browser, doomed: DoomedBrowser, review: Review, review_site: ReviewSite
) -> None:
    first = review.document.read_bytes()
    driven = browser.browser_type.connect_over_cdp(doomed.address)
    page = driven.contexts[0].pages[0]
    page.goto(review_site.page("sel.yaml"))
    page.locator('[data-item="statement/1"]').click()
    page.keyboard.press("e")
    page.get_by_label("What is said, in words of your own").fill("Half a sentence that")
    expect(page.locator(".chain .what")).to_have_text("Half a sentence that")
    doomed.kill()
    assert review.document.read_bytes() == first
    assert review.make("correct", "statement/1", gist="It stays closed.") == ["statement/1"]
    assert review.values("statement/1")["gist"] == "It stays closed."


def review_needing(review: Review) -> list[str]:
    """Return the items that need review now."""
    return [key for key, item in review.items().items() if item["needs_review"]]
