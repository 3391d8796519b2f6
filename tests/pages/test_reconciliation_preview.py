"""The card of the reconciliation service in a frame of another origin, as OpenRefine shows it."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.pages.conftest import Reader
from tests.support.handler_server import handler_server

PERSON = "https://w3id.org/communique/data/person/hillary-clinton"


@pytest.fixture
def elsewhere(site: Reader) -> Iterator[str]:
    """Return the address of a page of another origin that frames a preview and another page."""
    frames = (f"{site.address}/reconcile/preview?id={quote(PERSON, safe='')}", f"{site.address}/people")
    page = "".join(f"<iframe src='{address}'></iframe>" for address in frames).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    with handler_server(Handler) as port:
        yield f"http://localhost:{port}/"


def test_a_preview_may_stand_in_a_frame_and_no_other_page(tab: Tab, elsewhere: str) -> None:
    tab.goto(elsewhere)
    preview, people = (tab.frame_locator("iframe").nth(number) for number in (0, 1))
    expect(preview.locator("h1")).to_have_text("Hillary Clinton")
    expect(preview.locator("dd").first).not_to_be_empty()
    expect(people.get_by_role("heading", name="People", exact=True)).to_have_count(0)
