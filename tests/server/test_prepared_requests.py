"""Requests that differ from earlier ones in their query's text alone get, byte for byte, what they get from Flask."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

import server.app
from kg.datasets import GraphNames
from kg.errors import StoreError, TimeLimitError
from kg.sparql.protocol import Query
from kg.store import Answer, EmbeddedStore
from kg.store.interfaces import Version
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.app import renew_settings
from server.endpoints.prepared_requests import PreparedRequests
from server.sockets.admission import ARRIVED_KEY
from tests.server.conftest import write
from tests.server.test_response_cache import JSON, ORIGIN, OTHERS, TARGET, connect, request, responses
from tests.support.http_client import Client, Serving
from tests.support.waiting import until

BOTH = f"{JSON}, application/n-triples;q=0.5"
SELECT = "SELECT * { ?s ?p ?o } ORDER BY ?s"
LEARNT = (f"{SELECT} # 0", "ASK {} # 0", "CONSTRUCT WHERE { ?s ?p ?o } # 0")
"""Texts that are sent first: one of each form whose answer is prepared."""
PREPARED_TEXTS = (
    f"{SELECT} # 1",
    "SELECT (1 AS ?one) {}",
    "ASK {} # é",
    "ASK { ?s ?p 7 }",
    "CONSTRUCT WHERE { ?s ?p ?o } # 1",
    "PREFIX a: <urn:>\nSELECT ?o { a:1 ?p ?o }",
    "SELECT ?o { <1> ?p ?o }",
    "SELECT * FROM <relative> { ?s ?p ?o }",
    'SELECT ?a { VALUES ?a { "+ % & = ; ?query=" } }',
)
OTHER_TEXTS = (
    "",
    " ",
    "SELECT",
    "ASK { ?s ?p }",
    "ASK { ?s a:b ?o }",
    "SELECT ?s { ?s ?p ?o",
    'SELECT ?s { ?s ?p "',
    "SELECT (NOW() AS ?now) { FILTER(false) }",
    "DESCRIBE <urn:1>",
    "SELECT * { SERVICE <https://a.example/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <https://a.example/> { ?s ?p ?o } }",
    "SELECT * FROM <file:///etc/hostname> { ?s ?p ?o }",
    "SELECT ?s { ?s ?p ?o } GROUP BY ?p",
    f"ASK {{}} # {'long ' * 4000}",
    f"ASK {{}} # {'é' * 3000}",
    f"ASK {{ {'{' * 300}{'}' * 300} }}",
    "INSERT DATA { <urn:1> <urn:2> 3 }",
)
ADDRESSES = {
    "a format before the query": "format=tsv&query=TEXT",
    "an empty format": "query=TEXT&format=",
    "a format of graphs": "query=TEXT&format=turtle",
    "an unknown format": "query=TEXT&format=unknown",
    "two queries": "query=TEXT&query=ASK%20%7B%7D",
    "a query spelt otherwise": "%71uery=TEXT",
    "two queries, one spelt otherwise": "query=TEXT&%71uery=ASK%20%7B%7D",
    "an update": "query=TEXT&update=x",
    "a graph": "query=TEXT&default-graph-uri=urn%3Ag",
    "a graph with a relative name": "query=TEXT&default-graph-uri=g",
    "a time": "query=TEXT&timeout=20",
    "no time": "query=TEXT&timeout=0",
    "an explanation": "query=TEXT&explain=true",
    "no optimization": "query=TEXT&optimize=none",
    "an unknown optimization": "query=TEXT&optimize=x",
    "a version of SPARQL": "query=TEXT&sparql=1.2",
    "a parameter that is not UTF-8": "query=TEXT&a=%FF",
    "a text that is not UTF-8": "query=TEXT%FF",
    "a text with a lone percent sign": "query=TEXT%20%23%20%",
    "a page": "query=TEXT&format=html",
    "a name that ends with query": "subquery=1&query=TEXT",
    "many parameters": f"query=TEXT{'&a' * 998}",
    "too many parameters": f"query=TEXT{'&a' * 1000}",
}
LEFT_TO_FLASK = {
    "a format that is not offered",
    "a token",
    "a login",
    "two hosts",
    "a cookie that is too long",
    "a condition that fails",
    "a condition that holds",
    "a body",
    "a body of the known bytes",
    "a chunked body",
    "a length of nothing",
    "HEAD",
    "POST",
    "HTTP/1.0",
    "an older version",
    "an unknown format",
    "two queries",
    "a query spelt otherwise",
    "two queries, one spelt otherwise",
    "an update",
    "a graph with a relative name",
    "no time",
    "an unknown optimization",
    "a parameter that is not UTF-8",
    "a text that is not UTF-8",
    "a page",
    "too many parameters",
}


class FailingStore(UnlimitedStore):
    """A store that notes its evaluations, and whose queries can be made to fail."""

    def __init__(self, store: EmbeddedStore) -> None:
        super().__init__(store)
        self.evaluated: list[str] = []
        self.looked_up = 0
        self.fail: Callable[[], None] = lambda: None

    def query(self, query: Query) -> Answer:
        """Answer a query."""
        self.evaluated.append(query.text)
        self.fail()
        return super().query(query)

    def current(self) -> Version:
        """Return the current version."""
        self.looked_up += 1
        return super().current()


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    """Return a plain store of two versions, the current one of three triples."""
    store = EmbeddedStore.open(tmp_path / "store", GraphNames(""), plain=True)
    write(store, 2)
    write(store, 3)
    return store


@pytest.fixture
def flask_only(store: EmbeddedStore, serving: Serving, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Return a client of a server that caches answers, and has each request answered by Flask."""
    with monkeypatch.context() as patch:
        patch.setattr(server.app, "_register_cache_middleware", lambda *_: None)
        app = create_app(UnlimitedStore(store), Settings(base=None, origins=(ORIGIN,)))
    with serving(app) as client:
        yield client


