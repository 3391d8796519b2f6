"""Every page is data too, at the same address; and a page that a browser has is not sent again."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from rdflib import Graph

from tests.pages.conftest import Reader

TALKS = "/about/article/haqqani-talks"
PAGES = (
    "/",
    "/people",
    "/events",
    "/statements",
    "/disagreements",
    "/ontology",
    "/ontology/relations",
    "/schemes",
    "/shapes",
    "/dataset",
    "/about/person/ashfaq-parvez-kayani",
    f"{TALKS}/",
    f"{TALKS}/event/islamabad-talks",
    f"{TALKS}/statement/official-brinkmanship",
    f"{TALKS}/topic/haqqani-talks-preconditions",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_its_triples_at_the_same_address(site: Reader, path: str) -> None:
    page = site.get(path, "text/turtle")
    assert (page.status, page.headers.get_content_type()) == (200, "text/turtle")
    assert len(Graph().parse(data=page.text, format="turtle")) > 5
    assert site.get(path, "application/ld+json").headers.get_content_type() == "application/ld+json"


@pytest.mark.parametrize("path", PAGES)
def test_the_data_menu_leads_to_every_format_and_to_queries_that_run(site: Reader, path: str) -> None:
    page = site.get(path)
    menu = page.text[page.text.index('class="data-menu"') :].partition("</details>")[0]
    links = [unescape(target) for target in re.findall(r'href="([^"]+)"', menu)]
    formats = [link for link in links if "format=" in link]
    queries = [link for link in links if link.startswith("/sparql?query=")]
    assert len(formats) >= 6
    assert [link for link in formats if site.get(link, "*/*").status != 200] == []
    assert queries
    for link in queries:
        text = parse_qs(urlsplit(link).query)["query"][0]
        assert "SELECT" in text
        assert "$" not in text
        assert site.get(f"{link}&format=json", "*/*").status == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_a_browser_has_is_not_sent_again(site: Reader, path: str) -> None:
    tag = site.get(path).headers["ETag"]
    assert site.get(path, **{"If-None-Match": tag}).status == 304


def test_styles_are_immutable_at_an_address_that_changes_with_them(site: Reader) -> None:
    (address,) = [link for link in site.get("/").links if "site.css" in link]
    page = site.get(address, "*/*")
    assert page.headers.get_content_type() == "text/css"
    assert "immutable" in page.headers["Cache-Control"]
    assert "immutable" not in site.get("/static/site.css", "*/*").headers["Cache-Control"]


def test_the_page_of_relations_leaves_room_for_more_of_them(site: Reader) -> None:
    assert len(site.get("/ontology/relations").text.encode()) < 90_000


def test_every_name_of_the_data_leads_to_its_page(site: Reader) -> None:
    page = site.get("/data/person/ashfaq-parvez-kayani")
    assert page.status == 303
    assert page.headers["Location"].endswith("/about/person/ashfaq-parvez-kayani")
