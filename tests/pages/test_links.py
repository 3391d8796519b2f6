"""Every link of the site leads somewhere, and every page keeps what all pages promise."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.pages.conftest import Page, Reader

Visited = dict[str, "Page"]
LARGEST = 100_000
START = (
    "/",
    "/people",
    "/events",
    "/statements",
    "/disagreements",
    "/timeline",
    "/ontology",
    "/ontology/relations",
    "/schemes",
    "/shapes",
    "/dataset",
)
SAMPLED = {
    "/why": 12,
    "/passage/": 12,
    "/link/": 8,
    "/participation/": 8,
    "/holding/": 3,
    "/proposition/": 5,
    "/cite": 12,
    "/statements": 8,
    "/network": 8,
}
"""Kinds of pages of which one in so many is read: they are many and alike."""
ANSWERED = ("/sparql?", "/dump.", "/data/", "/.well-known/", "/health", "/ready", "/static/", "/examples")
ONCE = (*ANSWERED, "/card?", "/collect?", "/search?", "/network/chain", "/timeline?", "/editor/")
"""What a crawl does not go into: other tests do."""


def wanted(path: str) -> bool:
    """Return whether the crawl requests an address."""
    is_document = "format=" in path or ("version=" in path and not path.startswith("/cite"))
    if path.startswith(ONCE) or is_document or (path.startswith("/statements") and path.count("&") > 1):
        return False
    kind = next((kind_of_page for kind_of_page in SAMPLED if kind_of_page in path.partition("?")[0]), None)
    return kind is None or sum(path.encode()) % SAMPLED[kind] == 0


@pytest.fixture(scope="module")
def pages(site: Reader) -> Visited:
    """Return every page that can be reached, by its address."""
    waiting, addresses = deque(START), dict.fromkeys(START)
    visited: Visited = {}
    while waiting:
        path = waiting.popleft()
        visited[path] = site.get(path)
        for link in visited[path].links:
            target = urljoin(path, link).partition("#")[0]
            if target.startswith("/") and not target.startswith("//") and target not in addresses and wanted(target):
                addresses[target] = None
                if path.startswith("/statements?") and target.startswith("/statements?"):
                    continue
                waiting.append(target)
    return visited


def faults(pages: Visited, fault: Callable[[Page], object]) -> dict[str, object]:
    """Return what is wrong with each page that has the fault."""
    return {path: wrong for path, page in pages.items() if (wrong := fault(page))}


def test_the_crawl_reaches_every_kind_of_page(pages: Visited) -> None:
    assert len(pages) > 300
    kinds = ("/person/", "/organization/", "/group/", "/event/", "/scenario/", "/statement/", "/place/", "/post/")
    for kind in (*kinds, "/topic/", "/passage/", "/proposition/", "/voice/", "/why"):
        assert any(kind in path for path in pages), f"no page of {kind} was reached"


def test_every_internal_link_leads_to_a_page(pages: Visited) -> None:
    assert faults(pages, lambda page: page.status if page.status != 200 else None) == {}


def test_every_page_is_smaller_than_a_hundred_kilobytes(pages: Visited) -> None:
    assert faults(pages, lambda page: len(page.text.encode()) if len(page.text.encode()) > LARGEST else None) == {}


def test_every_link_into_a_page_leads_to_something_there(pages: Visited) -> None:
    missing = []
    for path, page in pages.items():
        for link in page.links:
            target, _, fragment = urljoin(path, link).partition("#")
            if fragment and target in pages and unquote(fragment) not in pages[target].ids:
                missing.append(f"{path} -> {link}")
    assert missing == []


def test_no_page_sends_requests_to_another_host(pages: Visited) -> None:
    assert faults(pages, lambda page: [tag for tag in page.tags if tag in ("iframe", "object", "embed")]) == {}
    for path, page in pages.items():
        images = re.findall(r'<img [^>]*src="([^"]*)"', page.text)
        loaded = [*images, *(link for link in page.links if link.startswith("/static/"))]
        assert len(images) == page.tags.count("img") < len(loaded), path
        assert all(urlsplit(link).netloc == "" for link in loaded)


def test_no_page_holds_what_a_strict_policy_would_not_run(pages: Visited) -> None:
    assert faults(pages, lambda page: page.inline) == {}
    policies = {page.headers["Content-Security-Policy"] for page in pages.values()}
    assert len(policies) == 1
    (policy,) = policies
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_every_page_has_one_heading_landmarks_and_a_skip_link(pages: Visited) -> None:
    assert faults(pages, lambda page: page.tags.count("h1") != 1) == {}
    assert faults(pages, lambda page: page.tags.count("main") != 1) == {}
    assert faults(pages, lambda page: "#main" not in page.links or "main" not in page.ids) == {}


def test_external_links_leave_over_http_only(pages: Visited) -> None:
    schemes = {urlsplit(link).scheme for page in pages.values() for link in page.links}
    assert schemes <= {"", "http", "https"}
