"""The VoID description of the dataset (https://www.w3.org/TR/void/), served at /.well-known/void."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from flask import Blueprint, Response, request
from rdflib import DCTERMS, RDF, VOID, XSD, Graph, Literal, Namespace, URIRef

from kg.app.description_graph import partition
from kg.datasets import GraphNames
from kg.formats import DATASET_FORMATS, GRAPH_FORMATS, Format
from kg.lookups.distributions import DCAT, Fixity, distribution_triples, fixity
from kg.sparql.query_terms import iri_in_query
from kg.store.interfaces import Version
from kg.store.query_rows import select_rows
from server.descriptions.rdf_responses import document_response, requested_version, serialize_graph
from server.descriptions.service_description import FORMATS
from server.http.conditional_requests import conditional_response, make_validator
from server.http.negotiation import choose_format
from server.site import once_per_version, site

bp = Blueprint("void", __name__)

MAX_SUMMED_TRIPLES = 200_000
"""The most triples of a dataset whose dumps are serialized for their checksums: more would keep a client waiting."""
UNSUMMED = (
    f"Neither size nor checksum are here, since the dataset has more than {MAX_SUMMED_TRIPLES:,} triples: "
    "`kg export --describe` writes them beside a file."
)
"""The description of a dump without size and checksum."""
MAX_COUNTED_TRIPLES = 1_000_000
"""The most triples of a dataset that is counted here, which takes the engine about 2 µs a triple of processor time."""
UNCOUNTED = (
    "Subjects, objects, classes and properties are not counted here, since the dataset has more than "
    f"{MAX_COUNTED_TRIPLES:,} triples."
)
"""The description of a dataset without these numbers."""
PROV_AQ = Namespace("http://www.w3.org/ns/prov#")
"""The terms that rdflib's PROV lacks (https://www.w3.org/TR/prov-aq/)."""
SIZE_QUERY = "SELECT (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects) {{ {} }}"
CLASS_COUNTS_QUERY = "SELECT ?term (COUNT(DISTINCT ?s) AS ?number) {{ {} FILTER(isIRI(?term)) }} GROUP BY ?term"
PROPERTY_COUNTS_QUERY = "SELECT ?term (COUNT(*) AS ?number) {{ {} }} GROUP BY ?term"
DESCRIPTION_ONLY_QUERY = """SELECT (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects) {{
  {{ SELECT DISTINCT ?s {{ GRAPH {0} {{ ?s ?p ?o }} }} }}
  UNION {{
    SELECT DISTINCT ?o {{ GRAPH {0} {{ ?s ?p ?o }}
      FILTER NOT EXISTS {{ ?a ?b ?o FILTER NOT EXISTS {{ GRAPH {0} {{ ?a ?b ?o }} }} }} }}
  }}
}}"""
"""Counts the subjects and objects of the default graph that come from the description graph only."""


@bp.get("/.well-known/void")
def describe() -> Response:
    """Return the description of a version: its size, graphs and dumps, and its classes and properties if few enough."""
    format_, version = choose_format(GRAPH_FORMATS), requested_version()
    return conditional_response(make_validator(version, format_.name, "void"), lambda: void_response(version, format_))


@bp.get("/data/")
def base() -> Response:
    """Redirect from the IRI of the dataset to its description."""
    # 303, since the IRI identifies the dataset, and the description is another thing.
    return Response(status=303, headers={"Location": "/.well-known/void"})


def void_response(version: Version, format_: Format) -> Response:
    """Return the description of a version in a format."""
    # By host, since the addresses in it are those at which this client reaches the server.
    return document_response(_serialized(version, request.host_url, format_), format_, "void")


# rdflib serializes slowly, and holds the interpreter lock, for which all other requests would wait.
@once_per_version
def _serialized(version: Version, host: str, format_: Format) -> bytes:
    return serialize_graph(_description_graph(version, host), format_)


@once_per_version
def _description_graph(version: Version, host: str) -> Graph:
    graph = Graph()
    node = URIRef(site().base)
    _add_metadata(graph, node, host, version)
    if version.default <= MAX_COUNTED_TRIPLES:
        _add_counts(graph, node, version)
    else:
        graph.add((node, DCTERMS.description, Literal(UNCOUNTED, lang="en")))
    for name, triples in version.counts.items():
        graph.add((node, VOID.subset, URIRef(name)))
        graph.add((URIRef(name), RDF.type, VOID.Dataset))
        graph.add((URIRef(name), VOID.triples, Literal(triples)))
    return graph


