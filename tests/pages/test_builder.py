"""The three boxes for those who write no SPARQL: what they are taken for, and that they stay as they were filled."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from rdflib import RDF, Literal, URIRef

from kg.datasets import GraphNames
from kg.namespaces import CQ
from kg.store import EmbeddedStore
from server import Settings, create_app
from server.pages.questions.question_builder import MAX_CANDIDATES
from server.search.text_search import SearchResult, TextSearch
from tests.pages.conftest import BUNDLES, Page, Reader, running
from tests.pages.test_many import Counting
from tests.pages.test_tools import editing

pytestmark = [
    pytest.mark.skipif(not (BUNDLES / "sparql.js").is_file(), reason="the pages' scripts are not made (make setup)"),
    pytest.mark.xdist_group("browser"),
]

MEETING = Literal("The meeting")


@pytest.mark.parametrize(
    ("boxes", "terms"),
    [
        ("who=Islamabad", {"data/organization/pakistan-government"}),
        ("where=Islamabad", {"data/place/islamabad"}),
        ("who=clinton&what=visit&where=Islamabad", {"data/person/hillary-clinton", "data/place/islamabad"}),
        ("who=ISI&what=denied", {"data/organization/isi", "scheme/act/deny"}),
        ("who=Kayani%0A}%20DROP%20ALL", {"data/person/ashfaq-parvez-kayani"}),
        ("", set()),
    ],
)
def test_boxes_name_things_in_a_query_that_the_server_answers(site: Reader, boxes: str, terms: set[str]) -> None:
    query = site.get(f"/editor/question?{boxes}", "application/sparql-query").text
    assert set(re.findall("<https://w3id.org/communique/((?:data|scheme)/[^>]*)>", query)) >= terms
    assert site.get(f"/sparql?query={quote(query)}", "text/csv").status == 200


@pytest.mark.parametrize(
    ("boxes", "number", "kinds"),
    [
        # Kayani states five things, takes part in one meeting and in nothing else.
        ("who=Kayani&what=said", 5, {"statement"}),
        ("who=Kayani&what=asks", 2, {"statement"}),
        ("who=Kayani&what=met", 1, {"event"}),
        ("who=Kayani&what=did&where=Clinton", 1, {"event"}),
        ("who=Kayani", 6, {"statement", "event"}),
    ],
)
def test_a_box_takes_words_for_whatever_is_said_or_done(site: Reader, boxes: str, number: int, kinds: set[str]) -> None:
    query = site.get(f"/editor/question?{boxes}", "application/sparql-query").text
    rows = [*csv.DictReader(io.StringIO(site.get(f"/sparql?query={quote(query)}", "text/csv").text))]
    things = {row["what"] for row in rows}
    assert (len(things), {thing.split("/")[-2] for thing in things}) == (number, kinds)


@pytest.mark.parametrize("boxes", ["who=qqzz", "what=frobnicate", "where=qqzz"])
def test_a_box_that_nothing_fits_is_named(site: Reader, boxes: str) -> None:
    page = site.get(f"/editor/question?{boxes}", "application/sparql-query")
    box, words = boxes.split("=")
    assert (page.status, f"The parameter '{box}' is '{words}': expected" in page.text) == (400, True)


def values_of_boxes(page: Page) -> dict[str, str]:
    """Return what the three boxes hold, by name."""
    boxes = re.findall(r'<input id="(who|what|where)" name="\1" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in boxes}


def test_a_question_in_boxes_keeps_them_in_the_address_of_its_answer(site: Reader) -> None:
    response = site.get("/editor/question?who=Kayani&what=said&where=")
    address = response.headers["Location"]
    assert response.status == 303
    assert parse_qs(urlsplit(address).query).keys() == {"who", "what", "query"}
    page = site.get(address)
    assert values_of_boxes(page) == {"who": "Kayani", "what": "said", "where": ""}
    assert "5 rows" in page.words


def test_boxes_that_nothing_fits_stay_filled_and_say_why(site: Reader) -> None:
    address = site.get("/editor/question?who=Kayani&where=qqzz").headers["Location"]
    page = site.get(address)
    assert (page.status, values_of_boxes(page)) == (400, {"who": "Kayani", "what": "", "where": "qqzz"})
    assert "The parameter 'where' is 'qqzz': expected a name that something in the graph has." in page.words


def test_a_name_of_several_things_lets_the_reader_choose_by_name_and_kind(wide: Tab) -> None:
    wide.goto("/sparql")
    wide.get_by_label("did or said what").fill("said")
    wide.get_by_label("about or where").fill("Pakistan")
    wide.get_by_role("button", name="Ask", exact=True).click()
    offer = wide.locator(".namesakes")
    expect(offer).to_have_text(
        "Pakistan was taken for Pakistan place. Also called so: the government of Pakistan organization"
    )
    expect(wide.locator("#status")).to_contain_text(" in ")
    offer.get_by_role("link").click()
    expect(wide.get_by_label("about or where")).to_have_value("the government of Pakistan")
    expect(wide.get_by_label("did or said what")).to_have_value("said")
    expect(wide.locator("#query")).to_have_value(re.compile("cq:about <[^>]*/organization/pakistan-government>"))
    expect(wide.locator("#look table.answer tbody tr")).not_to_have_count(0)
    expect(wide.locator(".namesakes")).to_have_count(0)


def test_an_edited_query_leaves_the_boxes_out_of_its_address(wide: Tab) -> None:
    wide.goto("/sparql")
    wide.get_by_label("Who", exact=True).fill("Kayani")
    wide.get_by_role("button", name="Ask", exact=True).click()
    expect(wide.locator("#status")).to_contain_text("6 rows")
    wide.reload()
    expect(wide.get_by_label("Who", exact=True)).to_have_value("Kayani")
    editing(wide, "SELECT * { VALUES ?n { 1 2 } }")
    wide.keyboard.press("Control+Enter")
    expect(wide.locator("#status")).to_contain_text("2 rows")
    assert parse_qs(urlsplit(wide.url).query).keys() == {"query"}


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, Counting]]:
    """Serve more things of one name than are examined, with the queries that are run."""
    names = GraphNames("https://data.example/")
    store = EmbeddedStore.open(tmp_path_factory.mktemp("namesakes"), names)
    events = [URIRef(f"{names.base}event/{number}") for number in range(MAX_CANDIDATES + 10)]
    with store.write() as change:
        triples = (triple for event in events for triple in ((event, RDF.type, CQ.Event), (event, CQ.name, MEETING)))
        change.add(f"{names.base}graph/events", triples)
        change.commit("events of one name", "2026-01-01T00:00:00Z")
    counting = Counting(store)
    with running(create_app(counting, Settings(base=names.base))) as reader:
        yield reader, counting


def test_a_name_of_many_things_has_few_of_them_looked_up(namesakes: tuple[Reader, Counting]) -> None:
    reader, counting = namesakes
    assert reader.get("/editor/question?where=meeting", "application/sparql-query").status == 200
    things = re.findall("<https://data.example/event/[0-9]+>", " ".join(counting.queries))
    assert len(set(things)) == MAX_CANDIDATES


@pytest.mark.parametrize("query", ["", "&query=ASK%7B%7D&format=html"])
def test_each_box_is_searched_once_for_a_page(
    namesakes: tuple[Reader, Counting], monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    searched: list[str] = []
    search = TextSearch.search

    def count(self: TextSearch, search_text: str, **options: Any) -> SearchResult:  # noqa: ANN401 -- those of `search`
        searched.append(search_text)
        return search(self, search_text, **options)

    monkeypatch.setattr(TextSearch, "search", count)
    page = namesakes[0].get(f"/sparql?who=nobody&where=meeting{query}")
    assert values_of_boxes(page) == {"who": "nobody", "what": "", "where": "meeting"}
    assert sorted(searched) == ["meeting", "nobody"]
