"""The requests of SPARQL 1.1's protocol suite, written out: its manifest names them and says no more of them.

Graphs g1 to g4 have one triple each, of their number; g4 is in the dataset of no request. The three tests of the
service description's suite are at the end.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from tests.w3c.conftest import FORM, Client
from tests.w3c.manifests import cases, require_suites

require_suites()
SD = "http://www.w3.org/ns/sparql-service-description#"
SCHEMA = {
    *("endpoint", "feature", "defaultEntailmentRegime", "entailmentRegime", "extensionFunction"),
    *("defaultSupportedEntailmentProfile", "supportedEntailmentProfile", "extensionAggregate", "languageExtension"),
    *("supportedLanguage", "propertyFeature", "defaultDataset", "availableGraphs", "resultFormat", "inputFormat"),
    *("defaultGraph", "namedGraph", "name", "graph"),
}
"""The properties of the vocabulary (SPARQL 1.1 Service Description, section 3)."""
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
G = [f"http://a.example/g{number}" for number in range(5)]
RESULTS = ["application/sparql-results+xml", "application/sparql-results+json", "text/csv", "text/tab-separated-values"]
GRAPHS = ["application/rdf+xml", "text/turtle", "application/n-triples"]
BOTH = "ASK { ?s ?p 1 . ?s ?p 2 }"
"""Whether graphs g1 and g2 are merged."""
NAMED = "ASK { GRAPH ?g { ?s ?p 1 } GRAPH ?h { ?s ?p 2 } FILTER NOT EXISTS { ?s ?p ?o } }"
FULL = "ASK { ?s ?p 3 GRAPH ?g { ?s ?p 1 } GRAPH ?h { ?s ?p 2 } FILTER NOT EXISTS { GRAPH ?i { ?s ?p 3 } } }"
DEFAULTS = [("default-graph-uri", G[1]), ("default-graph-uri", G[2])]
NAMES = [("named-graph-uri", G[1]), ("named-graph-uri", G[2])]
WHOLE = [("default-graph-uri", G[3]), *NAMES]

Request = tuple[str, str, bytes | str, str | None]
"""Method, path with its query string, body and media type."""


def get(*parameters: tuple[str, str]) -> Request:
    return "GET", f"/sparql?{urlencode(parameters)}", "", None


def form(*parameters: tuple[str, str], path: str = "/sparql") -> Request:
    return "POST", path, urlencode(parameters), FORM


def direct(text: str, *parameters: tuple[str, str]) -> Request:
    return "POST", f"/sparql?{urlencode(parameters)}", text, QUERY


def update(text: str, *parameters: tuple[str, str]) -> Request:
    return "POST", f"/update?{urlencode(parameters)}", text, UPDATE


TRUE = {
    "query_post_form": form(("query", "ASK {}")),
    "query_dataset_default_graphs_get": get(("query", BOTH), *DEFAULTS),
    "query_dataset_default_graphs_post": form(("query", BOTH), *DEFAULTS),
    "query_dataset_named_graphs_post": direct(NAMED, *NAMES),
    "query_dataset_named_graphs_get": get(("query", NAMED), *NAMES),
    "query_dataset_full": direct(FULL, *WHOLE),
    "query_multiple_dataset": direct(f"ASK FROM <{G[4]}> {{ ?s ?p 1 FILTER NOT EXISTS {{ ?s ?p 4 }} }}", *DEFAULTS),
    "query_get": get(("query", "ASK {}")),
    "query_post_direct": direct("ASK {}"),
}
TYPED = {
    "query_content_type_select": ("SELECT (1 AS ?value) {}", RESULTS),
    "query_content_type_ask": ("ASK {}", RESULTS[:2]),
    "query_content_type_describe": (f"DESCRIBE <{G[1]}>", GRAPHS),
    "query_content_type_construct": ("CONSTRUCT { <urn:s> <urn:p> 1 } WHERE {}", GRAPHS),
}
COPY = f"INSERT {{ GRAPH <{G[0]}> {{ <urn:s> <urn:copied> ?o }} }} WHERE {{ PATTERN }}"
TRIPLE, IN_GRAPHS = COPY.replace("PATTERN", "?s ?p ?o"), COPY.replace("PATTERN", "GRAPH ?g { ?s ?p ?o }")
UNION = COPY.replace("PATTERN", "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }")
USING = [("using-graph-uri", G[1]), ("using-graph-uri", G[2])]
USING_NAMED = [("using-named-graph-uri", G[1]), ("using-named-graph-uri", G[2])]
COPIED = {
    "update_dataset_default_graph": (update(TRIPLE, USING[0]), {1}),
    "update_dataset_default_graphs": (update(TRIPLE, *USING), {1, 2}),
    "update_dataset_named_graphs": (update(IN_GRAPHS, *USING_NAMED), {1, 2}),
    "update_dataset_full": (update(UNION, ("using-graph-uri", G[3]), *USING_NAMED), {1, 2, 3}),
    "update_post_form": (form(("update", COPY.replace("PATTERN", "BIND (7 AS ?o)")), path="/update"), {7}),
    "update_post_direct": (update(COPY.replace("PATTERN", "BIND (8 AS ?o)")), {8}),
}
BASE = "CLEAR GRAPH <http://a.example/g0> ; INSERT DATA { GRAPH <http://a.example/g0> { <urn:s> <urn:p> <test> } }"
MALFORMED = {
    "bad_query_method": (("PUT", "/sparql?query=ASK%20%7B%7D", "", None), 405),
    "bad_multiple_queries": (get(("query", "ASK {}"), ("query", "SELECT * {}")), 400),
    "bad_query_wrong_media_type": (("POST", "/sparql", "ASK {}", "text/plain"), 415),
    "bad_query_missing_form_type": (("POST", "/sparql", "query=ASK%20%7B%7D", None), 415),
    "bad_query_missing_direct_type": (("POST", "/sparql", "ASK {}", None), 415),
    "bad_query_non_utf8": (("POST", "/sparql", "ASK {}".encode("utf-16"), f"{QUERY}; charset=UTF-16"), 415),
    "bad_query_syntax": (get(("query", "ASK {")), 400),
    "bad_update_get": (("GET", "/update?update=CLEAR%20NAMED", "", None), 400),
    "bad_multiple_updates": (form(("update", "CLEAR NAMED"), ("update", "CLEAR DEFAULT"), path="/update"), 400),
    "bad_update_wrong_media_type": (("POST", "/update", "CLEAR NAMED", "text/plain"), 415),
    "bad_update_missing_form_type": (("POST", "/update", "update=CLEAR%20NAMED", None), 415),
    "bad_update_non_utf8": (("POST", "/update", "CLEAR NAMED".encode("utf-16"), f"{UPDATE}; charset=UTF-16"), 415),
    "bad_update_syntax": (update("CLEAR XYZ"), 400),
    "bad_update_dataset_conflict": (
        update(f"INSERT {{ <urn:s> <urn:p> <urn:o> }} USING <{G[1]}> WHERE {{ ?s ?p ?o }}", ("using-graph-uri", G[1])),
        400,
    ),
}


@pytest.fixture(scope="module", autouse=True)
def _data(client: Client) -> None:
    graphs = " ".join(f"GRAPH <{G[number]}> {{ <urn:s> <urn:p> {number} }}" for number in range(1, 5))
    assert client.update(f"INSERT DATA {{ {graphs} }}")[0] == 204


def answered(client: Client, request: Request, accept: str = "*/*") -> tuple[int, bytes]:
    method, path, body, kind = request
    return client.send(method, path, body, {"Accept": accept, **({"Content-Type": kind} if kind else {})})


def test_every_request_of_the_manifest_is_here() -> None:
    names = [case.name.rpartition("/")[2] for case in cases("sparql11/protocol")]
    assert len(names) == 34
    assert sorted(names) == sorted([*TRUE, *TYPED, *COPIED, *MALFORMED, "update_base_uri"])


@pytest.mark.parametrize("name", TRUE)
def test_a_query_is_asked_of_the_dataset_of_its_request(name: str, client: Client) -> None:
    status, body = answered(client, TRUE[name], RESULTS[1])
    assert (status, json.loads(body)["boolean"]) == (200, True)


@pytest.mark.parametrize("name", TYPED)
def test_an_answer_has_a_media_type_of_its_form(name: str, client: Client) -> None:
    text, expected = TYPED[name]
    assert answered(client, form(("query", text)))[0] == 200
    assert client.headers.get_content_type() in expected


@pytest.mark.parametrize("name", COPIED)
def test_an_update_sees_the_dataset_of_its_request(name: str, client: Client) -> None:
    request, expected = COPIED[name]
    assert client.update(f"CLEAR GRAPH <{G[0]}>")[0] == 204
    assert answered(client, request)[0] in (200, 204)
    assert {int(quad.object.value) for quad in client.graph(G[0])} == expected


def test_a_relative_iri_of_an_update_is_resolved_by_the_service(client: Client) -> None:
    assert answered(client, update(BASE))[0] in (200, 204)
    [quad] = client.graph(G[0])
    assert quad.object.value.partition(":")[0] == "http"
    assert quad.object.value.endswith("/test")


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_request_is_a_4xx_and_changes_nothing(name: str, client: Client) -> None:
    request, status = MALFORMED[name]
    before = {*client.dataset()}
    assert answered(client, request)[0] == status
    assert {*client.dataset()} == before


def test_the_service_describes_itself(client: Client) -> None:
    names = [case.name.rpartition("/")[2] for case in cases("sparql11/service-description")]
    assert sorted(names) == ["conforms-to-schema", "has-endpoint-triple", "returns-rdf"]
    status, body = client.send("GET", "/sparql", headers={"Accept": "text/turtle"})
    assert (status, client.headers.get_content_type()) == (200, "text/turtle")
    described = ox.Dataset(ox.parse(body, ox.RdfFormat.TURTLE, base_iri=f"http://127.0.0.1:{client.port}/sparql"))
    endpoints = {quad.object for quad in described if quad.predicate.value == f"{SD}endpoint"}
    assert ox.NamedNode(f"http://127.0.0.1:{client.port}/sparql") in endpoints
    terms = {quad.predicate.value for quad in described if quad.predicate.value.startswith(SD)}
    assert terms <= {f"{SD}{name}" for name in SCHEMA}
