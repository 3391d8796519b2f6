"""Queries and updates at /sparql, for clients that know one address only."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode
from xml.dom.minidom import Document

import pytest
import SPARQLWrapper as Wrapper
from rdflib import FOAF, Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore

from kg.app.write import write_plain
from kg.store import EmbeddedStore
from kg.tokens import Role, Tokens
from kg.workers.served_store import UnlimitedStore
from kg.writer.local_writer import LocalWriter
from server import Settings, create_app
from tests.server.test_clients import COMUNICA
from tests.support.http_client import Client, Serving
from tests.support.people_store import ANN, BASE, BOB, NAMES

INSERT = "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> <urn:%s> } }"
HELD = "SELECT ?o { GRAPH <urn:g> { <urn:a> <urn:p> ?o } } ORDER BY ?o"
FORMATS = (
    Wrapper.XML,
    Wrapper.JSON,
    Wrapper.CSV,
    Wrapper.TSV,
    Wrapper.TURTLE,
    Wrapper.N3,
    Wrapper.RDFXML,
    Wrapper.JSONLD,
)
KNOWS = "<http://xmlns.com/foaf/0.1/knows>"
FORMS = {
    "SELECT": f"SELECT ?o {{ <{ANN}> {KNOWS} ?o }}",
    "ASK": f"ASK {{ <{ANN}> {KNOWS} <{BOB}> }}",
    "CONSTRUCT": f"CONSTRUCT {{ <{ANN}> {KNOWS} ?o }} WHERE {{ <{ANN}> {KNOWS} ?o }}",
    "DESCRIBE": f"DESCRIBE <{ANN}>",
}


@pytest.fixture
def writable(tmp_path: Path, serving: Serving) -> Iterator[Client]:
    """Return a client of a server that takes writes from this machine, and from who has a token."""
    store, tokens = EmbeddedStore.open(tmp_path / "store", NAMES), Tokens(tmp_path / "tokens.json")
    with serving(
        create_app(UnlimitedStore(store), Settings(base=BASE, tokens=tokens), LocalWriter(partial(write_plain, store)))
    ) as client:
        yield client


def held(client: Client) -> list[str]:
    rows = client.query(HELD, "application/sparql-results+json").json["results"]["bindings"]
    return [row["o"]["value"].removeprefix("urn:") for row in rows]


def test_an_update_is_taken_at_the_address_of_queries_by_form_and_as_the_body(writable: Client) -> None:
    form = writable.post("/sparql", urlencode({"update": INSERT % 1}), "application/x-www-form-urlencoded")
    body = writable.post("/sparql", INSERT % 2, "application/sparql-update")
    assert (form.status, body.status) == (204, 204)
    assert form.headers["ETag"] != body.headers["ETag"]
    assert held(writable) == ["1", "2"]


@pytest.mark.parametrize("way", [Wrapper.URLENCODED, Wrapper.POSTDIRECTLY])
def test_sparqlwrapper_updates_and_asks_at_one_address(writable: Client, way: str) -> None:
    wrapper = Wrapper.SPARQLWrapper(writable.address + "sparql", returnFormat=Wrapper.JSON)
    wrapper.setMethod(Wrapper.POST)
    wrapper.setRequestMethod(way)
    wrapper.setQuery(INSERT % "w")
    assert wrapper.query().response.status == 204
    wrapper.setQuery(HELD)
    results = wrapper.queryAndConvert()
    assert isinstance(results, dict)
    assert [row["o"]["value"] for row in results["results"]["bindings"]] == ["urn:w"]


def test_rdflibs_store_updates_at_one_address(writable: Client) -> None:
    store = SPARQLUpdateStore(writable.address + "sparql", writable.address + "sparql", context_aware=True)
    graph = Graph(store=store, identifier=URIRef("urn:g"))
    graph.add((URIRef("urn:a"), URIRef("urn:p"), URIRef("urn:r")))
    assert held(writable) == ["r"]
    graph.remove((URIRef("urn:a"), URIRef("urn:p"), None))
    assert held(writable) == []


@pytest.mark.skipif(COMUNICA is None, reason="Comunica is not installed (npm install @comunica/query-sparql)")
def test_comunica_updates_at_one_address(writable: Client) -> None:
    assert COMUNICA
    command = [COMUNICA, writable.address + "sparql", INSERT % "c"]
    subprocess.run(command, capture_output=True, check=True)
    assert held(writable) == ["c"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_updates_at_one_address(writable: Client) -> None:
    command = ["curl", "-sSf", "--data-urlencode", f"update={INSERT % 'u'}", writable.address + "sparql"]
    subprocess.run(command, capture_output=True, check=True)
    assert held(writable) == ["u"]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/sparql-update"])
def test_an_update_at_the_query_address_needs_the_role_write(tmp_path: Path, serving: Serving, kind: str) -> None:
    tokens = Tokens(tmp_path / "tokens.json")
    read, write = (
        tokens.add(name, role, "2026-01-01T00:00:00Z") for name, role in (("r", Role.READ), ("w", Role.WRITE))
    )
    store = EmbeddedStore.open(tmp_path / "store", NAMES)
    text = INSERT % 1
    body = urlencode({"update": text}) if "form" in kind else text
    settings = Settings(base=BASE, tokens=tokens, writable=False)
    with serving(create_app(UnlimitedStore(store), settings, LocalWriter(partial(write_plain, store)))) as client:

        def sent(**headers: str) -> int:
            return client.send("POST", "/sparql", body, {"Content-Type": kind, **headers}).status

        assert sent() == 401
        assert sent(Authorization=f"Bearer {read}") == 403
        assert sent(Authorization=f"Bearer {write}", Origin="https://elsewhere.example") == 403
        assert sent(Authorization=f"Bearer {write}") == 204


def test_a_form_of_both_is_refused_and_a_page_of_another_origin_too(writable: Client) -> None:
    form = "application/x-www-form-urlencoded"
    both = writable.post("/sparql", urlencode({"update": INSERT % 1, "query": "ASK {}"}), form)
    assert (both.status, "expected one of them" in both.text) == (400, True)
    headers = {"Content-Type": form, "Origin": "https://elsewhere.example"}
    assert writable.send("POST", "/sparql", urlencode({"update": INSERT % 1}), headers).status == 403
    assert writable.get("/sparql?" + urlencode({"update": INSERT % 1})).status == 400
    assert held(writable) == []


@pytest.mark.filterwarnings("ignore")  # SPARQLWrapper warns of formats that the form of a query cannot have
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("result_format", FORMATS)
def test_sparqlwrapper_gets_an_answer_for_every_format_and_form(client: Client, result_format: str, form: str) -> None:
    wrapper = Wrapper.SPARQLWrapper(client.address + "sparql", returnFormat=result_format)
    wrapper.setQuery(FORMS[form])
    answer = wrapper.query()
    data = answer.response.read()
    text = data.toxml() if isinstance(data, Document) else data.decode()
    kind = answer.response.headers.get_content_type()
    results = kind in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv")
    assert (results or kind == "text/tab-separated-values") == (form in ("SELECT", "ASK"))
    assert ("true" in text.lower()) if form == "ASK" else (str(BOB) in text or str(ANN) in text)
    if result_format == Wrapper.JSON and form in ("SELECT", "ASK"):
        assert kind == "application/sparql-results+json"


@pytest.mark.parametrize(("value", "kind"), [("csv", "text/csv"), ("json", "application/sparql-results+json")])
def test_output_is_an_alias_of_format(client: Client, value: str, kind: str) -> None:
    assert client.query(FORMS["SELECT"], output=value).type == client.query(FORMS["SELECT"], format=value).type == kind
    graph = client.get(f"/about/ann?{urlencode({'output': 'turtle'})}", "text/html")
    assert (graph.type, (ANN, FOAF.knows, BOB) in Graph().parse(data=graph.text)) == ("text/turtle", True)


def test_an_unknown_format_is_refused_and_one_of_the_other_kind_falls_back(client: Client) -> None:
    assert client.query(FORMS["SELECT"], format="nonsense").status == 400
    assert client.query(FORMS["SELECT"], "text/csv", format="turtle").type == "text/csv"
    assert client.query(FORMS["CONSTRUCT"], "application/n-triples", format="csv").type == "application/n-triples"
    refused = client.query(FORMS["CONSTRUCT"], "text/csv", format="csv")
    assert refused.status == 406


@pytest.mark.parametrize("accept", ["*", "*/*", "image/gif, *;q=0.2"])
def test_anything_is_accepted_as_clients_spell_it(client: Client, accept: str) -> None:
    reply = client.query(FORMS["ASK"], accept)
    assert (reply.status, json.loads(reply.text)["boolean"]) == (200, True)


def test_a_preflight_lets_a_token_be_sent(client: Client) -> None:
    headers = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    allowed = client.send("OPTIONS", "/sparql", headers=headers).headers["Access-Control-Allow-Headers"]
    assert {"authorization", "content-type"} <= {header.strip().lower() for header in allowed.split(",")}


def test_documents_announce_no_range_support(client: Client) -> None:
    assert client.get("/data?default", "text/turtle").headers["Accept-Ranges"] == "none"
