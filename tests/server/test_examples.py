"""The example questions as RDF."""

from __future__ import annotations

import pytest
from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef

from kg.namespaces import SCHEMA
from server.descriptions.query_iris import query_iris
from tests.support.http_client import Client


def test_every_question_is_served_with_its_query(client: Client) -> None:
    graph = Graph().parse(data=client.get("/examples", "text/turtle").body, format="turtle")
    assert len(set(graph.subjects(RDF.type, SH.SPARQLExecutable))) == 2
    node = URIRef(client.address + "examples/who")
    assert graph.value(node, RDFS.comment) == Literal("Who knows whom?", lang="en")
    assert (node, RDF.type, SH.SPARQLSelectExecutable) in graph
    assert graph.value(node, SCHEMA.target) == URIRef(client.address + "sparql")
    assert client.query(str(graph.value(node, SH.select))).json["results"]["bindings"]


def test_one_question_is_served_alone_and_as_a_query(client: Client) -> None:
    graph = Graph().parse(data=client.get("/examples/any", "text/turtle").body, format="turtle")
    assert len(set(graph.subjects(RDF.type, SH.SPARQLAskExecutable))) == 1
    assert client.get("/examples/any", "application/sparql-query").text.endswith("ASK {}\n")


def test_an_unknown_question_is_not_found(client: Client) -> None:
    assert client.get("/examples/none").status == 404


@pytest.mark.parametrize("path", ["/", "/sparql", "/examples"])
def test_people_are_shown_the_questions(client: Client, path: str) -> None:
    assert "Who knows whom?" in client.get(path, "text/html").text


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("?s x:p ?o . FILTER(?o != x:o)", {"p"}),
        ("x:s <http://x/p> ?o ; x:q x:o", {"s", "p", "q", "o"}),
        ("?s x:p|x:q ?o ; x:r* ?c . OPTIONAL { ?s x:o x:p }", set()),
        ("?s x:p '1'^^x:t . GRAPH x:g { ?s x:q ?o }", {"p"}),
    ],
)
def test_a_query_needs_the_iris_of_its_required_patterns(pattern: str, needed: set[str]) -> None:
    places = query_iris(f"PREFIX x: <http://x/>\nSELECT * WHERE {{ {pattern} }}")
    assert {place.iri.removeprefix("http://x/") for place in places if place.required} == needed
