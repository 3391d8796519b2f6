"""Which shapes declare targets (SHACL, section 2.1.3), and replacing their declarations by some of the nodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rdflib import SH, Graph
from rdflib.term import Node

TARGET_PREDICATES = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)


def shapes_with_targets(shapes: Graph) -> set[Node]:
    """Return the shapes that declare a target."""
    return {shape for target in TARGET_PREDICATES for shape in shapes.subjects(target)}


def restrict_targets(shapes: Graph, targets: Mapping[Node, Collection[Node]]) -> Graph:
    """Return the shapes with the given nodes as their only targets."""
    # Not by pySHACL's own restriction to focus nodes: it also skips every nested shape (`sh:node`, `sh:or`, `sh:not`)
    # whose value node is not among them, so that the value conforms.
    restricted = Graph()
    restricted += (triple for triple in shapes if triple[1] not in TARGET_PREDICATES)
    restricted += ((shape, SH.targetNode, node) for shape, nodes in targets.items() for node in nodes)
    return restricted
