"""No IRI where a name is known, no word turned round on the way, and no link struck through."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.pages.conftest import BUNDLES, Reader

ARTICLE = "/about/article/haqqani-talks"
STATEMENT = "https://w3id.org/communique/data/article/haqqani-talks/statement"
ONTOLOGY = "https://w3id.org/communique/ontology#"
DENIAL = "The military official said that the Haqqanis are not under Pakistan&#39;s control, as Pakistan knows."
IRI = re.compile(r"(?:article|person|organization|place|post|topic)/[\w/-]+|https?://\S+")


def names_of_what_rests(site: Reader, passage: str) -> list[str]:
    """Return the texts of the links to what rests on a passage."""
    _, _, below = site.get(f"{ARTICLE}/passage/{passage}").text.partition("What rests on it")
    return re.findall(r'<a class="thing[^>]*><bdi>([^<]*)', below)


@pytest.mark.parametrize(
    ("passage", "name"),
    [
        (
            "3764-3902",
            f"{DENIAL} contradicts Mullen called the Haqqani network an arm of Pakistan&#39;s ISI.",
        ),
        ("5484-5511", "Douglas Lute as lieutenant general"),
    ],
    ids=["link", "rank"],
)
def test_a_passage_names_what_rests_on_it(site: Reader, passage: str, name: str) -> None:
    names = names_of_what_rests(site, passage)
    assert name in names
    assert not [shown for shown in names if IRI.fullmatch(shown)]


def test_why_says_what_the_act_does_to_what_is_said(site: Reader) -> None:
    denial = f"{STATEMENT}/official-not-in-our-pocket"
    network = "https://w3id.org/communique/data/organization/haqqani-network"
    page = site.get(f"/why?subject={denial}&predicate={quote(ONTOLOGY)}about&value={network}")
    content = "The Haqqani network is an instrument in the hand of Pakistan's intelligence service."
    assert page.words.count(f"says (what is denied, as not so) {content}") == 2
    assert f"says {content}" not in page.words


def test_what_joins_two_positions_strikes_no_link_through(wide: Tab) -> None:
    wide.goto("/disagreements")
    link = wide.locator(".between > a").first
    link.scroll_into_view_if_needed()
    line = wide.locator(".between").first.bounding_box()
    box = link.bounding_box()
    assert line
    assert box
    # The line is drawn in the middle of what stands between the two: there the link has to be above it.
    place = [box["x"] + box["width"] / 2, line["y"] + line["height"] / 2 + 1]
    assert box["y"] < place[1] < box["y"] + box["height"]
    assert wide.evaluate("([x, y]) => document.elementFromPoint(x, y).textContent", place) == "Cite"


@pytest.mark.skipif(not BUNDLES.is_dir(), reason="the scripts of the pages are not made")
def test_a_table_of_an_answer_calls_passages_by_their_place(wide: Tab) -> None:
    query = f"SELECT ?passage {{ <{STATEMENT}/official-not-in-our-pocket> <{ONTOLOGY}evidence> ?passage }}"
    wide.goto(f"/sparql?query={quote(query)}")
    title = "Pakistan, the United States and the Haqqani network, October 2011"
    expect(wide.locator("td[data-label=passage]")).to_have_text(f"characters 3764\u20133902 of {title}")
