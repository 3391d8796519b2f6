"""The browser that the machine has, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""The same engine with or without a window to draw: without, pages take a quarter of the processor time."""
PATIENCE_MILLISECONDS = 120_000
"""How long an expectation or an action waits, where Playwright has five or thirty seconds: a machine may be busy."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser for as long as the block lasts; skip where there is none."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=PATIENCE_MILLISECONDS)
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE_MILLISECONDS))
        yield browser
        browser.close()
