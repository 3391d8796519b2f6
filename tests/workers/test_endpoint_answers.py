"""What a listed endpoint answers a SERVICE with is read by a worker: no answer ends the server or holds it up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar
from urllib.parse import urlencode

import pytest

from kg.sparql import lexer
from kg.workers.pooled_store import PooledStore
from server import Settings, create_app
from server.runtime.http_server import Server
from tests.support.http_client import serve
from tests.support.waiting import PATIENCE
from tests.support.worker_pool import Opening

IRI = '{"type":"uri","value":"x:a"}'


def nested(levels: int) -> str:
    """Return a triple term in triple terms."""
    opened = f'{{"type":"triple","value":{{"subject":{IRI},"predicate":{IRI},"object":'
    return opened * levels + IRI + "}}" * levels


def results(variables: list[str], *rows: str) -> bytes:
    """Return results in JSON of one variable's terms."""
    bindings = ",".join(f'{{"{variables[0]}":{row}}}' for row in rows)
    return f'{{"head":{{"vars":{json.dumps(variables)}}},"results":{{"bindings":[{bindings}]}}}}'.encode()


def literal(text: str) -> str:
    """Return a literal in JSON."""
    return json.dumps({"type": "literal", "value": text})


HOSTILE: dict[str, tuple[bytes, int, str]] = {
    "triples in triples": (results(["v"], nested(50_000)), 400, "nests deeper than 64 levels"),
    "no end of triples": (results(["v"], nested(50_000))[:1_000_000], 400, "nests deeper than 64 levels"),
    "lists in lists": (b'{"head":{"vars":[' + b"[" * 1_000_000, 400, "nests deeper than 64 levels"),
    "a nest behind a text": (b'{"a":"]]}}\\"",' + b'"b":{' * 70, 400, "nests deeper than 64 levels"),
    "variables": (
        results([f"v{number}" for number in range(60_000)], IRI),
        400,
        "60,000 variables, and the limit is 200",
    ),
    "a long literal": (results(["v"], literal("x" * 9_000_000)), 400, "more than 4,194,304 bytes"),
    "a long literal of wide signs": (results(["v"], literal("\U0001f600" * 700_000)), 400, "longer than can be read"),
    "many long literals": (results(["v"], *[literal("x" * 4000)] * 2000), 400, "more than 4,194,304 bytes"),
    "solutions": (results(["v"], *[IRI] * 2501), 400, "more than 2,500 solutions"),
    "a triple term": (results(["v"], nested(1)), 400, "no name outside its own store"),
    "a row that breaks off": (results(["v"], IRI, IRI)[:-8], 400, "not SPARQL results in JSON"),
    "a row of another kind": (results(["v"], '{"type":"kind","value":"x"}'), 400, "not SPARQL results in JSON"),
    "no head": (b'{"results":{"bindings":[]}}', 400, "not SPARQL results in JSON"),
    "a head that is a list": (b'{"head":[],"results":{"bindings":[]}}', 400, "not SPARQL results in JSON"),
    "variables that are a number": (
        b'{"head":{"vars":3},"results":{"bindings":[]}}',
        400,
        "not SPARQL results in JSON",
    ),
    "a long number": (b'{"head":{"vars":["v"]},"n":' + b"9" * 100_000 + b"}", 400, "not SPARQL results in JSON"),
    "no JSON": (b"\xff\xfe<html>", 400, "not SPARQL results in JSON"),
    "a boolean": (b'{"head":{},"boolean":true}', 400, "a boolean"),
}


