"""Takes the pictures of the pages that README.md and the docs show, and draws the pages' preview: `make screenshots`.

The shipped corpus is built into a temporary store, served, and looked at by Debian's Chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from server.pages.drawings.card_pictures import draw_picture

PREVIEW = Path(__file__).parents[1] / "server" / "static" / "preview.svg"
"""The preview of pages that have no card, as it is drawn: services that show previews take no SVG."""
PICTURES = Path(__file__).with_name("pictures")
KG = [sys.executable, "-m", "kg"]
TALKS = "/about/article/haqqani-talks"
WIDTH, HEIGHT = 1200, 760
SHOWN = {
    "home": "/",
    "statement": f"{TALKS}/statement/pakistan-fears-oversized-forces",
    "meeting": f"{TALKS}/event/islamabad-talks",
    "disagreements": "/disagreements",
    "timeline": "/timeline",
    "network": "/network",
    "sparql": "/sparql",
}
SETTLED = 2500
"""Milliseconds after which a picture that moves has come to rest."""


def main() -> None:
    """Build, serve, and take each picture."""
    browser = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if browser is None:
        sys.exit("chromium is not installed (apt-get install chromium)")
    PREVIEW.with_suffix(".png").write_bytes(draw_picture(PREVIEW.read_text(encoding="utf-8")))
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*KG, "build", "--store", folder, "--no-cross-check"], check=True, capture_output=True)
        command = [*KG, "serve", "--store", folder, "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            first_line = server.stdout.readline() if server.stdout else ""
            address = next(word for word in first_line.split() if word.startswith("http"))
            try:
                _take(browser, address)
            finally:
                server.terminate()


def _take(browser: str, address: str) -> None:
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        context = running.new_context(
            base_url=address, viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"
        )
        tab = context.new_page()
        for name, path in SHOWN.items():
            sys.stdout.write(f"{name}: {_picture(tab, path, PICTURES / f'{name}.png'):,} bytes\n")
        running.close()


def _picture(tab: Page, path: str, file: Path) -> int:
    tab.goto(path)
    if path == SHOWN["sparql"]:
        tab.locator("#query").focus()
    tab.wait_for_timeout(SETTLED)
    return len(tab.screenshot(path=file))


if __name__ == "__main__":
    main()
