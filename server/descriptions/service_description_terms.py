"""The vocabulary of service descriptions, as closed namespaces: a misspelt term is an error."""

from __future__ import annotations

from rdflib import URIRef
from rdflib.namespace import DefinedNamespace, Namespace

FORMATS = Namespace("http://www.w3.org/ns/formats/")
"""IRIs of formats, defined by the W3C."""
ENTAILMENT = Namespace("http://www.w3.org/ns/entailment/")


# ruff: noqa: N815 -- the terms are spelled as the vocabulary spells them
class SD(DefinedNamespace):
    """SPARQL 1.1 Service Description (https://www.w3.org/TR/sparql11-service-description/#vocab)."""

    _fail = True
    _NS = Namespace("http://www.w3.org/ns/sparql-service-description#")

    Service: URIRef
    Dataset: URIRef
    Graph: URIRef
    NamedGraph: URIRef
    EmptyGraphs: URIRef
    SPARQL11Query: URIRef
    SPARQL11Update: URIRef
    endpoint: URIRef
    feature: URIRef
    supportedLanguage: URIRef
    resultFormat: URIRef
    inputFormat: URIRef
    defaultEntailmentRegime: URIRef
    defaultDataset: URIRef
    defaultGraph: URIRef
    namedGraph: URIRef
    name: URIRef
    graph: URIRef