class Endpoint(BaseHTTPRequestHandler):
    """An endpoint that answers everything with the same."""

    answer: ClassVar[bytes] = b""

    def do_POST(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
        """Report nothing."""


@contextmanager
def run(start: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    """Run a server in a thread for as long as the block lasts."""
    thread = Thread(target=start)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[int]:
    """Return the port of the hostile endpoint."""
    with HTTPServer(("127.0.0.1", 0), Endpoint) as server, run(server.serve_forever, server.shutdown):
        yield server.server_port


@pytest.fixture
def server(endpoint: int, opening: Opening) -> Iterator[tuple[Server, PooledStore]]:
    """Return a server that may query the endpoint, and its workers."""
    settings = Settings(base=None, hosts=(f"127.0.0.1:{endpoint}",))
    with opening(time=60) as store, serve(create_app(store, settings)) as started:
        yield started, store


def ask(server: Server, text: str) -> tuple[int, str]:
    """Send a query; return status and body."""
    connection = HTTPConnection(server.host, server.port, timeout=PATIENCE)
    try:
        connection.request("GET", f"/sparql?{urlencode({'query': text})}", headers={"Accept": "text/csv, text/plain"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_no_answer_of_an_endpoint_ends_the_server_or_a_worker(
    endpoint: int, server: tuple[Server, PooledStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    front, store = server
    for name, (answer, status, sentence) in HOSTILE.items():
        monkeypatch.setattr(Endpoint, "answer", answer)
        answer_status, body = ask(front, f"SELECT * {{ SERVICE <http://127.0.0.1:{endpoint}/> {{ ?s ?p ?v }} }}")
        assert (answer_status, sentence in body) == (status, True), f"{name}: {answer_status} {body[:300]}"
        assert ask(front, f"SELECT * {{ SERVICE SILENT <http://127.0.0.1:{endpoint}/> {{ ?s ?p ?v }} }}")[0] == 200, (
            name
        )
    assert store.failure() is None
    assert ask(front, "SELECT (1 AS ?n) {}") == (200, "n\r\n1\r\n")


def test_the_front_process_reads_no_tokens_of_a_long_query(
    endpoint: int, server: tuple[Server, PooledStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Counted:
        """A pattern of the lexer that counts what is read with it."""

        def __init__(self, pattern: re.Pattern[str]) -> None:
            self._pattern, self.count = pattern, 0

        def match(self, text: str, position: int) -> re.Match[str] | None:
            """Count, and match."""
            self.count += 1
            return self._pattern.match(text, position)

    counted = Counted(lexer._PATTERN)  # noqa: SLF001 -- the work of the front is what is tried
    monkeypatch.setattr(lexer, "_PATTERN", counted)
    monkeypatch.setattr(Endpoint, "answer", b'{"head":{"vars":["v"]},"results":{"bindings":[]}}')
    front, _ = server
    prologue = "".join(f"PREFIX p{number}: <x:{number}>\n" for number in range(5000))
    for query in ("ASK {}", f"ASK {{ SERVICE <http://127.0.0.1:{endpoint}/> {{ ?s ?p ?v }} }}"):
        connection = HTTPConnection(front.host, front.port, timeout=60)
        connection.request("POST", "/sparql", prologue + query, {"Content-Type": "application/sparql-query"})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["ETag"]) == (200, None), answer.read()
        connection.close()
        assert counted.count == 0, query
    # A text that was not asked before, and whose form is not plain from its beginning.
    assert ask(front, "BASE <x:> SELECT (1 AS ?n) {}")[0] == 200
    assert 0 < counted.count < 100


def test_what_answers_of_several_services_bring_together_is_limited(
    endpoint: int, server: tuple[Server, PooledStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Endpoint, "answer", results(["v"], *[literal("x" * 500_000)] * 6))
    service = f"SERVICE <http://127.0.0.1:{endpoint}/> {{ ?s ?p ?v }}"
    assert ask(server[0], f"SELECT (SUM(STRLEN(?v)) AS ?n) {{ {service} }}") == (200, "n\r\n3000000\r\n")
    status, body = ask(server[0], f"SELECT * {{ {service} {service} }}")
    assert (status, "more than 4,194,304 characters with the answers of its SERVICEs" in body) == (400, True)


def test_the_answer_is_read_by_a_worker_and_its_values_come_through(
    endpoint: int, server: tuple[Server, PooledStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    front, store = server
    before = store.stats().served
    monkeypatch.setattr(Endpoint, "answer", results(["v"], IRI, literal('é "\U0001f600" \\ \n')))
    answer = ask(front, f"SELECT ?v {{ SERVICE <http://127.0.0.1:{endpoint}/> {{ ?s ?p ?v }} }}")
    assert answer == (200, 'v\r\nx:a\r\n"é ""\U0001f600"" \\ \n"\r\n')
    assert store.stats().served == before + 3  # the query's clauses, their answer, and the query
