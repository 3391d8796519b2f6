"""JSON-LD as RDF (JSON-LD 1.1, section 10), and the check that every key and value of a document yielded its triple."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Graph, Literal
from rdflib.plugins.parsers.jsonld import to_rdf

from kg.errors import Problem
from kg.mapping.document_triples import DocumentTriples, LocatedTriple
from kg.mapping.schema_check import shown
from kg.mapping.yaml_document import YamlList, YamlMapping, YamlText


def to_graph(expanded: DocumentTriples) -> Graph:
    """Return what a document's JSON-LD says; its context is a mapping in memory, so that nothing is fetched."""
    graph = Graph()
    to_rdf(expanded.jsonld, graph)
    return graph


def without_triple(expanded: DocumentTriples, graph: Graph) -> Iterator[Problem]:
    """Yield a problem for every value that yields no triple: JSON-LD parsers drop what they do not like in silence."""
    for fact in expanded.facts:
        if (fact.subject, fact.predicate, fact.object) not in graph:
            yield Problem(fact.location, f"this yields no triple; expected {_shown(fact)}.")
    yielding = {fact.location for fact in expanded.facts}
    for text in scalars(expanded.document.root):
        if text.location not in yielding:
            yield Problem(text.location, f"{shown(text.value)} yields no triple; expected one.")


def scalars(mapping: YamlMapping) -> Iterator[YamlText]:
    """Yield every value at and below a mapping that a triple must come from: all but the identifiers of nodes."""
    for key, value in mapping.nodes.items():
        for node in value.nodes if isinstance(value, YamlList) else [value]:
            if isinstance(node, YamlMapping):
                yield from scalars(node)
            elif isinstance(node, YamlText) and key not in ("id", "article"):
                yield node


def _shown(fact: LocatedTriple) -> str:
    value = repr(str(fact.object)) if isinstance(fact.object, Literal) else f"<{fact.object}>"
    return f"<{fact.subject}> <{fact.predicate}> {value}"
