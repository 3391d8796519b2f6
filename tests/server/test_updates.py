"""The update operation (SPARQL 1.1 Protocol, section 2.2) and the guards of every write, on a plain store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import SPARQLWrapper as Wrapper
from rdflib import FOAF, Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore

from kg.app.write import write_plain
from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from kg.writer.local_writer import LocalWriter
from server import Settings, create_app
from tests.support.http_client import Client, run_server
from tests.support.people_store import ANN, BOB

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-update"
INSERT = "INSERT DATA { <http://a.example/s> <http://a.example/p> 1 }"
EMPTY = "ASK { ?s ?p ?o }"


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Client]:
    """Return a client of a writable server over an empty plain store."""
    store = EmbeddedStore.open(tmp_path / "store", GraphNames(""), plain=True)
    with run_server(
        create_app(UnlimitedStore(store), Settings(base=None), LocalWriter(partial(write_plain, store)))
    ) as client:
        yield client


def is_empty(client: Client) -> bool:
    return client.query(EMPTY).json["boolean"] is False


@pytest.mark.requirement("protocol", "2.2.1", "MUST", "an update in a form is run")
def test_an_update_by_form_is_run(plain: Client) -> None:
    reply = plain.post("/update", urlencode({"update": INSERT}), FORM)
    assert (reply.status, reply.body) == (204, b"")
    assert not is_empty(plain)


@pytest.mark.requirement("protocol", "2.2.2", "MUST", "an update as the body is run")
def test_an_update_as_the_body_is_run(plain: Client) -> None:
    assert plain.post("/update", INSERT, DIRECT).status == 204
    assert not is_empty(plain)


@pytest.mark.requirement("protocol", "2.2.4", "MUST", "a successful update is a 2xx")
def test_every_update_makes_a_version_that_the_response_names(plain: Client) -> None:
    first, second = plain.post("/update", INSERT, DIRECT), plain.post("/update", "CLEAR ALL", DIRECT)
    assert (first.headers["ETag"], second.headers["ETag"]) == ('"000001"', '"000002"')
    assert plain.query(EMPTY, version="000001").json["boolean"] is True
    assert is_empty(plain)


@pytest.mark.requirement("protocol", "2.2.3", "MUST", "using-graph-uri sets the dataset of WHERE")
def test_the_dataset_of_the_request_is_used_by_where(plain: Client) -> None:
    triple = "<http://a.example/s> <http://a.example/p>"
    plain.post("/update", f"INSERT DATA {{ GRAPH <http://a.example/g> {{ {triple} 1 }} {triple} 2 }}", DIRECT)
    using = "/update?" + urlencode({"using-graph-uri": "http://a.example/g"})
    copy = "INSERT { ?s <http://a.example/q> ?o } WHERE { ?s <http://a.example/p> ?o }"
    assert plain.post(using, copy, DIRECT).status == 204
    bindings = plain.query("SELECT ?o { ?s <http://a.example/q> ?o }").json["results"]["bindings"]
    assert [row["o"]["value"] for row in bindings] == ["1"]


@pytest.mark.requirement("protocol", "2.2", "MAY", "relative IRIs are resolved against the base of the service")
def test_a_relative_iri_means_the_same_in_an_update_and_in_a_query(plain: Client) -> None:
    plain.post("/update", "INSERT DATA { <here> <p> <o> }", DIRECT)
    assert plain.query("ASK { <here> <p> <o> }").json["boolean"] is True
    assert plain.query(f"ASK {{ <{plain.address}data/here> ?p ?o }}").json["boolean"] is True


CONFLICT = "INSERT { ?s ?p 2 } USING <http://a.example/g> WHERE { ?s ?p ?o }"
WRONG = {
    "by get": ("GET", "/update?update=CLEAR+ALL", None, None, 400, "not accepted by GET"),
    "a wrong method": ("PUT", "/update", INSERT, DIRECT, 405, "PUT is not a method of /update"),
    "no update": ("POST", "/update", "x=1", FORM, 400, "'update' is missing"),
    "two updates": ("POST", "/update", "update=CLEAR+ALL&update=CLEAR+ALL", FORM, 400, "'update' is given 2 times"),
    "one in each": ("POST", "/update?update=CLEAR+ALL", "CLEAR ALL", DIRECT, 400, "given twice"),
    "a query by form": ("POST", "/update", "query=ASK%7B%7D", FORM, 400, "/sparql"),
    "a query as the body": ("POST", "/update", "ASK {}", "application/sparql-query", 415, "/sparql"),
    "a wrong media type": ("POST", "/update", INSERT, "text/plain", 415, "'text/plain' is not supported here"),
    "no media type": ("POST", "/update", INSERT, None, 415, "no Content-Type"),
    "another charset": ("POST", "/update", INSERT.encode("utf-16"), DIRECT + "; charset=UTF-16", 415, "UTF-16"),
    "bytes that are not UTF-8": ("POST", "/update", b"INSERT DATA {\xff}", DIRECT, 400, "byte 0xff"),
    "a form that is not UTF-8": ("POST", "/update", "update=CLEAR+ALL%FF", FORM, 400, "not UTF-8"),
    "a misspelt update": ("POST", "/update", "INSRT DATA {}", DIRECT, 400, "line 1"),
    "two datasets": ("POST", "/update?using-graph-uri=http://a.example/g", CONFLICT, DIRECT, 400, "using-graph-uri"),
    "a load": ("POST", "/update", "LOAD <http://127.0.0.1:9/>", DIRECT, 403, "LOAD"),
}


@pytest.mark.requirement("protocol", "2.2.4", "MUST", "a malformed update is a 4xx")
@pytest.mark.requirement("protocol", "2.2.3", "MUST", "using-graph-uri together with USING is a 400")
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_request_is_a_4xx_with_a_sentence_and_changes_nothing(plain: Client, what: str) -> None:
    method, path, body, kind, status, sentence = WRONG[what]
    plain.post("/update", INSERT, DIRECT)
    reply = plain.send(method, path, body, {"Content-Type": kind} if kind else {})
    assert (reply.status, sentence in reply.text) == (status, True), reply.text
    assert not is_empty(plain)
    assert plain.query(EMPTY).headers["ETag"].startswith('"000001-')


def test_a_read_only_server_refuses_writes(client: Client) -> None:
    reply = client.post("/update", INSERT, DIRECT)
    assert reply.status == 403
    assert "--writable" in reply.text


STRANGERS = (
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "rebound.example:8000"},
    {"Host": "rebound.example:8000", "Origin": "http://rebound.example:8000"},
)


@pytest.mark.parametrize("headers", STRANGERS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_page_of_another_origin_may_not_write(plain: Client, headers: dict[str, str], method: str) -> None:
    path, kind = ("/update", DIRECT) if method == "POST" else ("/data?default", "application/sparql-update")
    if method == "PUT":
        kind = "text/turtle"
    body = "" if method == "PUT" else INSERT
    reply = plain.send(method, path, body, {"Content-Type": kind, **headers})
    assert reply.status == 403
    assert is_empty(plain)


def test_a_page_of_this_origin_may_write(plain: Client) -> None:
    headers = {"Content-Type": DIRECT, "Origin": plain.address.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert plain.send("POST", "/update", INSERT, headers).status == 204


def test_a_write_that_expects_another_version_is_refused(plain: Client) -> None:
    tag = plain.post("/update", INSERT, DIRECT).headers["ETag"]
    assert plain.send("POST", "/update", "CLEAR ALL", {"Content-Type": DIRECT, "If-Match": '"000009"'}).status == 412
    assert not is_empty(plain)
    assert plain.send("POST", "/update", "CLEAR ALL", {"Content-Type": DIRECT, "If-Match": tag}).status == 204
    assert is_empty(plain)


def test_sparqlwrapper_updates_in_every_way(plain: Client) -> None:
    for way in (Wrapper.URLENCODED, Wrapper.POSTDIRECTLY):
        wrapper = Wrapper.SPARQLWrapper(plain.address + "sparql", plain.address + "update")
        wrapper.setMethod(Wrapper.POST)
        wrapper.setRequestMethod(way)
        wrapper.setQuery(f"INSERT DATA {{ <http://a.example/{quote(way)}> <http://a.example/p> 1 }}")
        wrapper.query()
    assert plain.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv").text.split() == ["n", "2"]


def test_rdflibs_update_store_adds_and_removes(plain: Client) -> None:
    store = SPARQLUpdateStore(plain.address + "sparql", plain.address + "update", autocommit=True)
    graph = Graph(store=store, identifier=URIRef("http://a.example/g"))
    graph.add((ANN, FOAF.knows, BOB))
    assert (ANN, FOAF.knows, BOB) in graph
    graph.remove((ANN, FOAF.knows, BOB))
    assert len(graph) == 0


@pytest.mark.requirement("service description", "3.2.2", "SHOULD", "the supported languages are described")
def test_a_writable_service_describes_its_updates(plain: Client, client: Client) -> None:
    described = plain.get("/sparql", "text/turtle").text
    assert "sd:SPARQL11Update" in described
    assert "sd:feature sd:EmptyGraphs" in described
    assert f"<{plain.address}update>" in described
    assert "SPARQL11Update" not in client.get("/sparql", "text/turtle").text


@pytest.mark.requirement("service description", "2", "SHOULD", "a GET of the update endpoint describes the service too")
def test_the_endpoint_of_updates_describes_the_service(plain: Client) -> None:
    here, there = plain.get("/update", "application/n-triples"), plain.get("/sparql", "application/n-triples")
    assert (here.status, sorted(here.text.splitlines())) == (200, sorted(there.text.splitlines()))
