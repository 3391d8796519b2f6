"""Every format by the Accept header and by `?format=`, for every query form."""

from __future__ import annotations

import json
import re

import pytest

from kg.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from tests.support.http_client import Client

SELECT = "SELECT ?o { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o } ORDER BY ?o"
GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
DESCRIBE = "DESCRIBE <https://example.org/data/ann>"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.requirement("protocol", "2.1.6", "MUST", "SELECT and ASK are answered in a results format")
@pytest.mark.requirement("protocol", "2.1.5", "SHOULD", "the format is negotiated")
@pytest.mark.parametrize("format_", RESULT_FORMATS, ids=lambda format_: format_.name)
@pytest.mark.parametrize("text", [SELECT, "ASK {}"])
def test_results_come_in_every_format(client: Client, format_: Format, text: str) -> None:
    for reply in (client.query(text, format_.media_type), client.query(text, format=format_.name)):
        assert reply.status == 200
        assert reply.headers["Content-Type"] == f"{format_.media_type}; charset=utf-8"
        assert "Accept" in reply.headers["Vary"]
        assert reply.headers["Content-Disposition"].endswith(f'.{format_.extension}"')
        assert reply.text


@pytest.mark.requirement("protocol", "2.1.6", "MUST", "CONSTRUCT and DESCRIBE are answered in an RDF format")
@pytest.mark.parametrize("format_", GRAPH_FORMATS, ids=lambda format_: format_.name)
@pytest.mark.parametrize("text", [GRAPH, DESCRIBE])
def test_graphs_come_in_every_format(client: Client, format_: Format, text: str) -> None:
    for reply in (client.query(text, format_.media_type), client.query(text, format=format_.name)):
        assert reply.status == 200
        assert reply.headers["Content-Type"] == f"{format_.media_type}; charset=utf-8"
        assert "https://example.org/data/" in reply.text


NEGOTIATED = [
    (SELECT, None, "application/sparql-results+json"),
    (SELECT, "*/*", "application/sparql-results+json"),
    (SELECT, "application/json", "application/sparql-results+json"),
    (SELECT, "application/xml", "application/sparql-results+xml"),
    (SELECT, "text/*", "text/csv"),
    (SELECT, "text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values"),
    (SELECT, "application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
    (SELECT, "text/turtle, application/sparql-results+xml;q=0.1", "application/sparql-results+xml"),
    (SELECT, "text/csv;header=present", "text/csv"),
    (SELECT, "application/sparql-results+xml; charset=UTF-8", "application/sparql-results+xml"),
    (SELECT, "text/csv;header=absent;q=0.2, text/tab-separated-values;q=0.3", "text/tab-separated-values"),
    (SELECT, BROWSER, "text/html"),
    (GRAPH, None, "text/turtle"),
    (GRAPH, "*/*", "text/turtle"),
    (GRAPH, "application/json", "application/ld+json"),
    (GRAPH, "application/xml", "application/rdf+xml"),
    (GRAPH, "application/sparql-results+json, application/n-triples;q=0.2", "application/n-triples"),
    (GRAPH, 'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"', "application/ld+json"),
    (GRAPH, BROWSER, "text/html"),
]


@pytest.mark.parametrize(("text", "accept", "kind"), NEGOTIATED)
def test_the_preferred_format_is_returned(client: Client, text: str, accept: str | None, kind: str) -> None:
    reply = client.query(text, accept)
    assert (reply.status, reply.type) == (200, kind)


@pytest.mark.requirement("protocol", "2.1.5", "SHOULD", "406 if no format is acceptable")
@pytest.mark.parametrize("text", [SELECT, GRAPH])
def test_nothing_acceptable_is_a_406_that_lists_what_is_offered(client: Client, text: str) -> None:
    reply = client.query(text, "image/png")
    assert reply.status == 406
    assert all(format_.media_type in reply.text for format_ in (*RESULT_FORMATS, *GRAPH_FORMATS))


def test_a_graphs_format_for_results_is_a_406_that_lists_the_results_formats(client: Client) -> None:
    reply = client.query(SELECT, "text/turtle, application/problem+json;q=0.9")
    assert reply.status == 406
    assert reply.json["offered"] == [format_.media_type for format_ in RESULT_FORMATS]


def test_a_results_format_for_a_graph_is_a_406_that_lists_the_graph_formats(client: Client) -> None:
    reply = client.query(GRAPH, "text/csv", format="csv")
    assert reply.status == 406
    assert all(format_.media_type in reply.text for format_ in GRAPH_FORMATS)
    assert "text/csv" not in reply.text.partition("expected")[2]


def test_an_error_is_returned_in_the_preferred_format(client: Client) -> None:
    assert client.get("/nowhere", BROWSER).type == "text/html"
    assert client.get("/nowhere", "application/json").type == "application/problem+json"
    assert json.loads(client.get("/nowhere", "application/json").body)["status"] == 404
    assert client.get("/nowhere", "image/png").type == "text/plain"


def test_a_browser_without_a_query_is_shown_the_form(client: Client) -> None:
    reply = client.get("/sparql", BROWSER)
    assert (reply.status, reply.type) == (200, "text/html")
    assert "<textarea" in reply.text


def test_markup_in_literals_is_escaped(client: Client) -> None:
    reply = client.query(SELECT, BROWSER)
    assert "&lt;b&gt;bold&lt;/b&gt;" in reply.text
    assert "<b>" not in reply.text


def test_the_first_page_lists_the_graphs(client: Client) -> None:
    reply = client.get("/", BROWSER)
    assert reply.status == 200
    assert re.search(r'href="/data/graph/article/one"[^>]*><bdi>graph/article/one</bdi>', reply.text)


@pytest.mark.parametrize(
    "parameters", ["format=json-ld&format=application/ld%2Bjson", "format=&format=jsonld", "format=x,jsonld"]
)
def test_the_first_known_format_of_several_is_used(client: Client, parameters: str) -> None:
    reply = client.get(f"/sparql?{parameters}&query=CONSTRUCT%20WHERE%20%7B%3Fs%20%3Fp%20%3Fo%7D")
    assert (reply.status, reply.type) == (200, "application/ld+json")


@pytest.mark.parametrize("path", ["/", "/sparql?query=ASK%7B%7D", "/nowhere", "/data/ann", "/about/ann"])
def test_every_response_has_security_headers(client: Client, path: str) -> None:
    headers = client.get(path, BROWSER).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers
