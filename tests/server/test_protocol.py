"""The query operation (SPARQL 1.1 Protocol, section 2.1), over real sockets."""

from __future__ import annotations

import socket
from urllib.parse import quote, urlencode

import pytest

from tests.support.http_client import Client
from tests.support.waiting import PATIENCE

ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"
ONE = "https://example.org/data/graph/article/one"
TWO = "https://example.org/data/graph/authority"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


@pytest.mark.requirement("protocol", "2.1.1", "MUST", "a query in the address is answered by GET")
def test_a_query_by_get_is_answered(client: Client) -> None:
    reply = client.query(ALL)
    assert reply.status == 200
    assert len(reply.json["results"]["bindings"]) == 7


@pytest.mark.requirement("protocol", "2.1.2", "MUST", "a query in a form is answered by POST")
def test_a_query_by_form_is_answered(client: Client) -> None:
    reply = client.post("/sparql", urlencode({"query": ALL}), FORM)
    assert reply.status == 200
    assert len(reply.json["results"]["bindings"]) == 7


@pytest.mark.requirement("protocol", "2.1.3", "MUST", "a query as the body is answered by POST")
def test_a_query_as_the_body_is_answered(client: Client) -> None:
    reply = client.post("/sparql", ALL, DIRECT)
    assert reply.status == 200
    assert len(reply.json["results"]["bindings"]) == 7


@pytest.mark.requirement("protocol", "2.1.3", "MUST", "a query as the body is read as UTF-8")
def test_a_query_as_the_body_with_its_charset_is_answered(client: Client) -> None:
    reply = client.post("/sparql", 'ASK { ?s ?p "Añn"@es }', DIRECT + "; charset=UTF-8")
    assert reply.json["boolean"] is True


@pytest.mark.parametrize("text", ["\ufeffASK {}", r"ASK \u007B}", "\ufeff" + r"\U00000041SK {}"])
def test_a_byte_order_mark_and_code_point_escapes_are_read_whichever_way_a_query_comes(
    client: Client, text: str
) -> None:
    ways = (
        client.query(text),
        client.post("/sparql", urlencode({"query": text}), FORM),
        client.post("/sparql", text, DIRECT),
    )
    assert [(reply.status, reply.json["boolean"]) for reply in ways] == [(200, True)] * 3


@pytest.mark.requirement("protocol", "2.1.4", "MUST", "the dataset of the request is queried")
def test_the_dataset_of_the_request_is_queried(client: Client) -> None:
    only = "/sparql?" + urlencode({"default-graph-uri": TWO})
    reply = client.post(only, ALL, DIRECT)
    assert len(reply.json["results"]["bindings"]) == 3


@pytest.mark.requirement("protocol", "2.1.4", "MUST", "several default graphs are merged into one")
def test_several_graphs_of_a_request_are_merged(client: Client) -> None:
    path = "/sparql?" + urlencode([("query", ALL), ("default-graph-uri", ONE), ("default-graph-uri", TWO)])
    assert len(client.get(path).json["results"]["bindings"]) == 7


def test_head_answers_as_get_without_a_body(client: Client) -> None:
    reply = client.send("HEAD", "/sparql?" + urlencode({"query": ALL}))
    assert (reply.status, reply.body, reply.type) == (200, b"", "application/sparql-results+json")


def test_options_names_the_methods(client: Client) -> None:
    reply = client.send("OPTIONS", "/sparql")
    assert reply.status == 200
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= set(reply.headers["Allow"].split(", "))


WRONG = {
    "no query": ("GET", "/sparql?default-graph-uri=https://a.example/", None, None, 400, "'query' is missing"),
    "two queries": ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, None, 400, "'query' is given 2 times"),
    "two queries in a form": ("POST", "/sparql", "query=ASK%7B%7D&query=ASK%7B%7D", FORM, 400, "given 2 times"),
    "one in each": ("POST", "/sparql?query=ASK%7B%7D", "query=ASK%7B%7D", FORM, 400, "given 2 times"),
    "one beside the body": ("POST", "/sparql?query=ASK%7B%7D", "ASK{}", DIRECT, 400, "given twice"),
    "a form without a query": ("POST", "/sparql", "x=1", FORM, 400, "'query' is missing"),
    "a wrong method": ("PUT", "/sparql?query=ASK%7B%7D", None, None, 405, "PUT is not a method of /sparql"),
    "a wrong media type": ("POST", "/sparql", "ASK{}", "text/plain", 415, "'text/plain' is not supported here"),
    "no media type": ("POST", "/sparql", "ASK{}", None, 415, "no Content-Type"),
    "another charset": ("POST", "/sparql", "ASK{}".encode("utf-16"), DIRECT + "; charset=UTF-16", 415, "UTF-16"),
    "bytes that are not UTF-8": ("POST", "/sparql", b"ASK { ?s ?p '\xff' }", DIRECT, 400, "byte 0xff at offset 13"),
    "an escape that is not UTF-8": ("GET", "/sparql?query=ASK%7B%7D%FF", None, None, 400, "not UTF-8"),
    "a form that is not UTF-8": ("POST", "/sparql", "query=ASK%7B%7D%FF", FORM, 400, "not UTF-8"),
    "a misspelt query": ("GET", "/sparql?query=" + quote("SELECT *\nWHER {"), None, None, 400, "2"),
    "an update by get": ("GET", "/sparql?update=CLEAR+ALL", None, None, 400, "/update"),
    "an update by form": ("POST", "/sparql", "update=CLEAR+ALL", FORM, 403, "read-only"),
    "an update as the body": ("POST", "/sparql", "CLEAR ALL", "application/sparql-update", 403, "read-only"),
    "an unknown format": ("GET", "/sparql?query=ASK%7B%7D&format=docx", None, None, 400, "'format' is 'docx'"),
    "two unknown formats": ("GET", "/sparql?query=ASK%7B%7D&format=a&format=b", None, None, 400, "'format' is 'a, b'"),
    "an unknown place": ("GET", "/nowhere", None, None, 404, "/nowhere"),
}


@pytest.mark.requirement("protocol", "2.1", "MUST", "a request without a query, or with two, is malformed")
@pytest.mark.requirement("protocol", "2.1.7", "MUST", "a query that does not parse is a 400")
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_request_is_a_4xx_with_a_sentence(client: Client, what: str) -> None:
    method, path, body, kind, status, sentence = WRONG[what]
    reply = client.send(method, path, body, {"Content-Type": kind} if kind else {})
    assert reply.status == status
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert sentence in reply.text
    assert reply.text.count("\n") == 1 or what == "a misspelt query"


def test_a_syntax_error_names_line_column_the_word_there_and_what_may_stand_there(client: Client) -> None:
    reply = client.query("SELECT *\nWHERE { ?s ?p }", "application/json")
    assert reply.status == 400
    assert (reply.json["line"], reply.json["column"]) == (2, 15)
    fault = "} stands where a value was expected"
    assert reply.json["detail"] == f"The text does not parse at line 2, column 15: {fault}."


def test_a_wrong_method_is_a_405_that_lists_the_allowed_ones(client: Client) -> None:
    reply = client.send("DELETE", "/sparql")
    assert reply.status == 405
    assert "GET" in reply.headers["Allow"]


@pytest.mark.parametrize(
    "line", ["X: y", "Host:", "Host: a> b", "Host: a/b", "Host: a.example:99999", "Host: a\r\nHost: b"]
)
def test_a_request_that_names_no_host_is_malformed(client: Client, line: str) -> None:
    with socket.create_connection((client.host, client.port), timeout=PATIENCE) as connection:
        connection.sendall(f"GET /sparql HTTP/1.1\r\n{line}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"The Host header is '" in answer


def test_a_request_of_http_1_0_needs_no_host(client: Client) -> None:
    with socket.create_connection((client.host, client.port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.0 200 ")


def test_a_body_over_the_limit_is_refused(client: Client) -> None:
    reply = client.post("/sparql", b"#" * (10 * 1024 * 1024 + 1), DIRECT)
    assert reply.status == 413


@pytest.mark.requirement(
    "protocol", "4", "SHOULD", "a service guards against requests that make it connect to other hosts"
)
@pytest.mark.parametrize("text", ["SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"])
def test_a_query_that_would_open_a_connection_is_refused(client: Client, text: str) -> None:
    reply = client.query(text)
    assert reply.status == 403
    assert "SERVICE" in reply.text


@pytest.mark.requirement("protocol", "2.1.4", "MUST", "the dataset of the request overrides FROM")
def test_the_dataset_of_the_request_overrides_from(client: Client) -> None:
    text = f"SELECT * FROM <{ONE}> {{ ?s ?p ?o }}"
    path = "/sparql?" + urlencode({"query": text, "default-graph-uri": TWO})
    assert len(client.query(text).json["results"]["bindings"]) == 5
    assert len(client.get(path).json["results"]["bindings"]) == 3


@pytest.mark.requirement("protocol", "2.1.4", "MUST", "GRAPH matches only the named graphs of the request")
def test_graph_matches_the_named_graphs_of_the_request_only(client: Client) -> None:
    text = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    path = "/sparql?" + urlencode({"query": text, "named-graph-uri": TWO})
    assert [row["g"]["value"] for row in client.get(path).json["results"]["bindings"]] == [TWO]
    assert client.get(path.replace("named", "default")).json["results"]["bindings"] == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o LATERAL { SELECT * { ?s ?q ?r } } }",
        "ASK { ?t ?p <<( ?a ?b ?c )>> }",
        "ASK { << ?a ?b ?c >> ?p ?o }",
        "ASK { ?s ?p ?o {| ?a ?b |} }",
        "ASK { ?s ?p ?o ~ ?r }",
        "SELECT (TRIPLE(<a:a>, <a:b>, <a:c>) AS ?t) {}",
        "ASK { FILTERisTRIPLE(?t) }",
        "SELECT (SUBJECT(?t) AS ?s) {}",
        "SELECT (LANGDIR('a'@en) AS ?d) {}",
        "SELECT (STRLANGDIR('a', 'en', 'ltr') AS ?d) {}",
        "SELECT (hasLANG('a'@en) AS ?d) {}",
        "SELECT ('a'@en--ltr AS ?d) {}",
        'VERSION "1.2" ASK {}',
    ],
)
def test_sparql_1_2_is_off_unless_asked_for(client: Client, text: str) -> None:
    assert client.query(text).status == 400
    assert client.query(text, sparql="1.2").status == 200
    assert client.query(text, sparql="1.1").status == 400
    assert client.post("/sparql", text, DIRECT + "; version=1.2").status == 200
    reply = client.query(text, sparql="2.0")
    assert (reply.status, "'sparql' is '2.0'" in reply.text) == (400, True)


def test_moments_with_and_without_a_time_zone_are_unequal_and_near_ones_have_no_order(client: Client) -> None:
    text = """PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT (?a < ?b AS ?less) (?a = ?b AS ?equal) {
        VALUES (?a ?b) {
            ("2026-01-01T00:00:00"^^xsd:dateTime "2026-01-01T01:00:00Z"^^xsd:dateTime)
            ("2026-01-01T00:00:00"^^xsd:dateTime "2026-01-02T00:00:00Z"^^xsd:dateTime)
            ("2026-01-01"^^xsd:date "2026-01-01Z"^^xsd:date)
        } }"""
    assert client.query(text, "text/csv").text == "less,equal\r\n,false\r\ntrue,false\r\n,false\r\n"
