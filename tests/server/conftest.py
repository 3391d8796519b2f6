"""A server over the store of people, shared by all tests of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, Literal, URIRef

from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.http.response_cache import LoggedResponse, ResponseCache
from server.sockets.cached_responses import RequestBytes
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


@pytest.fixture
def known_by_bytes(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return of each look-up in the cache whether it found a response, in their order."""
    outcomes, find = list[bool](), ResponseCache.find

    def noted(cache: ResponseCache, request_bytes: RequestBytes, turn: int) -> LoggedResponse | None:
        response = find(cache, request_bytes, turn)
        outcomes.append(response is not None)
        return response

    monkeypatch.setattr(ResponseCache, "find", noted)
    return outcomes


def write(store: EmbeddedStore, triples: int, created: str | None = None) -> None:
    """Write a version with so many triples."""
    with store.write() as change:
        change.replace_graph(None, [(URIRef(f"urn:{number}"), RDF.value, Literal(number)) for number in range(triples)])
        change.commit(f"{triples} triples", created)
