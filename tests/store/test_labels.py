"""Columns of labels: one label a term, from any graph, and no function for the queries of others."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kg.datasets import GraphNames
from kg.formats import CSV, TURTLE
from kg.store import EmbeddedStore, Query, read_graph

DATA = """@prefix : <http://e/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix cq: <https://w3id.org/communique/ontology#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:a :p :several, :plain, :named, :bare, "text", [ rdfs:label "of a blank node" ] .
:several rdfs:label "Haus"@de, "house"@en, "casa"@it . :plain rdfs:label "z", "a", "b"@de .
:named rdfs:label "label" ; skos:prefLabel "preferred" ; cq:name "name" . :bare rdfs:label :a ."""


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    made = EmbeddedStore.open(tmp_path, GraphNames("http://e/"))
    with made.write() as change:
        change.replace_graph("http://e/graph", read_graph(DATA.encode(), TURTLE))
        change.commit("labels")
    return made


def rows(store: EmbeddedStore, text: str, *labels: str) -> list[dict[str, str]]:
    answer = store.query(Query(text, CSV, None, labels=labels))
    return [*csv.DictReader(io.StringIO(b"".join(answer.chunks).decode()))]


def test_each_term_has_its_one_preferred_label_or_none(store: EmbeddedStore) -> None:
    solutions = rows(store, "SELECT ?o (COUNT(?s) AS ?n) WHERE { GRAPH ?g { ?s <http://e/p> ?o } } GROUP BY ?o", "o")
    labels = {row["o"].removeprefix("http://e/"): row["oLabel"] for row in solutions if not row["o"].startswith("_:")}
    assert labels == {"several": "house", "plain": "a", "named": "name", "bare": "", "text": ""}
    assert [row["oLabel"] for row in solutions if row["o"].startswith("_:")] == [""]
    assert [*solutions[0]] == ["o", "oLabel", "n"]


def test_a_column_whose_name_begins_another_and_one_inside_an_expression_are_left(store: EmbeddedStore) -> None:
    text = "SELECT ?on (STR(?o) AS ?t) ?o WHERE { GRAPH ?g { ?s <http://e/p> ?o BIND(1 AS ?on) } } ORDER BY ?o LIMIT 1"
    assert [[*row] for row in rows(store, text, "o")] == [["on", "t", "o", "oLabel"]]


def test_a_query_that_asks_for_no_labels_has_no_such_function(store: EmbeddedStore) -> None:
    text = "SELECT (1 AS ?n) (<urn:communique:label>(<http://e/named>) AS ?l) WHERE {}"
    assert rows(store, text) == [{"n": "1", "l": ""}]
