"""Search, as a page and as data."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from rdflib import SKOS, Graph, URIRef

from kg.datasets import Owner
from kg.namespaces import CQ, SCHEME
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.conftest import HOSTILE, Example, Reader, running

KAYANI = "https://w3id.org/communique/data/person/ashfaq-parvez-kayani"


def test_search_results_are_available_as_data(site: Reader) -> None:
    assert "Ashfaq Parvez Kayani" in site.get("/search?q=KAYANI").words
    rows = [*csv.DictReader(io.StringIO(site.get("/search?q=KAYANI&format=csv").text))]
    graph = Graph().parse(data=site.get("/search?q=KAYANI", "text/turtle").text, format="turtle")
    assert KAYANI in {row["thing"] for row in rows}
    assert {URIRef(row["thing"]) for row in rows} == {*graph.subjects(unique=True)}
    assert (URIRef(KAYANI), CQ.name) in {(s, p) for s, p in graph.subject_predicates()}


def test_a_search_with_many_results_is_marked_as_incomplete(site: Reader) -> None:
    page = site.get("/search?q=the")
    assert "These are the best 100 of" in page.words
    assert len(page.text.encode()) < 100_000


def test_an_empty_search_repeats_the_words(site: Reader) -> None:
    assert "Nothing has qqzz-xxyy in a name, a post" in site.get("/search?q=qqzz-xxyy").words


def test_a_search_says_what_it_took_a_word_for_and_marks_it(site: Reader) -> None:
    page = site.get("/search?q=hakkani")
    assert "Nothing has hakkani: showing similar spellings." in page.words
    assert "the <mark>Haqqani</mark> network" in page.text


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("kayani", r"\d+ things with \u201ckayani\u201d in"),
        ("hakkani", r"\d+ things nearest to \u201chakkani\u201d in"),
        ("haqqani+qqzz-xxyy", r"\d+ things nearest to \u201chaqqani qqzz-xxyy\u201d in"),
    ],
)
def test_a_search_is_described_by_what_it_found(site: Reader, words: str, start: str) -> None:
    (described,) = re.findall(r'property="og:description" content="([^"]*)"', site.get(f"/search?q={words}").text)
    assert re.match(start, described)


def test_a_result_says_each_thing_that_its_source_says_is_not_so(tmp_path: Path) -> None:
    store, base = EmbeddedStore.open(tmp_path, HOSTILE), HOSTILE.base
    text = f"""@prefix cq: <{CQ}> . @prefix skos: <{SKOS}> . @prefix s: <{SCHEME}> . @prefix : <{base}> .
    :both a cq:Statement ; cq:gist "Ana denied two rumours." ; cq:says :dam, :sea ;
      cq:source :ana ; cq:act s:act\\/deny ; cq:polarity s:polarity\\/negative .
    :dam a cq:Proposition ; cq:gist "The dam leaks." . :sea a cq:Proposition ; cq:gist "The sea is closed." .
    :ana a cq:Person ; cq:name "Ana" . s:act\\/deny skos:prefLabel "deny" ."""
    with store.write() as change:
        change.replace_graph(HOSTILE.article("a"), Graph().parse(data=text, format="turtle"), Owner.BUILD)
        change.commit("a denial", "2026-01-01T00:00:00Z")
    with running(create_app(UnlimitedStore(store), Settings(base=base))) as reader:
        words = reader.get("/search?q=rumours").words
    assert "Ana \u00b7 denied that this is so: The dam leaks. The sea is closed." in words


def test_a_search_finds_the_text_at_hand_and_leads_to_the_place(
    site: Reader, with_text: Reader, example: Example
) -> None:
    page = with_text.get("/search?q=opened+talks+pm")
    (link,) = [link for link in page.links if "?passage=" in link]
    start, end = link.partition("passage=")[2].partition("#")[0].split("-")
    assert example.text[int(start) : int(end)] == "talks opened at 10 p.m"
    assert not [link for link in site.get("/search?q=talks").links if "?passage=" in link]


def test_accounts_of_one_occurrence_are_one_result(series: Reader) -> None:
    page = series.get("/search?q=ferry+fire")
    events = page.text.partition('id="kind-event"')[2].partition("</section>")[0]
    assert [*re.findall(r'href="([^"]+)"', events)] == ["/about/occurrence/fire"]
    assert "the fire on the ferry Marta 3 accounts" in page.words
    utterance = series.get("/search?q=%C5%A0eri%C4%87+closure+do").text.partition('id="kind-utterance"')[2]
    assert "Utterances" in utterance
    assert "/about/utterance/closure-ruins-the-harbour" in utterance.partition("</section>")[0]
    rows = [*csv.DictReader(io.StringIO(series.get("/search?q=ferry+fire&format=csv").text))]
    assert len([row for row in rows if row["thing"].endswith(("/event/fire", "/occurrence/fire"))]) == 4


def test_letters_are_found_without_the_marks_on_them(series: Reader) -> None:
    page = series.get("/search?q=seric+merel")
    assert "Nothing has seric" not in page.words
    assert "The harbour of Port-<mark>Mérel</mark> is ruined" in page.text
    person = "https://example.org/strait/person/jovan-seric"
    for words in ("seric", "%C5%A0eri%C4%87", "%C5%A0ERIC"):
        rows = series.get(f"/search?q={words}&format=csv").text
        assert person in {row["thing"] for row in csv.DictReader(io.StringIO(rows))}


def test_statements_are_found_without_the_marks_on_letters_too(series: Reader) -> None:
    lists = [
        series.get(f"/statements?q={words}&format=csv").text for words in ("seric+harbour", "%C5%A0eri%C4%87+harbour")
    ]
    assert lists[0] == lists[1]
    assert len({row["statement"] for row in csv.DictReader(io.StringIO(lists[0]))}) == 2
    assert "2 statements with seric harbour" in series.get("/statements?q=seric+harbour").words


def test_a_word_that_only_the_text_has_is_no_misspelt_one(with_text: Reader, site: Reader) -> None:
    page = with_text.get("/search?q=ferrymen")
    assert "Nothing has" not in page.words
    assert "the <mark>ferrymen</mark> of the northern isles" in page.text
    page = with_text.get("/search?q=tarrant+ferrymen")
    assert "Only texts have all of the words: also showing what has 1 of 2." in page.words
    assert "<mark>Tarrant</mark> told reporters on Wednesday" in page.text
    assert "Nothing has ferrymen" in site.get("/search?q=ferrymen").words


def test_what_is_planned_or_denied_is_not_found_as_a_fact(site: Reader) -> None:
    page = site.get("/search?q=haqqani")
    assert "Planned, feared or demanded 9 new attacks by the Haqqani network only spoken of by the article" in (
        page.words
    )
    denied = "The Haqqani network is an instrument in the hand of Pakistan's intelligence service."
    assert page.words.count(denied) == 1
    assert f"What is denied: {denied}" in page.words
    assert "Part of what is predicted: The Haqqani network sends Pakistan away." in page.words


def test_statements_that_a_search_finds_have_the_columns_of_their_list(series: Reader) -> None:
    def rows(path: str, key: str) -> dict[str, dict[str, str]]:
        return {row[key]: row for row in csv.DictReader(io.StringIO(series.get(path).text))}

    listed, hits = rows("/statements?format=csv", "statement"), rows("/search?q=tarrant&format=csv", "thing")
    columns = ["side", "quote", "act", "actLabel", "polarityLabel", "certaintyLabel", "behalfLabel", "outerLabel"]
    columns += ["occasionLabel", "articleLabel"]
    statements = [thing for thing in hits if thing in listed]
    assert len(statements) > 5
    for statement in statements:
        assert [hits[statement][name] for name in columns] == [listed[statement][name] for name in columns]
        assert hits[statement]["sourceLabel"] == listed[statement]["sourceName"]
    assert any(hits[statement]["quote"] for statement in statements)
    assert any(hits[statement]["outerLabel"] for statement in statements)


def test_a_word_is_no_misspelling_of_a_much_shorter_one(site: Reader) -> None:
    assert "Nothing has ships in a name, a post" in site.get("/search?q=ships").words
    assert "Nothing has hakani: showing similar spellings." in site.get("/search?q=hakani").words
