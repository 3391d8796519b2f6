"""The target nodes of shapes (SHACL, section 2.1.3), and shapes restricted to some of their targets.

pySHACL's own restriction to focus nodes is not used: it also passes over every nested shape (`sh:node`, `sh:or`,
`sh:not`) whose value node is not among them, so that the value conforms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from rdflib import RDF, RDFS, SH, Graph
from rdflib.term import Node

TARGET_PREDICATES = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)


def target_nodes(shape: Node, shapes: Graph, data: Graph) -> set[Node]:
    """Return the nodes of `data` that a shape's own target declarations select."""
    return set(_target_nodes(shape, shapes, data))


def shapes_with_targets(shapes: Graph) -> set[Node]:
    """Return the shapes that declare a target."""
    return {shape for target in TARGET_PREDICATES for shape in shapes.subjects(target)}


def restrict_targets(shapes: Graph, targets: Mapping[Node, Collection[Node]]) -> Graph:
    """Return the shapes with the given nodes as their only targets."""
    restricted = Graph()
    restricted += (triple for triple in shapes if triple[1] not in TARGET_PREDICATES)
    restricted += ((shape, SH.targetNode, node) for shape, nodes in targets.items() for node in nodes)
    return restricted


def _target_nodes(shape: Node, shapes: Graph, data: Graph) -> Iterator[Node]:
    yield from shapes.objects(shape, SH.targetNode)
    for target_class in shapes.objects(shape, SH.targetClass):
        for subclass in data.transitive_subjects(RDFS.subClassOf, target_class):
            yield from data.subjects(RDF.type, subclass)
    for path in shapes.objects(shape, SH.targetSubjectsOf):
        yield from data.subjects(path)
    for path in shapes.objects(shape, SH.targetObjectsOf):
        yield from data.objects(None, path)
