"""The target nodes of shapes, by the definitions of SHACL: what the compiled shapes are compared with."""

from __future__ import annotations

from rdflib import RDF, RDFS, SH, Graph
from rdflib.term import Node


def target_nodes(shape: Node, shapes: Graph, data: Graph) -> set[Node]:
    """Return the nodes of `data` that a shape's own target declarations select (SHACL, section 2.1.3)."""
    nodes = {*shapes.objects(shape, SH.targetNode)}
    for target_class in shapes.objects(shape, SH.targetClass):
        for subclass in data.transitive_subjects(RDFS.subClassOf, target_class):
            nodes |= {*data.subjects(RDF.type, subclass)}
    nodes |= {node for path in shapes.objects(shape, SH.targetSubjectsOf) for node in data.subjects(path)}
    return nodes | {node for path in shapes.objects(shape, SH.targetObjectsOf) for node in data.objects(None, path)}
