"""No IRI where a name is known, no word turned round on the way, and no link struck through."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from rdflib import SKOS, Graph

from kg.datasets import Owner
from kg.namespaces import CQ, SCHEME
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.conftest import BUNDLES, HOSTILE, Reader, running

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
    assert page.words.count(f"says (what is denied) {content}") == 2
    assert f"says {content}" not in page.words


def test_what_joins_two_positions_strikes_no_link_through(wide: Tab) -> None:
    wide.goto("/disagreements")
    link = wide.locator(".between a").first
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
    expect(wide.locator("td[data-label=passage]")).to_have_text(f"\u00b6\u00a08, characters 3764\u20133902 of {title}")


def test_who_denies_that_somebody_says_something_turns_it_round_in_rows_and_in_the_last_card(tmp_path: Path) -> None:
    store, base = EmbeddedStore.open(tmp_path, HOSTILE), HOSTILE.base
    text = f"""@prefix cq: <{CQ}> . @prefix skos: <{SKOS}> . @prefix s: <{SCHEME}> . @prefix : <{base}> .
    :outer a cq:Statement ; cq:relays :inner ; cq:relaysEventually :inner ; cq:gist "Ana denies it." ;
      cq:source :ana ; cq:act s:act\\/deny ; cq:polarity s:polarity\\/negative ; cq:about :sea .
    :inner a cq:Statement ; cq:says :content ; cq:gist "Bo said that the sea was closed." ;
      cq:source :bo ; cq:act s:act\\/assert ; cq:polarity s:polarity\\/positive ; cq:about :sea .
    :content a cq:Proposition ; cq:gist "The sea is closed." .
    :ana a cq:Person ; cq:name "Ana" . :bo a cq:Person ; cq:name "Bo" .
    :sea a skos:Concept ; skos:prefLabel "the sea" .
    s:act\\/deny skos:prefLabel "deny" . s:act\\/assert skos:prefLabel "assert" .
    s:polarity\\/negative skos:prefLabel "negative" . s:polarity\\/positive skos:prefLabel "positive" ."""
    with store.write() as change:
        change.replace_graph(HOSTILE.article("a"), Graph().parse(data=text, format="turtle"), Owner.BUILD)
        change.commit("a denial", "2026-01-01T00:00:00Z")
    with running(create_app(UnlimitedStore(store), Settings(base=base))) as reader:
        page, rows, outer = (reader.get(f"/about/{name}").words for name in ("inner", "bo", "outer"))
    assert "What is said (it is denied that this was said) The sea is closed." in page
    assert "Bo passed on by Ana as not said" in rows
    assert "passed on" not in outer


def test_facets_have_the_words_of_the_chips(site: Reader) -> None:
    facet = re.search(r"<h2>What is put forward</h2>.*?</details>", site.get("/statements").text, re.DOTALL)
    assert facet
    values = re.findall(r"<bdi>([^<]*)</bdi></a> <span class=\"count\">(\d+)", facet[0])
    assert {word for word, _ in values} == {
        "that something is so",
        "that something is not so",
        "something, whether it is so left open",
    }
    assert sum(int(number) for _, number in values) == 86
    assert "What is put forward: that something is not so" in site.get("/statements?polarity=negative").words


def test_a_graph_is_called_by_what_it_holds(site: Reader, series: Reader) -> None:
    title = "Pakistan, the United States and the Haqqani network, October 2011"
    words = {
        "graph/article/haqqani-talks": f"facts of \u201c{title}\u201d",
        "graph/authority": "people, organizations and places that articles share",
        "graph/inferred": "what follows from the others and the ontology",
        "graph/ontology": "the ontology and its schemes",
        "graph/outside": "knowledge from outside the articles",
        "graph/shapes": "the shapes",
    }
    assert {rest: name for rest, name in names_of_graphs(site, "/").items() if rest in words} == words
    of_series = names_of_graphs(series, "/dataset")
    title = "A fire on a ferry (the first article of an invented series)"
    assert of_series["graph/article/ferry-fire"] == f"facts of \u201c{title}\u201d"
    shared = words.keys() & of_series.keys()
    assert len(shared) >= 4
    assert {rest: of_series[rest] for rest in shared} == {rest: words[rest] for rest in shared}


def names_of_graphs(reader: Reader, path: str) -> dict[str, str]:
    """Return what a page calls the graphs that it leads to, by the rest of their names."""
    links = re.findall(r'href="/data/(graph/[^"]+)"[^>]*>(?:<bdi>)?([^<]*)', reader.get(path).text)
    return {rest: unescape(name) for rest, name in links}