def _add_counts(graph: Graph, node: URIRef, version: Version) -> None:
    # The description graph describes the data and is not counted as part of it.
    whole = select_rows(site().store, SIZE_QUERY.format("?s ?p ?o"), version.name)[0]
    only_described = DESCRIPTION_ONLY_QUERY.format(iri_in_query(_description()))
    described = select_rows(site().store, only_described, version.name)[0]
    graph.add((node, VOID.distinctSubjects, Literal(int(whole["subjects"]) - int(described["subjects"]))))
    graph.add((node, VOID.distinctObjects, Literal(int(whole["objects"]) - int(described["objects"]))))
    _add_partitions(graph, node, version, "class")
    _add_partitions(graph, node, version, "property")


def _add_metadata(graph: Graph, node: URIRef, host: str, version: Version) -> None:
    settings = site().settings
    graph.add((node, RDF.type, VOID.Dataset))
    graph.add((node, DCTERMS.title, Literal(settings.title)))
    graph.add((node, DCTERMS.license, URIRef(settings.licence)))
    if version.created:
        graph.add((node, DCTERMS.modified, Literal(version.created, datatype=XSD.dateTime)))
    graph.add((node, VOID.sparqlEndpoint, URIRef(f"{host}sparql")))
    graph.add((node, VOID.triples, Literal(version.default - version.counts.get(_description(), 0))))
    graph.add((node, VOID.uriSpace, Literal(site().base)))
    for format_ in GRAPH_FORMATS:
        graph.add((node, VOID.feature, FORMATS[format_.w3c]))
    graph.add((node, RDF.type, DCAT.Dataset))
    graph.add((node, DCAT.version, Literal(version.name)))
    graph.add((node, PROV_AQ.has_provenance, URIRef(GraphNames(site().base).provenance)))
    fixities = _dump_fixities(version)
    for format_ in DATASET_FORMATS:
        dump = URIRef(f"{host}dump.{format_.extension}")
        dump_of_version = URIRef(f"{dump}?version={version.name}")  # the checksum is that of this version
        graph.add((node, VOID.dataDump, dump))
        graph.add((node, DCAT.distribution, dump))
        graph.add((dump, DCTERMS.license, URIRef(settings.licence)))
        graph += distribution_triples(dump, dump_of_version, format_, fixities.get(format_))
        if not fixities:
            graph.add((dump, DCTERMS.description, Literal(UNSUMMED, lang="en")))


@once_per_version
def _dump_fixities(version: Version) -> Mapping[Format, Fixity]:
    """Return the size and checksum of each dump; none if the dataset is too large."""
    if version.default + sum(version.counts.values()) > MAX_SUMMED_TRIPLES:
        return {}
    return {format_: fixity(site().store.dataset(format_, version.name).chunks) for format_ in DATASET_FORMATS}


def _add_partitions(graph: Graph, node: URIRef, version: Version, kind: str) -> None:
    """Add the counts by class or by property; each partition has an IRI, so that there are no blank nodes."""
    by_class = kind == "class"
    counted = _counts(
        *((CLASS_COUNTS_QUERY, "?s a ?term") if by_class else (PROPERTY_COUNTS_QUERY, "?s ?term ?o")), version
    )
    for term, number in counted.items():
        part = partition(str(node), kind, URIRef(term))
        graph.add((node, VOID.classPartition if by_class else VOID.propertyPartition, part))
        graph.add((part, VOID["class"] if by_class else VOID.property, URIRef(term)))
        graph.add((part, VOID.entities if by_class else VOID.triples, Literal(number)))
    graph.add((node, VOID.classes if by_class else VOID.properties, Literal(len(counted))))


def _counts(query: str, pattern: str, version: Version) -> Counter[str]:
    """Return the counts per term in the default graph, without the description graph."""
    whole, described = (
        Counter(
            {row["term"]: int(row["number"]) for row in select_rows(site().store, query.format(part), version.name)}
        )
        for part in (pattern, f"GRAPH {iri_in_query(_description())} {{ {pattern} }}")
    )
    # A difference of counters has no zeros, so terms of the description graph alone are left out.
    return whole - described


def _description() -> str:
    return GraphNames(site().base).description
