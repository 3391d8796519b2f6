"""The questions of docs/many-articles.md have the answers that a small graph of three articles gives by reading."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import Graph, Namespace, URIRef
from rdflib.query import ResultRow

from kg.app.schema import read_schema
from kg.reasoning.graph_reasoner import infer

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "many-articles.md").read_text("utf-8")
QUESTIONS = re.findall(r"^\*\*(.+?)\*\*.*?^```sparql\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
PREFIXES = dict(re.findall(r"^PREFIX (\w*): <(.+)>$", PAGE, re.MULTILINE))
FACTS = """
:h1 cq:post :minister ; cq:incumbent :ann ; cq:inArticle :first ; cq:asOf "2034-01-01T00:00:00"^^xsd:dateTime ;
    cq:knownFrom "2033-06-30T23:59:59"^^xsd:dateTime ; cq:knownUntil "2034-01-01T00:00:00"^^xsd:dateTime .
:h2 cq:post :minister ; cq:formerHolder :ann ; cq:inArticle :third ; cq:asOf "2034-03-01T00:00:00"^^xsd:dateTime ;
    cq:earliestEnd "2034-02-05T00:00:00"^^xsd:dateTime .
:h3 cq:post :minister ; cq:incumbent :bob ; cq:inArticle :third ; cq:asOf "2034-03-01T00:00:00"^^xsd:dateTime ;
    cq:knownFrom "2034-02-05T23:59:59"^^xsd:dateTime ; cq:knownUntil "2034-03-01T00:00:00"^^xsd:dateTime .
:h4 cq:post :envoy ; cq:incumbent :cem ; cq:inArticle :first .
:h5 cq:post :envoy ; cq:incumbent :cem ; cq:inArticle :third .
:fire1 a cq:Event ; cq:accountOf :fire ; cq:inArticle :first ; cq:hasParticipation :p1 .
:fire2 a cq:Event ; cq:accountOf :fire ; cq:inArticle :second ; cq:hasParticipation :p2 .
:p1 cq:capacity capacity:injured ; cq:count 23 ; cq:participant :injured .
:p2 cq:capacity capacity:injured ; cq:count 26 ; cq:participant :injured .
:fire2 cq:hasParticipation :p3 . :p3 cq:capacity capacity:injured ; cq:count 3 ; cq:participant :sailors .
:n1 cq:says :many ; cq:source :port ; cq:gist "Twenty-three are hurt." . :many cq:describes :fire1 .
:n2 cq:says :few ; cq:source :guild ; cq:gist "Nine are hurt." . :few cq:describes :fire2 . :n3 cq:withdraws :n2 .
:sailors cq:memberOf :injured . :s11 cq:withdraws :s4 ; cq:source :nobody .
:blockade a cq:Scenario ; cq:status status:feared . :closing cq:realizes :blockade .
:landing a cq:Scenario ; cq:status status:feared .
:flood a cq:Scenario ; cq:status status:feared . :s10 cq:affirmsHappening :flood ; cq:source :dee .
:official a cq:Person ; cq:identifiedAs :vuk . :vuk a cq:Person . :dee a cq:Person . :nobody a cq:Voice .
:s1 cq:says :claim ; cq:polarity polarity:positive ; cq:source :official .
:s2 cq:says :claim ; cq:polarity polarity:positive ; cq:source :vuk . :s3 cq:relays :s1 ; cq:source :dee .
:s4 cq:says :claim ; cq:polarity polarity:positive ; cq:source :nobody .
:aide1 a cq:Person . :aide2 a cq:Person . :aide3 a cq:Person ; cq:identifiedAs :eva . :eva a cq:Person .
:t1 cq:says :claim ; cq:polarity polarity:positive ; cq:source :aide1 ; cq:tellingOf :once .
:t2 cq:says :claim ; cq:polarity polarity:positive ; cq:source :aide2 ; cq:tellingOf :once .
:t3 cq:source :aide3 ; cq:tellingOf :again . :t4 cq:source :aide2 ; cq:tellingOf :again .
:t5 cq:says :claim ; cq:polarity polarity:positive ; cq:source :eva .
:s5 cq:says :claim ; cq:polarity polarity:negative ; cq:source :dee ; cq:revises :s6 . :s6 cq:source :dee .
:s7 cq:source :envoys ; cq:sourceSide :government .
:s8 cq:relays :s7 ; cq:agentSource :dee . :s9 cq:source :eva ; cq:onBehalfOf :government .
:fire1 cq:nearestPlace :quay ; cq:evidence :words . :words cq:startOffset 3 ; cq:endOffset 9 .
"""
ANSWERS = {
    "Who certainly held": [("bob", "third")],
    "Who held a post": [("ann",)],
    "What is said": [("port", "Twenty-three are hurt.")],
    "Who holds it": [("bob", "2034-03-01T00:00:00")],
    "Which posts changed": [("minister", "ann", "bob")],
    "Where do accounts": [("fire", "first", "23"), ("fire", "second", "26")],
    "What became": [("blockade", "closing", "None"), ("flood", "s10", "dee")],
    "How many independent": [("claim", "2")],
    "Who changed position": [("dee", "s6", "s5")],
    "What did one side": [("s7", "dee"), ("s9", "None")],
    "Where does it say": [("fire1", "quay", "3", "9")],
}


@pytest.fixture(scope="module")
def world() -> Graph:
    declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    facts = Graph().parse(data=declared + FACTS)
    return facts + infer(facts, read_schema().ontology)


def test_every_question_of_the_document_has_a_tested_answer() -> None:
    assert len(QUESTIONS) == len(ANSWERS)


@pytest.mark.parametrize(("question", "query"), QUESTIONS, ids=[question[:20] for question, _ in QUESTIONS])
def test_a_question_of_the_page_has_the_answer_of_a_close_reading(question: str, query: str, world: Graph) -> None:
    (expected,) = (rows for start, rows in ANSWERS.items() if question.startswith(start))
    result = world.query(query, initNs={name: Namespace(iri) for name, iri in PREFIXES.items()})
    rows = [tuple(short(term) for term in row) for row in result if isinstance(row, ResultRow)]
    assert (rows if "ORDER BY" in query else sorted(rows)) == expected


def short(term: object) -> str:
    return str(term).removeprefix("https://example.org/") if isinstance(term, URIRef) else str(term)