@pytest.fixture
def failing(store: EmbeddedStore) -> FailingStore:
    """Return a store whose queries can be made to fail."""
    return FailingStore(store)


@pytest.fixture
def app(failing: FailingStore) -> Flask:
    """Return an application that prepares requests."""
    return create_app(failing, Settings(base=None, origins=(ORIGIN,)))


@pytest.fixture
def client(app: Flask, serving: Serving) -> Iterator[Client]:
    """Return a client of a server that prepares requests."""
    with serving(app) as client:
        yield client


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return of each request that could be answered without Flask whether it was, in their order."""
    outcomes, answer = list[bool](), PreparedRequests._answer  # noqa: SLF001 -- noted, not changed

    def noted(prepared_requests: PreparedRequests, *arguments: Any) -> Iterable[bytes] | None:  # noqa: ANN401 -- passed on
        body = answer(prepared_requests, *arguments)
        outcomes.append(body is not None)
        return body

    monkeypatch.setattr(PreparedRequests, "_answer", noted)
    return outcomes


def of_text(sent: bytes, text: str) -> bytes:
    """Return a request with another text for its query."""
    return sent.replace(b"TEXT", quote(text, safe="").encode())


REQUESTS = {
    **{name: sent.replace(TARGET.encode(), b"/sparql?query=TEXT", 1) for name, sent in OTHERS.items()},
    **{name: request(BOTH, line=f"GET /sparql?{address} HTTP/1.1") for name, address in ADDRESSES.items()},
}
PLAIN = request(BOTH, line="GET /sparql?query=TEXT HTTP/1.1")


def prepare(client: Client, sent: bytes) -> None:
    """Send requests from which a server learns the header of each form's response."""
    for text in LEARNT:
        responses(client, [of_text(sent, text)])


