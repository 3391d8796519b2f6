"""Nothing in the data is more than text: no markup, no link that runs, no turned direction, no endless label."""

from __future__ import annotations

import pytest

from tests.pages.conftest import Page, Reader

PATHS = (
    "/",
    "/people",
    "/events",
    "/statements",
    "/disagreements",
    "/timeline",
    "/timeline?person=%3Cscript%3E",
    "/dataset",
    "/search?q=script",
    "/search?q=%3Cscript%3Ealert(3)%3C/script%3E",
    "/statements?q=%3Cscript%3E",
    "/statements?hand=%3Cscript%3E",
    "/about/person",
    "/about/event",
    "/about/statement",
    "/about/article/a/",
    "/about/topic",
    "/about/passage",
    "/about/position",
    *(f"/cite?iri=https://example.org/data/{name}" for name in ("statement", "event", "passage")),
    "/ontology",
    "/ontology/relations",
    "/shapes",
    "/schemes",
    "/%3Cscript%3Ealert(1)%3C/script%3E",
    "/why?subject=urn:a&predicate=https://w3id.org/communique/ontology%23name&text=%3Cscript%3Ealert(1)%3C/script%3E",
    "/sparql?query=SELECT%20*%20%7B%20?s%20?p%20?o%20%7D",
)


@pytest.fixture(scope="module")
def pages(hostile_site: Reader) -> dict[str, Page]:
    return {path: hostile_site.get(path) for path in PATHS}


def test_every_page_answers(pages: dict[str, Page]) -> None:
    assert {path: page.status for path, page in pages.items() if page.status not in (200, 404)} == {}
    assert [path for path, page in pages.items() if page.status == 404] == [PATHS[-3], PATHS[-2]]


def test_no_markup_of_the_data_becomes_markup(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert "<script>" not in page.text, path
        assert page.inline == [], path
    assert "<script>alert(1)</script>" in pages["/about/person"].words


def test_what_is_no_address_of_the_web_never_becomes_a_link(pages: dict[str, Page]) -> None:
    links = [link for page in pages.values() for link in page.links]
    assert not [link for link in links if link.lower().lstrip().startswith(("javascript:", "data:", "vbscript:"))]
    assert "javascript:alert(1)" in pages["/about/person"].words
    assert any(link.startswith("https://elsewhere.example/") for link in pages["/about/person"].links)


def test_a_label_with_direction_overrides_is_isolated(pages: dict[str, Page]) -> None:
    text = pages["/about/person"].text
    assert "\u202e" in text
    for part in text.split("\u202e")[:-1]:
        assert part.rindex("<bdi") > part.rfind("</bdi>")


def test_an_endless_label_is_cut(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        if not path.startswith("/sparql"):
            assert len(page.text) < 60_000, path
    assert "x" * 200 + "x" * 40 + "…" in pages["/about/person"].text


def test_a_language_other_than_the_pages_is_marked(pages: dict[str, Page]) -> None:
    assert '<bdi lang="ar">&lt;script&gt;' in pages["/about/statement"].text
