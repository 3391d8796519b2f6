"""Terms and lines of N-Triples and N-Quads, and the order that every export is written in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

Dataset = Mapping[str | None, Graph]
"""Graphs by name; None is the default graph."""
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\b": r"\b", "\f": r"\f"})


def term(node: Node) -> str:
    """Return a term as N-Triples writes it (RDF 1.1 N-Triples, section 2)."""
    if isinstance(node, URIRef):
        return f"<{node}>"
    if isinstance(node, BNode):
        return f"_:{node}"
    if not isinstance(node, Literal):
        raise TypeError(f"{node!r} is neither an IRI, a blank node nor a literal.")
    text = f'"{str(node).translate(_ESCAPES)}"'
    if node.language:
        return f"{text}@{node.language}"
    return text if node.datatype in (None, XSD.string) else f"{text}^^<{node.datatype}>"


def lines(dataset: Dataset, *, graphs: bool) -> Iterator[str]:
    """Yield the lines of N-Quads (N-Triples without the graphs), sorted, each once."""
    found = {
        f"{' '.join(map(term, triple))} {f'<{name}> ' if name and graphs else ''}.\n"
        for name, graph in dataset.items()
        for triple in graph
    }
    yield from sorted(found)


def in_order(graph: Iterable[tuple[Node, Node, Node]]) -> list[tuple[Node, Node, Node]]:
    """Return triples in the order of their N-Triples lines."""
    return sorted(graph, key=lambda triple: [term(node) for node in triple])


def union(dataset: Dataset) -> Graph:
    """Return the triples of all graphs as one graph."""
    return sorted_graph(triple for graph in dataset.values() for triple in graph)


def sorted_graph(triples: Iterable[tuple[Node, Node, Node]]) -> Graph:
    """Return a graph that was filled in order, with no prefixes bound, so that its serialisation never varies."""
    graph = Graph(bind_namespaces="none")
    for triple in in_order(set(triples)):
        graph.add(triple)
    return graph
