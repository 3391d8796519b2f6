"""Widespread SPARQL clients, unmodified, against the real server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from urllib.error import HTTPError
from xml.dom.minidom import Document

import pytest
import SPARQLWrapper as Wrapper
from rdflib import FOAF, RDFS, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from tests.support.http_client import Client
from tests.support.people_store import ANN, BASE, BOB

KNOWS = "SELECT ?one ?other { ?one <http://xmlns.com/foaf/0.1/knows> ?other }"
GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


def wrapped(client: Client, text: str, result_format: str) -> Wrapper.Wrapper.QueryResult:
    wrapper = Wrapper.SPARQLWrapper(client.address + "sparql")
    wrapper.setQuery(text)
    wrapper.setReturnFormat(result_format)
    return wrapper.query()


@pytest.mark.parametrize("method", [Wrapper.GET, Wrapper.POST])
@pytest.mark.parametrize("way", [Wrapper.URLENCODED, Wrapper.POSTDIRECTLY])
def test_sparqlwrapper_queries_by_every_method(client: Client, method: str, way: str) -> None:
    wrapper = Wrapper.SPARQLWrapper(client.address + "sparql", returnFormat=Wrapper.JSON)
    wrapper.setMethod(method if way == Wrapper.URLENCODED else Wrapper.POST)
    wrapper.setRequestMethod(way)
    wrapper.setQuery(KNOWS)
    results = wrapper.queryAndConvert()
    assert isinstance(results, dict)
    assert results["results"]["bindings"][0]["other"]["value"] == str(BOB)


@pytest.mark.parametrize("result_format", [Wrapper.JSON, Wrapper.XML, Wrapper.CSV, Wrapper.TSV])
def test_sparqlwrapper_reads_results_in_every_format(client: Client, result_format: str) -> None:
    results = wrapped(client, KNOWS, result_format).convert()
    text = results.toxml() if isinstance(results, Document) else str(results)
    assert str(BOB) in text


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # SPARQLWrapper's own
@pytest.mark.parametrize("result_format", [Wrapper.XML, Wrapper.RDFXML, Wrapper.TURTLE, Wrapper.N3, Wrapper.JSONLD])
def test_sparqlwrapper_reads_graphs_in_every_format(client: Client, result_format: str) -> None:
    answer = wrapped(client, GRAPH, result_format).convert()
    assert isinstance(answer, Graph | bytes)
    graph = answer if isinstance(answer, Graph) else Graph().parse(data=answer)
    assert (ANN, FOAF.knows, BOB) in graph
    assert (ANN, RDFS.label, Literal("Añn", lang="es")) in graph


def test_sparqlwrapper_gets_the_error_sentence(client: Client) -> None:
    with pytest.raises(Wrapper.SPARQLExceptions.QueryBadFormed) as refused:
        wrapped(client, "SELECT", Wrapper.JSON)
    assert isinstance(refused.value.__context__, HTTPError)
    refused.value.__context__.close()  # SPARQLWrapper leaves it open, of which Python 3.14 warns


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("result_format", ["json", "xml"])
def test_rdflibs_store_queries_by_every_method(client: Client, method: str, result_format: str) -> None:
    store = SPARQLStore(client.address + "sparql", method=method, returnFormat=result_format)
    graph = Graph(store=store)
    assert set(graph.objects(ANN, FOAF.knows)) == {BOB}
    assert len(graph) == 7
    assert (ANN, RDFS.label, Literal("Añn", lang="es")) in graph


@pytest.mark.parametrize("result_format", ["csv", "tsv"])
def test_rdflibs_store_reads_tables(client: Client, result_format: str) -> None:
    """Not a truth value, which its readers of tables do not know."""
    graph = Graph(store=SPARQLStore(client.address + "sparql", returnFormat=result_format))
    assert set(graph.objects(ANN, FOAF.knows)) == {BOB}


def test_rdflibs_store_queries_one_graph(client: Client) -> None:
    store = SPARQLStore(client.address + "sparql")
    authority = Graph(store=store, identifier=URIRef(f"{BASE}graph/authority"))
    assert len(authority) == 3


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_queries_by_every_method(client: Client) -> None:
    address = client.address + "sparql"
    ways = (
        ["--get", "--data-urlencode", f"query={KNOWS}"],
        ["--data-urlencode", f"query={KNOWS}"],
        ["--data-binary", KNOWS, "-H", "Content-Type: application/sparql-query"],
        ["--compressed", "--data-urlencode", f"query={KNOWS}"],
    )
    for way in ways:
        run = subprocess.run(["curl", "-sSf", *way, address], capture_output=True, check=True)
        assert json.loads(run.stdout)["results"]["bindings"][0]["other"]["value"] == str(BOB)


COMUNICA = shutil.which("comunica-sparql", path=os.environ.get("COMUNICA_BIN", os.environ["PATH"]))


@pytest.mark.skipif(COMUNICA is None, reason="Comunica is not installed (npm install @comunica/query-sparql)")
def test_comunica_queries_the_endpoint(client: Client) -> None:
    assert COMUNICA
    command = [COMUNICA, client.address + "sparql", KNOWS, "-t", "application/sparql-results+json"]
    run = subprocess.run(command, capture_output=True, check=True)
    assert json.loads(run.stdout)["results"]["bindings"][0]["other"]["value"] == str(BOB)
