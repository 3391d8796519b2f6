"""Search, as a page and as data."""

from __future__ import annotations

import csv
import io

from rdflib import Graph, URIRef

from kg.namespaces import CQ
from tests.pages.conftest import Reader

KAYANI = "https://w3id.org/communique/data/person/ashfaq-parvez-kayani"


def test_search_results_are_available_as_data(site: Reader) -> None:
    assert "Ashfaq Parvez Kayani" in site.get("/search?q=KAYANI").words
    rows = [*csv.DictReader(io.StringIO(site.get("/search?q=KAYANI&format=csv").text))]
    graph = Graph().parse(data=site.get("/search?q=KAYANI", "text/turtle").text, format="turtle")
    assert KAYANI in {row["thing"] for row in rows}
    assert {URIRef(row["thing"]) for row in rows} == {*graph.subjects(unique=True)}
    assert (URIRef(KAYANI), CQ.name) in {(s, p) for s, p in graph.subject_predicates()}


def test_a_search_with_many_results_is_marked_as_incomplete(site: Reader) -> None:
    assert "These are the 200 with the shortest names" in site.get("/search?q=a").words
    assert len(site.get("/search?q=a").text.encode()) < 100_000


def test_an_empty_search_repeats_the_words(site: Reader) -> None:
    assert "Nothing has nowhere-to-be-found in its name" in site.get("/search?q=nowhere-to-be-found").words
