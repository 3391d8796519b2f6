"""A real server for the tests of a module, and a client that keeps its connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPMessage
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from benchmarks.free_ports import free_port
from tests.durability.harness import serving
from tests.support.memory_folder import memory_folder
from tests.support.waiting import PATIENCE

FORM = "application/x-www-form-urlencoded"


class Client:
    """Sends requests over one connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.headers = HTTPMessage()
        """Those of the last answer."""

    def send(
        self, method: str, path: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send a request, and return the status and the body of the answer."""
        content = body.encode() if isinstance(body, str) else body
        self.connection.request(method, path, content or None, dict(headers or {}))
        answer = self.connection.getresponse()
        self.headers = answer.headers
        return answer.status, answer.read()

    def update(self, text: str, query_string: str = "") -> tuple[int, bytes]:
        """Send an update as the body."""
        headers = {"Content-Type": "application/sparql-update"}
        return self.send("POST", f"/update{query_string}", text, headers)

    def dataset(self) -> ox.Dataset:
        """Return all that the server holds."""
        status, body = self.send("GET", "/data", headers={"Accept": "application/n-quads"})
        assert status == 200, body
        return ox.Dataset(ox.parse(body, ox.RdfFormat.N_QUADS))

    def graph(self, name: str | None) -> ox.Dataset:
        """Return what a graph holds, the default graph for None."""
        status, body = self.send("GET", graph_path(name), headers={"Accept": "application/n-triples"})
        assert status == 200, body
        return ox.Dataset(ox.parse(body, ox.RdfFormat.N_TRIPLES))


def graph_path(name: str | None) -> str:
    """Return the path and query string of a graph, of the default graph for None."""
    return "/data?default" if name is None else f"/data?graph={quote(name, safe='')}"


@pytest.fixture(scope="module")
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """Return a client of a server of its own over an empty plain store.

    A module that writes for most of its tests has a server without workers, whose writes need no process each and
    cost half; tests/writer/test_same_answers.py compares both ways.
    """
    port = str(free_port())
    workers = ("--workers", "0") if getattr(request.module, "WITHOUT_WORKERS", False) else ()
    options = (*workers, "--keep", "10", "--port", port, "--allow-host", f"127.0.0.1:{port}")
    with memory_folder() as folder, serving(folder / "store", "--plain", "--writable", *options) as server:
        client = Client(server.port)
        yield client
        client.connection.close()
