"""Conversion of SHACL property paths (section 2.3.1) to rdflib's paths."""

from __future__ import annotations

from typing import Literal

from rdflib import RDF, SH, Graph, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.term import Node

from kg.errors import DataError

PATH_MULTIPLICITIES: dict[str, Literal["*", "+", "?"]] = {
    str(SH.oneOrMorePath): "+",
    str(SH.zeroOrMorePath): "*",
    str(SH.zeroOrOnePath): "?",
}


def to_path(node: Node, shapes: Graph) -> URIRef | Path:
    """Return the path that a node of the shapes graph describes. Raises DataError if it does not describe one."""
    if isinstance(node, URIRef):
        return node
    if (node, RDF.first, None) in shapes:
        return SequencePath(*(to_path(step, shapes) for step in shapes.items(node)))
    for kind, inner in shapes.predicate_objects(node):
        if kind == SH.inversePath:
            return InvPath(to_path(inner, shapes))
        if kind == SH.alternativePath:
            return AlternativePath(*(to_path(step, shapes) for step in shapes.items(inner)))
        if str(kind) in PATH_MULTIPLICITIES:
            return MulPath(to_path(inner, shapes), PATH_MULTIPLICITIES[str(kind)])
    raise DataError(f"The node {node} of the shapes describes no path: expected one of SHACL, section 2.3.1.")
