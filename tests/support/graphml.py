"""GraphML as networkx reads it, with the IRIs of nodes, which are no ids in GraphML, as their names."""

from __future__ import annotations

import io

import networkx as nx


def read_graphml(document: bytes) -> nx.MultiDiGraph:
    """Return the graph of a document."""
    graph = nx.read_graphml(io.BytesIO(document), force_multigraph=True)
    return nx.relabel_nodes(graph, dict(graph.nodes(data="iri")))
