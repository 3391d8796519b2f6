"""The description of the service (SPARQL 1.1 Service Description: https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from flask import Response, url_for
from rdflib import RDF, RDFS, VOID, Graph, Literal, URIRef
from rdflib.namespace import ClosedNamespace, Namespace

from kg.formats import GRAPH_FORMATS, RESULT_FORMATS
from kg.store.interfaces import Version
from server.auth.authorization import accepts_writes
from server.descriptions.rdf_responses import graph_rdf_response
from server.http.conditional_requests import conditional_response, make_validator
from server.http.negotiation import choose_format
from server.site import site

FORMATS = Namespace("http://www.w3.org/ns/formats/")
"""IRIs of formats, defined by the W3C."""
ENTAILMENT = Namespace("http://www.w3.org/ns/entailment/")
SD = ClosedNamespace(
    "http://www.w3.org/ns/sparql-service-description#",
    [
        *("Service", "Dataset", "Graph", "NamedGraph", "EmptyGraphs", "SPARQL11Query", "SPARQL11Update", "endpoint"),
        *("feature", "supportedLanguage", "resultFormat", "inputFormat", "defaultEntailmentRegime", "defaultDataset"),
        *("defaultGraph", "namedGraph", "name", "graph"),
    ],
)
"""SPARQL 1.1 Service Description (https://www.w3.org/TR/sparql11-service-description/#vocab)."""
SPARQL_12_COMMENT = "SPARQL 1.1; what the engine has of SPARQL 1.2 and RDF 1.2 is on for a request with sparql=1.2."


def service_description() -> Response:
    """Return the service description in the RDF format that the request prefers."""
    format_, version = choose_format(GRAPH_FORMATS), site().store.current()
    known = make_validator(version, format_.name, "service", accepts_writes())
    endpoint = url_for("sparql.by_get", _external=True)
    return conditional_response(
        known, lambda: graph_rdf_response(description_graph(endpoint, version), format_, "service")
    )


def description_graph(endpoint: str, version: Version) -> Graph:
    """Return the description of an endpoint: its languages, its formats, and the dataset with its graphs."""
    graph = Graph()
    graph.bind("sd", SD)
    service = _describe_service(graph, endpoint, SD.SPARQL11Query, URIRef(f"{endpoint}#dataset"))
    graph.add((service, SD.defaultEntailmentRegime, ENTAILMENT.Simple))
    graph.add((service, RDFS.comment, Literal(SPARQL_12_COMMENT, lang="en")))
    for format_ in (*RESULT_FORMATS, *GRAPH_FORMATS):
        graph.add((service, SD.resultFormat, FORMATS[format_.w3c]))
    if accepts_writes():
        graph.add((service, SD.supportedLanguage, SD.SPARQL11Update))
        _describe_updates(graph, URIRef(f"{endpoint}#dataset"))
    _describe_dataset(graph, endpoint, version)
    return graph


def _describe_updates(graph: Graph, dataset: URIRef) -> None:
    endpoint = url_for("updates.update", _external=True)
    service = _describe_service(graph, endpoint, SD.SPARQL11Update, dataset)
    graph.add((service, SD.feature, SD.EmptyGraphs))
    for format_ in GRAPH_FORMATS:
        graph.add((service, SD.inputFormat, FORMATS[format_.w3c]))


def _describe_service(graph: Graph, endpoint: str, language: URIRef, dataset: URIRef) -> URIRef:
    service = URIRef(f"{endpoint}#service")
    graph.add((service, RDF.type, SD.Service))
    graph.add((service, SD.endpoint, URIRef(endpoint)))
    graph.add((service, SD.supportedLanguage, language))
    graph.add((service, SD.defaultDataset, dataset))
    return service


def _describe_dataset(graph: Graph, endpoint: str, version: Version) -> None:
    dataset, default = URIRef(f"{endpoint}#dataset"), URIRef(f"{endpoint}#default-graph")
    graph.add((dataset, RDF.type, SD.Dataset))
    graph.add((dataset, SD.defaultGraph, default))
    _describe_graph(graph, default, version.default)
    # Numbered in the order of their names, so that a version has a single description.
    for number, (name, triples) in enumerate(sorted(version.counts.items()), start=1):
        named, content = URIRef(f"{endpoint}#named-graph-{number}"), URIRef(f"{endpoint}#graph-{number}")
        graph.add((dataset, SD.namedGraph, named))
        graph.add((named, RDF.type, SD.NamedGraph))
        graph.add((named, SD.name, URIRef(name)))
        graph.add((named, SD.graph, content))
        _describe_graph(graph, content, triples)


def _describe_graph(graph: Graph, node: URIRef, triples: int) -> None:
    graph.add((node, RDF.type, SD.Graph))
    graph.add((node, VOID.triples, Literal(triples)))
