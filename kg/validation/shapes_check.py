"""Checks of the shapes themselves: a misspelt shape accepts all data, so unknown terms in shapes are errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rdflib import OWL, RDF, SH, Graph, URIRef
from rdflib.term import Node

from kg.errors import DataError
from kg.namespaces import ONTOLOGY, SHAPES
from kg.validation.declared_targets import shapes_with_targets

SHAPE_TYPES = (SH.NodeShape, SH.PropertyShape)
SHAPE_PREDICATES = (SH.node, SH["not"], SH.property, SH.qualifiedValueShape)
SHAPE_LIST_PREDICATES = (SH["and"], SH["or"], SH.xone)
ONTOLOGY_TERM = re.compile(r"\bcq:([A-Za-z][\w-]*)")
"""A term of the ontology in the text of a query, written with our prefix."""


def read_shapes(folder: Path) -> Graph:
    """Return the shapes of a folder's Turtle files as one graph. Raises DataError if there are none."""
    shapes = Graph()
    for file in sorted(folder.glob("*.ttl")):
        shapes.parse(file, format="turtle")
    if not shapes:
        raise DataError(f"The folder {folder} holds no shapes: expected Turtle files there.")
    return shapes


def check_shapes(shapes: Graph, ontology: Graph) -> None:
    """Raise DataError with every unknown term, and every shape that has no IRI or message or is never applied."""
    faults = [*_unknown_terms(shapes), *_terms_the_ontology_lacks(shapes, ontology), *_incomplete_shapes(shapes)]
    if faults:
        raise DataError("The shapes are invalid: " + " ".join(sorted(faults)))


def all_shapes(shapes: Graph) -> set[Node]:
    """Return every node that is typed as a shape or that a shape refers to as one."""
    return {shape for kind in SHAPE_TYPES for shape in shapes.subjects(RDF.type, kind)} | referenced_shapes(shapes)


def referenced_shapes(shapes: Graph) -> set[Node]:
    """Return the shapes that another shape refers to."""
    direct = {shape for reference in SHAPE_PREDICATES for shape in shapes.objects(None, reference)}
    listed = {
        shape
        for kind in SHAPE_LIST_PREDICATES
        for members in shapes.objects(None, kind)
        for shape in shapes.items(members)
    }
    return direct | listed


def _unknown_terms(shapes: Graph) -> Iterator[str]:
    for term in {term for triple in shapes for term in triple if isinstance(term, URIRef)}:
        if term.startswith(str(SH)) and term not in SH:
            yield f"{term} is not a term of SHACL."


def _terms_the_ontology_lacks(shapes: Graph, ontology: Graph) -> Iterator[str]:
    used = {str(term) for triple in shapes for term in triple if str(term).startswith(ONTOLOGY)}
    for query in shapes.objects(None, SH.select):
        used |= {f"{ONTOLOGY}{name}" for name in ONTOLOGY_TERM.findall(str(query))}
    # The namespace itself occurs in the declaration of its prefix.
    used -= {ONTOLOGY}
    for term in used - {str(subject) for subject in ontology.subjects()}:
        yield f"{term} is not a term of the ontology."


def _incomplete_shapes(shapes: Graph) -> Iterator[str]:
    reached = shapes_with_targets(shapes) | referenced_shapes(shapes)
    for shape in all_shapes(shapes) | shapes_with_targets(shapes):
        if not (isinstance(shape, URIRef) and shape.startswith(SHAPES)):
            yield f"The shape {shape} has no IRI of its own under {SHAPES}."
        if not set(shapes.objects(shape, RDF.type)) & set(SHAPE_TYPES):
            yield f"The shape {shape} is typed neither as sh:NodeShape nor as sh:PropertyShape."
        if (shape, SH.message, None) not in shapes:
            yield f"The shape {shape} has no message."
        if shape not in reached:
            yield f"The shape {shape} is never applied: it has no target, and no shape refers to it."
        if (shape, RDF.type, OWL.Class) in shapes:
            yield f"The shape {shape} is also a class, which makes its instances targets: declare targets instead."
