"""The vocabulary of service descriptions, as closed namespaces: a misspelt term is an error."""

from __future__ import annotations

from rdflib.namespace import ClosedNamespace, Namespace

FORMATS = Namespace("http://www.w3.org/ns/formats/")
"""IRIs of formats, defined by the W3C."""
ENTAILMENT = Namespace("http://www.w3.org/ns/entailment/")
_SD_CLASSES = ["Service", "Dataset", "Graph", "NamedGraph"]
_SD_INDIVIDUALS = ["EmptyGraphs", "SPARQL11Query", "SPARQL11Update"]
_SD_SERVICE_PROPERTIES = ["endpoint", "feature", "supportedLanguage", "resultFormat", "inputFormat"]
_SD_DATASET_PROPERTIES = ["defaultEntailmentRegime", "defaultDataset", "defaultGraph", "namedGraph", "name", "graph"]
SD = ClosedNamespace(
    "http://www.w3.org/ns/sparql-service-description#",
    _SD_CLASSES + _SD_INDIVIDUALS + _SD_SERVICE_PROPERTIES + _SD_DATASET_PROPERTIES,
)
"""SPARQL 1.1 Service Description (https://www.w3.org/TR/sparql11-service-description/#vocab)."""
