"""Graphs of networkx."""

from __future__ import annotations

import networkx as nx

from kg.export.property_graph import PropertyGraph


def network_graph(graph: PropertyGraph) -> nx.MultiDiGraph:
    """Return a property graph with its nodes named by IRI and its edges keyed by label."""
    network = nx.MultiDiGraph(description=graph.description)
    for node in graph.nodes.values():
        network.add_node(node.iri, label=node.label, types=node.types, **node.properties)
    for edge in graph.edges:
        network.add_edge(edge.source, edge.target, key=edge.label, **edge.properties)
    return network
