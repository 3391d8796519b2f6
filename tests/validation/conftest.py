"""The shapes, the ontology and the small world that the tests of validation share."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from kg.app.schema import read_schema
from kg.shipped_files import shapes_folder
from kg.validation.shape_reach import ShapeReach, shape_reach_of
from kg.validation.shapes_check import read_shapes

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def shapes() -> Graph:
    """Return the shapes that the program ships with."""
    return read_shapes(shapes_folder())


@pytest.fixture(scope="session")
def reach(shapes: Graph) -> ShapeReach:
    """Return what the shapes look at from their targets."""
    return shape_reach_of(shapes)


@pytest.fixture(scope="session")
def ontology() -> Graph:
    """Return the ontology with its alignments and schemes."""
    return read_schema().ontology


@pytest.fixture
def world() -> Graph:
    """Return a fresh copy of a graph in which every shape has something to check and finds nothing wrong."""
    return Graph().parse(HERE / "world.ttl")
