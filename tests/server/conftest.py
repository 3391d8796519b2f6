"""A server over the store of people, shared by all tests of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.store import EmbeddedStore
from kg.workers import UnlimitedStore
from server import Settings, create_app
from tests.support.http_client import Client, Serving, run_server
from tests.support.people_store import BASE, create_people_store, write_questions


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(recommendation, section, level, promise): what a test shows")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Return the store of people."""
    return create_people_store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="session")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of example questions."""
    return write_questions(tmp_path_factory.mktemp("questions"))


@pytest.fixture(scope="session")
def client(store: EmbeddedStore, questions: Path) -> Iterator[Client]:
    """Return a client of a server over the store."""
    with run_server(create_app(UnlimitedStore(store), Settings(base=BASE, questions=questions))) as client:
        yield client


@pytest.fixture(scope="session")
def serving() -> Serving:
    """Return a context manager that serves an application."""
    return run_server
