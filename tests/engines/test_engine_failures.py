"""Engines that are slow, busy, or lose the connection: requests are repeated if safe, and answers are never partial."""

from __future__ import annotations

import json
import socket
import time
from collections import deque
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler
from typing import ClassVar
from urllib.parse import parse_qs

import pytest

from kg.engines import Login, RemoteStore, engine_connection
from kg.engines.engine_connection import ATTEMPTS, READ_AHEAD, EngineConnection
from kg.engines.http_servers import seconds_to_wait
from kg.errors import FetchError, RequestError, TimeLimitError
from kg.formats import JSON, NTRIPLES
from kg.store import Query
from tests.support.command_line import kg
from tests.support.handler_server import handler_server

GRAPH = "urn:graph"
ANSWERS = {"?dataset": (["dataset"], []), "COUNT": (["graph", "triples"], [{"graph": GRAPH, "triples": "3"}])}
NAMES = [{"s": f"urn:s{number}", "p": "urn:p", "o": f"urn:o{number}"} for number in range(3)]


def document(variables: list[str], rows: list[dict[str, str]]) -> bytes:
    def term(value: str) -> dict[str, str]:
        return {"type": "literal" if value.isdigit() else "uri", "value": value}

    bindings = [{name: term(value) for name, value in row.items()} for row in rows]
    return json.dumps({"head": {"vars": variables}, "results": {"bindings": bindings}}).encode()


class Engine(BaseHTTPRequestHandler):
    """Has one graph, and misbehaves once in each of the given ways, at queries for rows."""

    protocol_version = "HTTP/1.1"
    faults: ClassVar[list[str]] = []
    queries: ClassVar[list[str]] = []
    rows: ClassVar[list[dict[str, str]]] = NAMES
    repeated: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        """Answer a query."""
        text = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        for word, answer in ANSWERS.items():
            if word in text:
                return self.send(200, document(*answer), {"Server": "Virtuoso/7"})
        self.queries.append(text)
        fault = self.faults.pop(0) if self.faults else ""
        if fault.isdigit():
            return self.send(int(fault), b"not now", {"Retry-After": "5"})
        body = document(["s", "p", "o"], self.rows) if "SELECT" in text else b"<urn:s> <urn:p> <urn:o> .\n" * 3
        if fault == "silent":
            self.close_connection = True
            return None
        return self.send(200, body, {"X-SPARQL-MaxRows": "3"} if fault == "limit" else {}, fault)

    def send(self, status: int, body: bytes, fields: dict[str, str] | None = None, fault: str = "") -> None:
        """Send an answer, whole or as the fault has it."""
        self.send_response_only(status)
        for name in self.repeated:
            self.send_header("X-SPARQL-default-graph", name)
        for name, value in (fields or {}).items():
            self.send_header(name, value)
        part = body[: len(body) * 2 // 3] if fault in {"half", "chunks", "unmarked", "stalled"} else body
        if fault == "chunks":
            self.send_header("Transfer-Encoding", "chunked")
            part = f"{len(part):x}\r\n".encode() + part + b"\r\n"
        elif fault not in {"unmarked", "endless"}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(part)
        if fault == "stalled":
            self.connection.recv(1)  # until the client closes the connection
        self.close_connection = fault != ""

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """Run the engine, and return the address for queries."""
    Engine.faults, Engine.queries, Engine.rows, Engine.repeated = [], [], NAMES, []
    with handler_server(Engine) as port:
        yield f"http://127.0.0.1:{port}/sparql"


@pytest.fixture
def pauses() -> list[float]:
    """Return how long was waited each time."""
    return []


@pytest.fixture
def store(address: str, pauses: list[float]) -> RemoteStore:
    """Return the engine as a store that does not wait."""
    return RemoteStore(EngineConnection(address, Login(), pauses.append), 60)


def triples(store: RemoteStore) -> list[bytes]:
    return sorted(b"".join(store.graph(GRAPH, NTRIPLES).chunks).splitlines())


WHOLE = sorted(f"<urn:s{number}> <urn:p> <urn:o{number}> .".encode() for number in range(3))


def test_an_engine_may_repeat_all_graphs_in_its_head(store: RemoteStore) -> None:
    Engine.repeated = [f"urn:graph{number}" for number in range(300)]
    assert triples(store) == WHOLE
    assert len(Engine.queries) == 1


def test_a_head_that_repeats_graphs_without_end_is_an_error(
    store: RemoteStore, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_connection, "MAX_REPEATED_GRAPHS", 299)
    Engine.repeated = [f"urn:graph{number}" for number in range(300)]
    with pytest.raises(FetchError) as raised:
        triples(store)
    fault = "did not answer: more than 299 fields of its head repeat graphs after 4 attempts."
    assert str(raised.value) == f"{address.split('/')[2]} {fault}"
    Engine.repeated.pop()
    assert triples(store) == WHOLE


@pytest.mark.parametrize("fault", ["silent", "half", "chunks"])
def test_a_lost_connection_is_tried_again(store: RemoteStore, pauses: list[float], fault: str) -> None:
    Engine.faults = [fault, fault]
    assert triples(store) == WHOLE
    assert len(Engine.queries) == 3
    assert pauses == [1, 2]


@pytest.mark.parametrize("status", ["429", "502", "503", "504"])
def test_a_busy_engine_is_asked_again_after_as_long_as_it_says(
    store: RemoteStore, pauses: list[float], status: str
) -> None:
    Engine.faults = [status]
    assert triples(store) == WHOLE
    assert pauses == [5]


@pytest.mark.parametrize(("field", "seconds"), [("7", 7), ("Mon, 30 Nov 2026 09:00:00 GMT", 0), ("\u00b2", 0)])
def test_what_is_no_number_of_seconds_is_no_time_to_wait(field: str, seconds: float) -> None:
    headers = Message()
    headers["Retry-After"] = field
    assert seconds_to_wait(headers) == seconds


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("silent", "did not answer: Remote end closed connection without response after 4 attempts."),
        ("half", "did not answer: IncompleteRead"),
        ("chunks", "did not answer: IncompleteRead"),
        ("503", "was too busy: 503 Service Unavailable. not now after 4 attempts."),
    ],
)
def test_an_engine_that_stays_so_is_an_error(store: RemoteStore, address: str, fault: str, sentence: str) -> None:
    Engine.faults = [fault] * 9
    with pytest.raises(FetchError) as raised:
        triples(store)
    assert str(raised.value).startswith(f"{address.split('/')[2]} {sentence}")
    assert len(Engine.queries) == ATTEMPTS


