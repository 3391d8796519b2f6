"""The worked example's people, organizations and places, to reconcile with."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.lookups.property_values import Values
from kg.reconciliation.candidates import Reconciler
from kg.reconciliation.known_things import read_known_things
from kg.store import names_of, open_store
from tests.support.corpus_stores import corpus_store


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the store of the worked example; not to be written to."""
    return corpus_store(tmp_path_factory, "harbour")


@pytest.fixture(scope="session")
def reconciler(harbour: Path) -> Reconciler:
    """Return what finds candidates in it."""
    return Reconciler(read_known_things(Values(open_store(harbour)), names_of(harbour)))
