"""JSON-LD as RDF (JSON-LD 1.1, section 10), and the check that every key and value of a document yielded its triple."""

from __future__ import annotations

from rdflib import Graph, Literal
from rdflib.plugins.parsers.jsonld import to_rdf

from kg.errors import Problem
from kg.reading.shorthand import Expanded


def to_graph(expanded: Expanded) -> Graph:
    """Return what a document's JSON-LD says; its context is a mapping in memory, so that nothing is fetched."""
    graph = Graph()
    to_rdf(expanded.jsonld, graph)
    return graph


def without_triple(expanded: Expanded, graph: Graph) -> list[Problem]:
    """Return a problem for every key or value that yields no triple: parsers drop what they do not like in silence."""
    return [
        Problem(
            fact.where, f"this yields no triple; expected <{fact.subject}> <{fact.predicate}> {_shown(fact.object)}."
        )
        for fact in expanded.facts
        if (fact.subject, fact.predicate, fact.object) not in graph
    ]


def _shown(node: object) -> str:
    return repr(str(node)) if isinstance(node, Literal) else f"<{node}>"
