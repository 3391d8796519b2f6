"""Wording of the network's relations, and the JSON shape of the network for the page's script."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kg.act_words import OUTCOME_WORDS
from kg.namespaces import CQ
from server.pages.terms.page_terms import page_address
from server.pages.terms.unlabelled_terms import split_name
from server.pages.terms.word_tables import NETWORK_RELATIONS
from server.search.network import Network, NetworkEdge
from server.search.network_tables import NetworkPart

RELATION_WORDS = {
    **{str(CQ[name]): words for name, words in NETWORK_RELATIONS.items()},
    **{str(CQ[name]): (after.removesuffix(":"), before) for name, (before, after) in OUTCOME_WORDS.items()},
}
REALITY_CHOICES = {
    "all": "all, planned or feared too",
    "yes": "only what happened",
    "no": "what is planned or feared",
}


def edge_words(edge: NetworkEdge, here: str) -> str:
    """Return the wording of an edge, read from one of its ends."""
    return relation_words(edge.relation)[edge.start != here]


def relation_words(relation: str) -> tuple[str, str]:
    """Return the wording of a relation, forwards and backwards."""
    words = split_name(relation.rpartition("#")[2] or relation).lower()
    return RELATION_WORDS.get(relation, (words, f"{words} (the other way round)"))


def network_json(shown: Network, part: NetworkPart, of_no_side: Collection[str]) -> dict[str, Any]:
    """Return nodes and edges as JSON for the page's script, each node with its degree in the filtered network.

    Nodes in `of_no_side` are given no side: by some article, they have left one.
    """
    places = {iri: place for place, iri in enumerate(shown.nodes)}
    nodes = [
        (node.iri, node.name, node.kind, "" if node.iri in of_no_side else node.side, page_address(node.iri))
        for node in shown.nodes.values()
    ]
    edges = [(places[edge.start], places[edge.end], edge.relation, int(edge.real)) for edge in shown.edges]
    words = {iri: relation_words(iri) for iri, _ in shown.relations}
    degrees = [shown.degrees[iri] for iri in shown.nodes]
    return {"nodes": nodes, "edges": edges, "relations": words, "degrees": degrees, "all": part.size[0]}
