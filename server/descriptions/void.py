"""The dataset, described for other machines (VoID: https://www.w3.org/TR/void/), at the address it names for that."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, Response, request
from rdflib import DCTERMS, RDF, VOID, XSD, Graph, Literal, URIRef

from kg.app.description import partition
from kg.dataset import GraphNames
from kg.formats import GRAPH_FORMATS, Format, Holds
from kg.store.interfaces import Version
from server.descriptions.own_queries import iri, rows
from server.descriptions.rdf_documents import sent, wanted, written
from server.descriptions.service_terms import FORMATS
from server.http.caching import conditional, validator
from server.site import site

bp = Blueprint("void", __name__)

WHOLE = "SELECT (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects) {{ {} }}"
CLASSES = "SELECT ?term (COUNT(DISTINCT ?s) AS ?number) {{ {} FILTER(isIRI(?term)) }} GROUP BY ?term"
PROPERTIES = "SELECT ?term (COUNT(*) AS ?number) {{ {} }} GROUP BY ?term"
ONLY_DESCRIBED = """SELECT (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects) {{
  {{ SELECT DISTINCT ?s {{ GRAPH {0} {{ ?s ?p ?o }} }} }}
  UNION {{
    SELECT DISTINCT ?o {{ GRAPH {0} {{ ?s ?p ?o }}
      FILTER NOT EXISTS {{ ?a ?b ?o FILTER NOT EXISTS {{ GRAPH {0} {{ ?a ?b ?o }} }} }} }}
  }}
}}"""
"""What of the default graph's terms is in it by the description graph alone, which has subjects of its own."""


@bp.get("/.well-known/void")
def describe() -> Response:
    """Describe the dataset of the current version: its size, classes, properties, graphs and dumps."""
    row, version = wanted(), site().store.current()
    return conditional(validator(version, row.name, "void"), lambda: described_as(version, row))


@bp.get("/data/")
def base() -> Response:
    """Send who asks for the dataset itself to its description."""
    return Response(status=303, headers={"Location": "/.well-known/void"})


def described(version: Version) -> Graph:
    """Return the description of a version; counted once a version."""
    host = request.host_url
    found: Graph = site().once(f"void {host}", version, lambda: _counted(host, version))
    return found


def described_as(version: Version, row: Format) -> Response:
    """Answer with the description of a version; written once a version and format.

    rdflib writes slowly and holds the interpreter lock meanwhile, so that every request beside it would wait.
    """
    what = f"void {request.host_url} {row.name}"
    content: bytes = site().once(what, version, lambda: written(described(version), row))
    return sent(content, row, "void")


def _counted(host: str, version: Version) -> Graph:
    graph = Graph()
    node = URIRef(site().base)
    _say_what(graph, node, host, version)
    whole = rows(WHOLE.format("?s ?p ?o"), version.name)[0]
    described = rows(ONLY_DESCRIBED.format(iri(_description())), version.name)[0]
    graph.add((node, VOID.distinctSubjects, _count(int(whole["subjects"]) - int(described["subjects"]))))
    graph.add((node, VOID.distinctObjects, _count(int(whole["objects"]) - int(described["objects"]))))
    _partition(graph, node, version, "class")
    _partition(graph, node, version, "property")
    for name, triples in version.counts.items():
        graph.add((node, VOID.subset, URIRef(name)))
        graph.add((URIRef(name), RDF.type, VOID.Dataset))
        graph.add((URIRef(name), VOID.triples, _count(triples)))
    return graph


def _say_what(graph: Graph, node: URIRef, host: str, version: Version) -> None:
    settings = site().settings
    graph.add((node, RDF.type, VOID.Dataset))
    graph.add((node, DCTERMS.title, Literal(settings.title)))
    graph.add((node, DCTERMS.license, URIRef(settings.licence)))
    graph.add((node, DCTERMS.modified, Literal(version.created, datatype=XSD.dateTime)))
    graph.add((node, VOID.sparqlEndpoint, URIRef(f"{host}sparql")))
    graph.add((node, VOID.triples, _count(version.default - version.counts.get(_description(), 0))))
    graph.add((node, VOID.uriSpace, Literal(site().base)))
    for row in GRAPH_FORMATS:
        graph.add((node, VOID.feature, FORMATS[row.w3c]))
        if row.holds is Holds.QUADS:
            graph.add((node, VOID.dataDump, URIRef(f"{host}dump.{row.extension}")))


def _partition(graph: Graph, node: URIRef, version: Version, kind: str) -> None:
    """Count by class or by property; each part is named after what it counts, so that none is a blank node."""
    by_class = kind == "class"
    counted = _counts(*((CLASSES, "?s a ?term") if by_class else (PROPERTIES, "?s ?term ?o")), version)
    for term, number in counted.items():
        part = partition(str(node), kind, URIRef(term))
        graph.add((node, VOID.classPartition if by_class else VOID.propertyPartition, part))
        graph.add((part, VOID["class"] if by_class else VOID.property, URIRef(term)))
        graph.add((part, VOID.entities if by_class else VOID.triples, _count(number)))
    graph.add((node, VOID.classes if by_class else VOID.properties, _count(len(counted))))


def _counts(query: str, pattern: str, version: Version) -> Counter[str]:
    """Return the numbers of a query's terms in the default graph, without those of the description graph."""
    whole, described = (
        Counter({row["term"]: int(row["number"]) for row in rows(query.format(each), version.name)})
        for each in (pattern, f"GRAPH {iri(_description())} {{ {pattern} }}")
    )
    return whole - described


def _description() -> str:
    return GraphNames(site().base).description


def _count(number: int | str) -> Literal:
    return Literal(int(number))
