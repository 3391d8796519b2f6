"""A client of plain HTTP, and a real server on a free port for it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from server.runtime.http_server import THREADS, Server
from tests.support.waiting import PATIENCE


@dataclass(frozen=True)
class Reply:
    """A response, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:  # noqa: ANN401 -- a JSON document is anything
        """Return the body parsed as JSON."""
        return json.loads(self.body)

    @property
    def type(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get_content_type()


class Client:
    """An HTTP client that sends each request on its own connection and follows no redirect."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.address = f"http://{host}:{port}/"

    def send(
        self, method: str, path: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request and return the response."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, dict(headers or {}))
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, accept: str | None = None, **headers: str) -> Reply:
        """Send a GET."""
        return self.send("GET", path, headers={**({"Accept": accept} if accept else {}), **headers})

    def query(self, text: str, accept: str | None = None, **parameters: str) -> Reply:
        """Send a query by GET."""
        return self.get("/sparql?" + urlencode({"query": text, **parameters}), accept)

    def post(self, path: str, body: bytes | str, kind: str, accept: str | None = None) -> Reply:
        """Send a POST with a media type."""
        headers = {"Content-Type": kind, **({"Accept": accept} if accept else {})}
        return self.send("POST", path, body, headers)


Serving = Callable[[Flask], AbstractContextManager[Client]]


@contextmanager
def run_server(app: Flask) -> Iterator[Client]:
    """Serve an application on a free port within the block, and yield a client of it."""
    with serve(app) as server:
        yield Client(server.host, server.port)


@contextmanager
def serve(app: Flask, *, threads: int = THREADS) -> Iterator[Server]:
    """Serve an application on a free port within the block."""
    server = Server(app, "127.0.0.1", 0, threads=threads, grace=2)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