@pytest.mark.parametrize("name", REQUESTS)
def test_each_text_gets_what_it_gets_from_flask(
    client: Client, flask_only: Client, outcomes: list[bool], name: str
) -> None:
    sent = REQUESTS[name]
    for server_client in (client, flask_only):
        prepare(server_client, sent)
    outcomes.clear()
    answered = 0
    for text in (*PREPARED_TEXTS, *OTHER_TEXTS):
        expected = responses(flask_only, [of_text(sent, text)])
        assert responses(client, [of_text(sent, text)]) == expected, text
        answered += b"\r\nCache-Status: communique; fwd=miss\r\n" in expected[0] and not text.startswith("DESCRIBE")
    assert outcomes.count(True) == (0 if name in LEFT_TO_FLASK else answered)
    assert answered or name in LEFT_TO_FLASK


def test_prepared_answers_are_cached_logged_and_counted(
    client: Client, failing: FailingStore, outcomes: list[bool], caplog: pytest.LogCaptureFixture
) -> None:
    prepare(client, PLAIN)
    outcomes.clear()
    failing.evaluated.clear()
    caplog.clear()
    sent = of_text(PLAIN, PREPARED_TEXTS[0])
    with caplog.at_level("INFO", "server.requests"):
        first, again, known = (responses(client, [sent])[0] for _ in range(3))
        assert until(lambda: caplog.messages == ["GET /sparql 200"] * 3)
    assert outcomes == [True]
    assert failing.evaluated == [PREPARED_TEXTS[0]]
    assert b"Cache-Status: communique; fwd=miss\r\n" in first
    assert again == known == first.replace(b"fwd=miss", b"hit")
    counted = 'communique_requests_total{method="GET",route="/sparql",status="200"} 6.0'
    assert until(lambda: counted in client.get("/metrics").text)


def test_a_failed_evaluation_is_answered_by_flask_and_not_repeated(
    client: Client, flask_only: Client, failing: FailingStore, outcomes: list[bool]
) -> None:
    def fail() -> None:
        raise TimeLimitError("The query took longer than its limit of 7 s.", "time", 7)

    prepare(client, PLAIN)
    outcomes.clear()
    failing.evaluated.clear()
    failing.fail = fail
    [late] = responses(client, [of_text(PLAIN, PREPARED_TEXTS[0])])
    assert late.startswith(b"HTTP/1.1 504 ")
    assert late.endswith(b"\r\n\r\nThe query took longer than its limit of 7 s.\n")
    assert (outcomes, failing.evaluated) == ([False], [PREPARED_TEXTS[0]])
    failing.fail = lambda: None
    malformed = of_text(PLAIN, "ASK { ?s ?p }")
    assert responses(client, [malformed]) == responses(flask_only, [malformed])
    assert failing.evaluated == [PREPARED_TEXTS[0], "ASK { ?s ?p }"]


def test_a_query_that_fails_while_a_version_is_written_is_evaluated_on_that(
    client: Client, flask_only: Client, failing: FailingStore, store: EmbeddedStore
) -> None:
    def write_and_fail() -> None:
        failing.fail = lambda: None
        write(store, 5)
        raise StoreError("The version is gone.")

    prepare(client, PLAIN)
    failing.fail = write_and_fail
    sent = of_text(PLAIN, PREPARED_TEXTS[0])
    [answer] = responses(client, [sent])
    assert (failing.evaluated[-2:], answer.count(b'"uri"')) == ([PREPARED_TEXTS[0]] * 2, 10)
    assert [answer] == responses(flask_only, [sent])


def test_on_a_new_version_prepared_requests_get_its_answers(
    client: Client, flask_only: Client, store: EmbeddedStore, outcomes: list[bool]
) -> None:
    prepare(client, PLAIN)
    outcomes.clear()
    sent = of_text(PLAIN, PREPARED_TEXTS[0])
    for triples in (3, 4, 5):
        if triples > 3:
            write(store, triples, f"2026-01-0{triples}T00:00:00Z")
        [answer] = responses(client, [sent])
        assert answer.count(b'"uri"') == 2 * triples
        assert [answer] == responses(flask_only, [sent])
    assert outcomes == [True] * 3


