"""Which nodes a shape is about (SHACL, section 2.1.3), and shapes that are about some of them only.

pySHACL's own restriction to focus nodes is not used: it also passes over every nested shape (`sh:node`, `sh:or`,
`sh:not`) whose value node is not among them, and what it passes over conforms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rdflib import RDF, RDFS, SH, Graph
from rdflib.term import Node

TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)


def target_nodes(shape: Node, shapes: Graph, data: Graph) -> set[Node]:
    """Return the nodes of `data` that a shape is about, by the targets that it declares itself."""
    return set(_target_nodes(shape, shapes, data))


def shapes_with_targets(shapes: Graph) -> set[Node]:
    """Return the shapes that declare a target."""
    return {shape for target in TARGETS for shape in shapes.subjects(target)}


def restrict(shapes: Graph, data: Graph, focus: Collection[str]) -> Graph:
    """Return the shapes with targets that are those of the given ones among `focus`, and no others."""
    narrowed = Graph()
    narrowed += (triple for triple in shapes if triple[1] not in TARGETS)
    for shape in shapes_with_targets(shapes):
        for node in target_nodes(shape, shapes, data):
            if str(node) in focus:
                narrowed.add((shape, SH.targetNode, node))
    return narrowed


def _target_nodes(shape: Node, shapes: Graph, data: Graph) -> Iterator[Node]:
    yield from shapes.objects(shape, SH.targetNode)
    for wanted in shapes.objects(shape, SH.targetClass):
        for kind in data.transitive_subjects(RDFS.subClassOf, wanted):
            yield from data.subjects(RDF.type, kind)
    for path in shapes.objects(shape, SH.targetSubjectsOf):
        yield from data.subjects(path)
    for path in shapes.objects(shape, SH.targetObjectsOf):
        yield from data.objects(None, path)
