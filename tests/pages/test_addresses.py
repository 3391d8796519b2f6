"""Every route is looked at: a page that is added without an address in tests/pages/addresses.py is found here."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask

from benchmarks.pages import BASE as MADE_UP_BASE
from benchmarks.pages import MADE_UP
from kg.namespaces import ONTOLOGY
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.pages.things.thing_pages import PAGE_BY_CLASS
from tests.pages.addresses import BASE, ELSEWHERE, EVERY_PAGE, FAULTS, OF_DOCUMENTS, OVER_THE_SERIES, PAGES
from tests.pages.conftest import Reader

LARGEST = 100_000
QUERY_OF_ITS_OWN = {"examples.example", "collecting.form"}
"""Pages whose queries depend on no number of articles: an example question's own, and the facts of what is chosen."""


@pytest.fixture(scope="module")
def app(store: EmbeddedStore, settings: Settings) -> Flask:
    """Return the application, for its table of routes."""
    return create_app(UnlimitedStore(store), settings)


def endpoint(app: Flask, path: str) -> str:
    """Return the route that answers a path."""
    return str(app.url_map.bind("localhost").match(path.partition("?")[0], method="GET")[0])


def test_every_route_that_is_read_is_a_page_with_addresses_or_known_to_be_none(app: Flask) -> None:
    read = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert read == PAGES.keys() | OF_DOCUMENTS | ELSEWHERE.keys()
    assert not PAGES.keys() & (OF_DOCUMENTS | ELSEWHERE.keys())


def test_an_address_is_answered_by_its_route(app: Flask) -> None:
    routes = {path: endpoint(app, path) for paths in PAGES.values() for path in paths}
    assert routes == {path: route for route, paths in PAGES.items() for path in paths}


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_page_is_a_page_of_less_than_a_hundred_kilobytes(site: Reader, path: str) -> None:
    page = site.get(path)
    assert (page.status, page.headers.get_content_type()) == (200, "text/html")
    assert page.tags.count("h1") == 1
    assert len(page.text.encode()) < LARGEST


@pytest.mark.parametrize("path", FAULTS)
def test_a_page_of_an_error_leads_on(site: Reader, path: str) -> None:
    page = site.get(path)
    assert (page.status in (400, 404), page.tags.count("h1")) == (True, 1)
    assert {"/", "/articles", "/people", "/events", "/statements"} <= {*page.links}


def classes(reader: Reader, base: str, paths: tuple[str, ...]) -> set[str]:
    """Return the names of the classes of what these pages are about."""
    things = " ".join(f"<{base}{path.removeprefix('/about/')}>" for path in paths if path.startswith("/about/"))
    query = f"SELECT DISTINCT ?class {{ VALUES ?thing {{ {things} }} ?thing a ?class }}"
    rows = reader.get(f"/sparql?query={quote(query)}", "text/csv").text.split()[1:]
    return {row.removeprefix(ONTOLOGY) for row in rows}


def test_every_class_with_a_page_of_its_own_has_an_address(site: Reader, series: Reader) -> None:
    over_series = classes(series, "https://example.org/strait/", OVER_THE_SERIES)
    assert PAGE_BY_CLASS.keys() - classes(site, BASE, PAGES["things.about"]) - over_series == set()


def test_queries_are_counted_of_every_page(app: Flask) -> None:
    counted = {endpoint(app, path.replace(MADE_UP_BASE, BASE)) for path in MADE_UP}
    assert PAGES.keys() - counted - QUERY_OF_ITS_OWN == set()
