"""One validator for all tests of the same shapes and ontology: compiling the shapes takes a third of a second."""

from __future__ import annotations

from functools import lru_cache

from rdflib import Graph

from kg.validation.shacl_validator import GraphValidator


@lru_cache(4)
def shared_validator(shapes: Graph, ontology: Graph) -> GraphValidator:
    """Return the validator of two graphs that no test changes; graphs are told apart by their identifiers."""
    return GraphValidator(shapes, ontology)