@pytest.mark.parametrize("status", ["400", "401", "403", "500"])
def test_what_the_engine_refuses_is_not_sent_again(store: RemoteStore, address: str, status: str) -> None:
    Engine.faults = [status]
    with pytest.raises(FetchError, match=f"^{address.split('/')[2]} .*: {status} .*not now"):
        triples(store)
    assert len(Engine.queries) == 1


def test_an_answer_that_ends_early_without_saying_so_is_an_error(store: RemoteStore) -> None:
    Engine.faults = ["unmarked"]
    with pytest.raises(FetchError, match="cannot be read"):
        triples(store)
    Engine.faults = ["unmarked"]
    with pytest.raises(FetchError, match="does not say where its answer ends"):
        b"".join(store.query(Query("CONSTRUCT WHERE { ?s ?p ?o }", None, NTRIPLES)).chunks)


def test_what_breaks_off_after_its_first_part_was_handed_on_is_an_error(store: RemoteStore) -> None:
    Engine.rows = [{"s": f"urn:{'s' * 200}{number}"} for number in range(4 * READ_AHEAD // 200)]
    Engine.faults = ["half"]
    chunks = store.query(Query("SELECT * WHERE { ?s ?p ?o }", JSON, None)).chunks
    assert next(chunks).startswith(b'{"head":')
    with pytest.raises(FetchError, match="broke off: IncompleteRead"):
        b"".join(chunks)
    assert len(Engine.queries) == 1


def test_what_stalls_after_its_first_part_was_handed_on_ends_with_the_time_of_the_query(address: str) -> None:
    Engine.rows = [{"s": f"urn:{'s' * 200}{number}"} for number in range(4 * READ_AHEAD // 200)]
    Engine.faults = ["stalled"]
    ends = [time.monotonic() + 300]
    connection = EngineConnection(address, Login())
    answer = connection.ask([("query", "SELECT *")], JSON.media_type, lambda: ends[-1] - time.monotonic())
    ends.append(time.monotonic() + 0.2)
    with pytest.raises(TimeLimitError, match="was still answering when the time of the query was up"):
        deque(iter(answer.read, b""), maxlen=0)
    answer.close()


def test_an_engine_that_gives_up_in_the_middle_has_reached_its_time(store: RemoteStore) -> None:
    Engine.faults = ["206"]
    with pytest.raises(TimeLimitError, match=r"gave up in the middle of the answer: 206 .*not now"):
        triples(store)
    assert len(Engine.queries) == 1


def test_rows_that_are_fewer_than_the_engine_has_counted_are_an_error(store: RemoteStore) -> None:
    Engine.rows = NAMES[:2]
    with pytest.raises(FetchError, match="has sent 2 of the 3 triples that it counted in <urn:graph>"):
        triples(store)


def test_as_many_rows_as_an_engine_sends_at_most_are_an_error(store: RemoteStore) -> None:
    Engine.faults = ["limit"]
    with pytest.raises(FetchError, match="sends no more than 3 rows, and may have left some out"):
        b"".join(store.query(Query("SELECT * WHERE { ?s ?p ?o }", JSON, None)).chunks)


def test_an_engine_that_is_silent_ends_with_the_time_of_the_query() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        store = RemoteStore(EngineConnection(f"http://{host}/sparql", Login()), 0.2)
        with pytest.raises(TimeLimitError, match=f"^{host} did not answer in the time that a query has.$"):
            store.current()


class Mail(BaseHTTPRequestHandler):
    """Answers as a server of mail does."""

    def do_POST(self) -> None:
        """Greet."""
        self.wfile.write(b"220 ready")


def test_what_does_not_speak_http_is_told() -> None:
    with handler_server(Mail) as port:
        store = RemoteStore(EngineConnection(f"http://127.0.0.1:{port}/sparql", Login(), lambda _: None))
        with pytest.raises(
            FetchError, match=f"^127.0.0.1:{port} did not answer: 220 ready after {ATTEMPTS} attempts.$"
        ):
            store.current()


def test_who_is_not_there_and_what_is_no_address_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        host = f"127.0.0.1:{unused.getsockname()[1]}"
    store = RemoteStore(EngineConnection(f"http://{host}/sparql", Login(), lambda _: None))
    with pytest.raises(FetchError, match=f"^{host} did not answer: .*refused.* after {ATTEMPTS} attempts.$"):
        store.current()
    with pytest.raises(RequestError, match="'ftp://x/y' is not a server's address"):
        EngineConnection("ftp://x/y", Login())
    assert kg("query", "ASK {}", "--store", "http://[").failed(2).startswith("'http://[' is not a server's address")
