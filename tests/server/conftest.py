"""A real server over a real store, on a port of its own, and a client that speaks plain HTTP to it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from rdflib import FOAF, RDF, RDFS, Literal, URIRef

from kg.datasets import GraphNames, Owner
from kg.store import EmbeddedStore, Triple
from server import Settings, create_app
from server.runtime.http_server import Server

BASE = "https://example.org/data/"
NAMES = GraphNames(BASE)
ANN, BOB, GONE, JOSE, OUTSIDER = (URIRef(BASE + name) for name in ("ann", "bob", "gone", "josé", "outsider"))
ARTICLE: list[Triple] = [
    (ANN, RDF.type, FOAF.Person),
    (ANN, RDFS.label, Literal("Ann")),
    (ANN, RDFS.label, Literal("Añn", lang="es")),
    (ANN, FOAF.knows, BOB),
    (BOB, RDFS.label, Literal("Bob <b>bold</b>")),
]
AUTHORITY: list[Triple] = [
    (BOB, RDF.type, FOAF.Person),
    (BOB, RDFS.label, Literal("Bob <b>bold</b>")),
    (JOSE, RDFS.label, Literal("José")),
]
OUTSIDE: list[Triple] = [(OUTSIDER, RDFS.label, Literal("Outsider"))]
QUESTIONS = {
    "who": "# Who knows whom?\nSELECT * { ?one <http://xmlns.com/foaf/0.1/knows> ?other }\n",
    "any": "# Is there anything?\nASK {}\n",
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(recommendation, section, level, promise): what a test shows")


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:  # noqa: ANN401 -- a JSON document is anything
        """Return what the body says in JSON."""
        return json.loads(self.body)

    @property
    def type(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get_content_type()


class Client:
    """Sends one request a connection, exactly as told."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.address = f"http://{host}:{port}/"

    def send(
        self, method: str, path: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request and return the answer, read to its end."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, accept: str | None = None, **headers: str) -> Reply:
        """Read an address."""
        return self.send("GET", path, headers={**({"Accept": accept} if accept else {}), **headers})

    def query(self, text: str, accept: str | None = None, **parameters: str) -> Reply:
        """Ask a query by GET."""
        return self.get("/sparql?" + urlencode({"query": text, **parameters}), accept)

    def post(self, path: str, body: bytes | str, kind: str, accept: str | None = None) -> Reply:
        """Post a body of a media type."""
        headers = {"Content-Type": kind, **({"Accept": accept} if accept else {})}
        return self.send("POST", path, body, headers)


Serving = Callable[[Flask], AbstractContextManager[Client]]


@contextmanager
def running(app: Flask) -> Iterator[Client]:
    """Serve an application on a free port for as long as the block lasts."""
    server = Server(app, "127.0.0.1", 0, grace=2)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Client(server.host, server.port)
    finally:
        server.stop()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Return a store of two versions; the first still knows what is gone from the second."""
    found = EmbeddedStore.open(tmp_path_factory.mktemp("store"), NAMES)
    with found.write() as first:
        first.replace_graph(NAMES.article("one"), [*ARTICLE, (GONE, RDFS.label, Literal("Gone"))], Owner.BUILD)
        first.commit("first", "2026-01-01T00:00:00Z")
    with found.write() as second:
        second.replace_graph(NAMES.article("one"), ARTICLE, Owner.BUILD)
        second.replace_graph(NAMES.authority, AUTHORITY, Owner.BUILD)
        second.replace_graph(NAMES.outside, OUTSIDE, Owner.BUILD)
        second.commit("second", "2026-01-02T00:00:00Z")
    return found


@pytest.fixture(scope="session")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of example questions."""
    folder = tmp_path_factory.mktemp("questions")
    for name, text in QUESTIONS.items():
        (folder / f"{name}.rq").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def client(store: EmbeddedStore, questions: Path) -> Iterator[Client]:
    """Return a client of a server over the store."""
    with running(create_app(store, Settings(base=BASE, questions=questions))) as found:
        yield found


@pytest.fixture(scope="session")
def serving() -> Serving:
    """Return what serves an application for the length of a block."""
    return running
