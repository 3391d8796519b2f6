"""Pages whose scripts do not come: what they offer works as without scripts, and a part that is missing says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.pages.addresses import BASE, GIST, TALKS
from tests.pages.conftest import BUNDLES
from tests.support.chromium import CHROMIUM

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.skipif(not (BUNDLES / "network.js").is_file(), reason="the pages' scripts are not made (make setup)"),
    pytest.mark.xdist_group("browser"),
]
STATEMENT = f"{BASE}article/haqqani-talks/statement/official-not-in-our-pocket"
TEMPLATES = Path(__file__).parents[2] / "server" / "templates"
SCRIPTED = {
    "article.js": f"{TALKS}/",
    "cite.js": f"/cite?iri={STATEMENT}",
    "collect.js": f"/collect?iri={STATEMENT}",
    "menu.js": "/people",
    "network.js": "/network",
    "question.js": "/examples/12-said-at-the-talks",
    "sparql.js": f"/sparql?query={GIST}",
    "timeline.js": "/timeline",
}
"""A page with each script."""


def blocked(tab: Tab, path: str, names: str = "*") -> None:
    """Open a page to which these scripts do not come."""
    tab.route(f"**/bundles/{names}", lambda route: route.abort())
    tab.goto(path)


def test_every_page_with_a_script_is_tried() -> None:
    named = {
        name for path in TEMPLATES.glob("*.html") for name in re.findall(r"bundle\(.([a-z]+\.js)", path.read_text())
    }
    assert named - {"layout.js"} == {*SCRIPTED}


@pytest.mark.parametrize("path", SCRIPTED.values(), ids=SCRIPTED)
def test_a_page_without_its_script_waits_for_nothing_and_offers_nothing_that_needs_it(wide: Tab, path: str) -> None:
    blocked(wide, path)
    assert wide.evaluate("[...document.querySelectorAll('.scripts-only')].filter(e => e.checkVisibility()).length") == 0
    assert "Waiting" not in wide.inner_text("main")
    assert wide.get_by_role("button", name="Copy").count() == 0
    assert wide.locator("main h1").is_visible()


def test_the_network_without_its_script_is_a_list_with_filters(wide: Tab) -> None:
    blocked(wide, "/network")
    expect(wide.get_by_role("heading", name="The most connected")).to_be_visible()
    wide.get_by_label("from", exact=True).fill("2011-10-21")
    wide.get_by_role("button", name="Show", exact=True).click()
    expect(wide).to_have_url(re.compile("since=2011-10-21"))
    wide.get_by_role("link", name="27", exact=True).or_(wide.locator("td.number a")).first.click()
    expect(wide).to_have_url(re.compile("around="))


def test_a_query_without_the_script_is_answered_by_names(wide: Tab) -> None:
    blocked(wide, "/sparql")
    wide.locator("#query").fill("SELECT ?s ?act { ?s <https://w3id.org/communique/ontology#act> ?act } LIMIT 20")
    wide.get_by_role("button", name="Run").click()
    cells = wide.locator("table.answer td")
    expect(cells).to_have_count(40)
    assert [words for words in cells.all_inner_texts() if "http" in words] == []
    assert all(
        href.startswith("/") for href in cells.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    )


def test_a_picture_whose_layout_does_not_come_stands_on_a_circle_and_says_so(wide: Tab) -> None:
    blocked(wide, "/network", "layout.js*")
    expect(wide.locator("#network-status")).to_contain_text("did not load: everything stands on a circle")
    expect(wide.locator("#tool")).to_have_attribute("data-placed", "")
    places = wide.evaluate("[...document.querySelector('#tool').view.places]")
    radii = {round((x * x + y * y) ** 0.5) for x, y in zip(places[::2], places[1::2], strict=True)}
    assert (len(places), radii) == (30, {40 + 12 * 15})
    assert len(set(zip(places[::2], places[1::2], strict=True))) == 15


def test_the_editor_that_does_not_come_leaves_the_field_in_which_queries_run(wide: Tab) -> None:
    blocked(wide, f"/sparql?query={GIST}", "editor-*")
    wide.locator("#query").click()
    wide.locator("#query").fill("SELECT (1 AS ?one) {}")
    wide.get_by_role("button", name="Run").click()
    expect(wide.locator("#look td")).to_have_text(["1"])
    expect(wide.locator("#query")).to_be_visible()
