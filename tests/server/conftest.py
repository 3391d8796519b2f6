"""A real server over a real store, on a port of its own, and a client that speaks plain HTTP to it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from flask import Flask

from kg.errors import NotOfferedError, QuerySyntaxError, RefusedError
from kg.formats import Format
from kg.store.port import Answer, Query, QueryForm, Version
from server import Settings, create_app
from server.serve import Server

BASE = "https://example.org/data/"
TRIG = f"""
@prefix : <{BASE}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:ann rdfs:label "Ann", "Añn"@es ; :knows :bob .
:bob rdfs:label "Bob <b>bold</b>" .
<{BASE}graph/one> {{ :ann rdfs:label "Ann", "Añn"@es ; :knows :bob . }}
<{BASE}graph/two> {{ :bob rdfs:label "Bob <b>bold</b>" . }}
"""


class TinyStore:
    def __init__(self) -> None:
        self.store = ox.Store()
        self.store.load(TRIG.encode(), ox.RdfFormat.TRIG)

    def current(self) -> Version:
        return Version("1", "2026-01-01T00:00:00Z", counts={BASE + "graph/one": 3})

    def query(self, query: Query) -> Answer:
        if "SERVICE" in query.text:
            raise RefusedError("SERVICE is refused.")
        try:
            found = self.store.query(
                query.text,
                base_iri=query.base,
                default_graph=[ox.NamedNode(each) for each in query.dataset.default] or None,
                named_graphs=[ox.NamedNode(each) for each in query.dataset.named] or None,
            )
        except SyntaxError as error:
            raise QuerySyntaxError(str(error), 1, 1) from error
        form = QueryForm.CONSTRUCT
        if isinstance(found, ox.QuerySolutions):
            form = QueryForm.SELECT
        if isinstance(found, ox.QueryBoolean):
            form = QueryForm.ASK
        row: Format | None = query.graph if form is QueryForm.CONSTRUCT else query.results
        if row is None:
            raise NotOfferedError("no format")
        kinds = ox.RdfFormat if form is QueryForm.CONSTRUCT else ox.QueryResultsFormat
        return Answer(form, row, iter([found.serialize(format=kinds.from_media_type(row.media_type))]), "1")


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:  # noqa: ANN401 -- a JSON document is anything
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.headers.get_content_type()


class Client:
    """Sends one request a connection, exactly as told."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    def send(
        self, method: str, path: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, accept: str | None = None, **headers: str) -> Reply:
        return self.send("GET", path, headers={**({"Accept": accept} if accept else {}), **headers})

    def query(self, text: str, accept: str | None = None, **parameters: str) -> Reply:
        return self.get("/sparql?" + urlencode({"query": text, **parameters}), accept)

    def post(self, path: str, body: bytes | str, kind: str, accept: str | None = None) -> Reply:
        headers = {"Content-Type": kind, **({"Accept": accept} if accept else {})}
        return self.send("POST", path, body, headers)


Serving = Callable[[Flask], AbstractContextManager["Client"]]


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
def store() -> TinyStore:
    return TinyStore()


@pytest.fixture(scope="session")
def client(store: TinyStore) -> Iterator[Client]:
    with running(create_app(store, Settings(base=BASE))) as found:
        yield found


@pytest.fixture(scope="session")
def serving() -> Serving:
    return running
