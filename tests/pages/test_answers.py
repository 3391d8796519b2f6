"""Answers call things by name and write times as people read them, with the editor's script and without."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from rdflib import XSD

from kg.namespaces import ONTOLOGY
from server.pages.questions.sparql_form import MAX_ROWS
from server.pages.terms.literal_words import language_name, literal_words
from server.pages.terms.unlabelled_terms import term_words
from tests.pages.addresses import BASE
from tests.pages.conftest import BUNDLES, Reader

LITERALS = [
    ("2034-05-19T00:00:00", "dateTime", "2034-05-19"),
    ("2034-05-19T23:59:59", "dateTime", "2034-05-19 23:59"),
    ("2034-05-19T23:59:07.5+05:00", "dateTime", "2034-05-19 23:59:07.5 UTC+05:00"),
    ("2034-05-19T00:00:00Z", "dateTime", "2034-05-19 00:00 UTC"),
    ("2034-05-19", "date", "2034-05-19"),
    ("P1Y2M", "duration", "1 year 2 months"),
    ("-P3DT1H", "dayTimeDuration", "minus 3 days 1 hour"),
    ("true", "boolean", "yes"),
    ("2034-05-19T00:00:00", "string", "2034-05-19T00:00:00"),
    ("at noon", "dateTime", "at noon"),
]
TERMS = {
    "http://www.w3.org/2006/time#before": "before (OWL-Time)",
    "http://www.w3.org/2006/time#intervalDuring": "interval during (OWL-Time)",
    "http://semanticweb.cs.vu.nl/2009/11/sem/hasBeginTimeStamp": "has begin time stamp (Simple Event Model)",
    "http://xmlns.com/foaf/0.1/Person": "Person (FOAF)",
    "http://www.wikidata.org/entity/Q84300": "Q84300 (Wikidata)",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": "type",
    "https://creativecommons.org/licenses/by-sa/4.0/": "CC BY-SA 4.0",
    "http://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
}
LINKED = {"http://www.wikidata.org/entity/Q843": "Pakistan (Wikidata)"}
"""What has the name of the thing that is linked to it."""
CELLS = [f'"{value}"^^<{XSD[name]}>' for value, name, _ in LITERALS] + [f"<{iri}>" for iri in (*TERMS, *LINKED)]
QUERY = f"SELECT ?value {{ VALUES ?value {{ {' '.join(CELLS)} }} }}"
WORDS = [words for *_, words in LITERALS] + [*TERMS.values(), *LINKED.values()]


def test_literals_and_terms_have_words() -> None:
    assert [literal_words(value, str(XSD[name])) for value, name, _ in LITERALS] == WORDS[: len(LITERALS)]
    assert {iri: term_words(iri) for iri in TERMS} == TERMS
    assert not term_words("https://example.org/before")


def test_a_class_is_referred_to_in_words(site: Reader) -> None:
    page = site.get(f"/about?iri={quote(f'{ONTOLOGY}Person', safe='')}")
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td></tr>", page.text)
    references = [tuple(re.sub("<[^>]*>", "", cell).strip() for cell in row) for row in rows]
    assert ("an unnamed part of the ontology", "first (RDF)") in references
    assert ("the shape of person", "target class (SHACL)") in references
    assert not [start for start, _ in references if re.match("cqs?:|https?:|_:", start)]


def test_the_licence_has_its_name(site: Reader) -> None:
    link = '<a class="permalink" href="https://creativecommons.org/licenses/by/4.0/" rel="license noopener noreferrer">'
    assert f"{link}CC BY 4.0</a>" in site.get("/dataset").text


def test_languages_have_names(site: Reader) -> None:
    names = [language_name(tag) for tag in ("en", "en-GB", "zh-Hant", "ps", "tlh")]
    assert names == ["English", "English (en-GB)", "Chinese (zh-Hant)", "Pashto", "tlh"]
    assert "article · in English" in site.get("/about/article/haqqani-talks/").words


@pytest.mark.skipif(not BUNDLES.is_dir(), reason="the scripts of the pages are not made")
def test_a_table_has_the_same_words_with_the_script_and_without(site: Reader, wide: Tab) -> None:
    cells = re.findall(r"<td>(.*?)</td>", site.get(f"/sparql?query={quote(QUERY)}").text)
    assert [re.sub("<[^>]*>", "", cell) for cell in cells] == WORDS
    assert cells[1] == '<time datetime="2034-05-19T23:59:59" title="2034-05-19T23:59:59">2034-05-19 23:59</time>'
    wide.goto(f"/sparql?query={quote(QUERY)}")
    expect(wide.locator("#look td")).to_have_text(WORDS)
    assert wide.locator("#look td time").nth(1).get_attribute("title") == "2034-05-19T23:59:59"
    assert wide.locator("#look td bdi[title]").get_attribute("title") == "true"


def test_a_long_answer_has_pages_that_name_all_their_things(site: Reader) -> None:
    query = f"SELECT ?passage {{ ?passage a <{ONTOLOGY}Passage> }} ORDER BY ?passage"
    iris = site.get(f"/sparql?query={quote(query)}", "text/csv").text.split()[1:]
    read: list[str] = []
    path = f"/sparql?query={quote(query)}"
    while path:
        page = site.get(path)
        cells = re.findall(r"<td>(.*?)</td>", page.text)
        assert all("characters" in cell for cell in cells)
        assert f"Rows {len(read) + 1} to {len(read) + len(cells)}." in page.words
        read += cells
        path = next((link for link in page.links if link.endswith(f"&page={len(read) // MAX_ROWS + 1}")), "")
    assert len(iris) > MAX_ROWS
    assert [re.sub('.*/about/([^"]*)".*', r"\1", cell) for cell in read] == [iri.split("/data/")[1] for iri in iris]


def test_the_pages_of_an_answer_are_of_the_same_dataset_and_lead_back_from_beyond_the_end(site: Reader) -> None:
    query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 450"
    graph = f"{BASE}graph/article/haqqani-talks"
    path = f"/sparql?{urlencode({'query': query, 'default-graph-uri': graph}, safe='/')}"
    rows = [*csv.DictReader(io.StringIO(site.get(path, "text/csv").text))]
    first, second, third, beyond = (site.get(f"{path}&page={number}") for number in (1, 2, 3, 9))
    assert [site.get(link).text for page in (first, second) for link in page.links if "page=" in link] == [
        page.text for page in (second, first, third)
    ]
    assert rows[200]["s"].removeprefix(BASE) in second.text[second.text.index("<tbody>") :].partition("</tr>")[0]
    assert "This page of the answer is empty." in beyond.words
    assert [link for link in beyond.links if "page=" in link] == [f"{path}&page=3"]
    assert [site.get(f"{path}&page={number}").status for number in ("0", "-1", "1000001")] == [400] * 3


def test_triples_are_shown_by_the_names_of_their_things(site: Reader) -> None:
    query = f"CONSTRUCT {{ ?who a ?class }} {{ ?who a ?class ; <{ONTOLOGY}name> 'Ashfaq Parvez Kayani' }}"
    cells = re.findall(r"<td>(.*?)</td>", site.get(f"/sparql?query={quote(query)}").text)
    rows = {
        tuple(re.sub("<[^>]*>", "", cell) for cell in cells[start : start + 3]) for start in range(0, len(cells), 3)
    }
    assert ("Ashfaq Parvez Kayani", "type", "person") in rows
    assert ("Ashfaq Parvez Kayani", "type", "Person (FOAF)") in rows


def test_the_answer_of_a_question_calls_passages_by_their_place(site: Reader) -> None:
    page = site.get("/examples/71-oa-passages")
    assert "characters 7094\u20137116 of " in page.words
    cells = [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", page.text)]
    assert [cell for cell in cells if "passage/" in cell] == []


@pytest.mark.skipif(not BUNDLES.is_dir(), reason="the scripts of the pages are not made")
def test_an_answer_without_rows_says_so_with_the_script_and_without(site: Reader, wide: Tab) -> None:
    address = "/sparql?" + urlencode({"query": "SELECT ?nobody { ?nobody a <https://example.org/None> }"})
    sentence = "No rows: nothing in the data fits the query."
    assert sentence in site.get(address).words
    wide.goto(address)
    expect(wide.locator("#result")).to_contain_text(sentence)
    expect(wide.get_by_role("region", name="The answer as a table")).to_have_count(0)


@pytest.mark.skipif(not BUNDLES.is_dir(), reason="the scripts of the pages are not made")
def test_what_has_no_label_is_called_the_same_with_the_script_and_without(site: Reader, wide: Tab) -> None:
    query = f"SELECT ?thing {{ VALUES ?class {{ <{ONTOLOGY}Holding> <{ONTOLOGY}Passage> }} ?thing a ?class }} LIMIT 60"
    path = f"/sparql?{urlencode({'query': query})}"
    cells = re.findall(r"<td>(.*?)</td>", site.get(path).text)
    names = [unescape(re.sub("<[^>]*>", "", cell)) for cell in cells]
    assert "Douglas Lute as lieutenant general" in names
    assert any("characters" in name for name in names)
    wide.goto(path)
    expect(wide.locator("#look td")).to_have_text(names)
