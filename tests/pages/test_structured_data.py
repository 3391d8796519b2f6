"""The data block in the heads of pages: the same as `?format=schema.org`, within the Content-Security-Policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from playwright.sync_api import Browser
from rdflib import Literal

from kg.datasets import Owner
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.conftest import HOSTILE, HUGE, OVERRIDE, SCRIPT, Reader, hostile, running

TALKS = "/about/article/haqqani-talks"
IRI = "https://w3id.org/communique/data/article/haqqani-talks"
CLAIM = f"{TALKS}/statement/official-not-in-our-pocket"
EMBEDDED = {
    CLAIM: "Claim",
    f"{TALKS}/": "NewsArticle",
    "/about/person/hillary-clinton": "Person",
    "/about/organization/isi": "Organization",
    f"{TALKS}/event/press-conference": "Event",
}


def exported(site: Reader, path: str) -> dict[str, Any]:
    reply = site.get(f"{path}?format=schema.org")
    assert (reply.status, reply.headers.get_content_type()) == (200, "application/ld+json")
    document = json.loads(reply.text)
    assert document["@context"] == "https://schema.org"
    node: dict[str, Any] = document["@graph"][0]
    return node


@pytest.mark.parametrize("path", EMBEDDED)
def test_a_page_has_the_node_of_its_thing(site: Reader, path: str) -> None:
    embedded = json.loads(site.get(path).structured)
    assert embedded.pop("@context") == "https://schema.org"
    assert embedded.pop("mainEntityOfPage") == f"{site.address}{path}"
    assert embedded["@type"] == EMBEDDED[path]
    assert embedded == exported(site, path)


def test_a_denial_is_a_claim_with_its_chain(site: Reader) -> None:
    node = exported(site, CLAIM)
    assert node["creditText"] == (
        "The article tells that a Pakistani military official denied (on behalf of the government of Pakistan) that "
        "this is so: The Haqqani network is an instrument in the hand of Pakistan's intelligence service."
    )
    assert node["appearance"]["@id"] == f"{IRI}/"


def test_pages_of_what_is_no_fact_and_no_claim_have_none(site: Reader) -> None:
    scenario = f"{TALKS}/scenario/breakup-of-the-force"
    for path in (scenario, "/about/place/kabul", "/statements", "/", f"/cite?iri={IRI}/statement/us-expectations"):
        page = site.get(path)
        assert (page.status, page.structured) == (200, "")
    assert exported(site, scenario)["@type"] == "Thing"


def test_no_markup_of_the_data_ends_the_block(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path, HOSTILE)
    with store.write() as change:
        triples = [triple for triple in hostile(HOSTILE.base) if triple[2] != Literal(HUGE)]
        change.replace_graph(HOSTILE.article("a"), triples, Owner.BUILD)
        change.commit("hostile", "2026-01-01T00:00:00Z")
    with running(create_app(UnlimitedStore(store), Settings(base=HOSTILE.base))) as reader:
        page = reader.get("/about/person")
    node = json.loads(page.structured)
    assert (node["name"], node["alternateName"]) == (SCRIPT, [OVERRIDE])
    block = page.text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(block) == node
    assert block.isascii()
    assert not {"<", ">", "&"} & {*block}


def test_an_endless_name_is_left_out_of_the_page(hostile_site: Reader) -> None:
    page = hostile_site.get("/about/person")
    assert (page.status, page.structured) == (200, "")
    assert HUGE in exported(hostile_site, "/about/person")["alternateName"]


def test_a_browser_runs_and_reports_nothing(browser: Browser, site: Reader) -> None:
    tab = browser.new_page()
    messages = list[str]()
    tab.on("console", lambda message: messages.append(message.text))
    tab.on("pageerror", lambda error: messages.append(str(error)))
    tab.goto(site.address + CLAIM)
    assert json.loads(tab.locator('script[type="application/ld+json"]').text_content() or "")["@id"].startswith(IRI)
    assert [message for message in messages if "Content Security Policy" in message or "script" in message] == []
    tab.close()


def test_the_nanopublication_of_a_statement_comes_over_http(site: Reader) -> None:
    reply = site.get(f"{CLAIM}?format=nanopub")
    assert (reply.status, reply.headers.get_content_type()) == (200, "application/trig")
    quads = [*ox.parse(reply.text.encode(), ox.RdfFormat.TRIG)]
    assert len({str(quad.graph_name) for quad in quads}) == 4
    refused = site.get("/about/place/kabul?format=nanopub")
    assert refused.status == 400
    assert "is neither a statement nor an article" in refused.text
    assert site.get(CLAIM, accept="application/trig").text != reply.text