def test_reloaded_settings_apply_to_requests_that_were_prepared_before(
    client: Client, app: Flask, failing: FailingStore, outcomes: list[bool]
) -> None:
    prepare(client, PLAIN)
    outcomes.clear()
    sent = of_text(PLAIN, "SELECT (<x> AS ?iri) {}")
    assert b"http://a.example/data/x" in responses(client, [sent])[0]
    renew_settings(app, failing, Settings(base="https://base.example/", origins=(ORIGIN,)))
    later = of_text(PLAIN, "SELECT (<y> AS ?iri) {}")
    assert b"https://base.example/y" in responses(client, [later])[0]
    assert outcomes == [True, False]
    assert b"https://base.example/z" in responses(client, [of_text(PLAIN, "SELECT (<z> AS ?iri) {}")])[0]
    assert outcomes == [True, False, True]


def test_a_request_sees_what_was_written_before_it_arrived(
    app: Flask, store: EmbeddedStore, failing: FailingStore, outcomes: list[bool]
) -> None:
    def triples(number: int, arrived: float | None) -> int:
        """Return how many triples a request sees."""
        target = "/sparql?query=" + quote(f"{SELECT} # {number}", safe="")
        environ = create_environ(target, "http://a.example", headers={"Accept": BOTH.partition(": ")[2]})
        environ |= {"REQUEST_URI": target, ARRIVED_KEY: arrived}
        body, _, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        return b"".join(body).count(b'"uri"') // 2

    before = time.monotonic()
    assert [triples(number, time.monotonic()) for number in (1, 2)] == [3, 3]
    outcomes.clear()
    failing.looked_up = 0
    between = time.monotonic()
    write(store, 4)
    # The last look-up began before the fourth triple was written, and after these requests had arrived.
    assert [triples(number, before) for number in (3, 4)] == [3, 3]
    assert failing.looked_up == 0
    assert [triples(number, between) for number in (5, 6)] == [4, 4]
    assert failing.looked_up == 1
    assert [triples(number, None) for number in (7, 8)] == [4, 4]
    assert (failing.looked_up, outcomes) == (3, [True] * 6)


def test_a_request_has_arrived_at_the_end_of_its_header(serving: Serving) -> None:
    arrived = list[float]()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        arrived.append(environ[ARRIVED_KEY])
        start_response("200 OK", [("Content-Length", "0")])
        return []

    app = Flask("arrivals")
    app.wsgi_app = application  # type: ignore[method-assign]
    with serving(app) as client, closing(connect(client)) as connection:
        sent = of_text(PLAIN, "ASK {}")
        connection.sendall(sent[:-1])
        before_end = time.monotonic()
        connection.sendall(sent[-1:])
        assert connection.recv(12) == b"HTTP/1.1 200"
    assert before_end <= arrived[0] <= time.monotonic()


def test_a_request_arrives_after_the_response_to_the_one_that_it_was_sent_with(serving: Serving) -> None:
    times = list[float]()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        times.extend((environ[ARRIVED_KEY], time.monotonic()))
        start_response("200 OK", [("Content-Length", "0")])
        return []

    app = Flask("arrivals")
    app.wsgi_app = application  # type: ignore[method-assign]
    with serving(app) as client:
        responses(client, [of_text(PLAIN, text) for text in ("ASK {}", "ASK { }", "ASK {  }")])
    assert (len(times), times) == (6, sorted(times))


@pytest.mark.parametrize("settings", [Settings(private=True), Settings(rate=1000), Settings(cache=0)])
def test_where_requests_are_authorized_counted_or_not_cached_none_is_prepared(
    store: EmbeddedStore, serving: Serving, outcomes: list[bool], settings: Settings
) -> None:
    with serving(create_app(UnlimitedStore(store), settings)) as client:
        prepare(client, PLAIN)
        replies = responses(client, [of_text(PLAIN, text) for text in PREPARED_TEXTS])
    assert {reply[9:12] for reply in replies} == ({b"401"} if settings.private else {b"200"})
    assert not outcomes
