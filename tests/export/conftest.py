"""A small dataset that holds what is hard to write, and the worked example's."""

from __future__ import annotations

import pytest

from kg.app import assemble, read_inputs
from kg.export import GraphsByName
from tests.support.export_datasets import HARBOUR


@pytest.fixture(scope="session")
def harbour() -> GraphsByName:
    """Return the graphs that a build makes of the worked example, without what is inferred."""
    return dict(assemble(*read_inputs(HARBOUR)).built.items())
