"""Queries that the loop's thread answers itself get, byte for byte, what they get from Flask."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import server.app
from kg.datasets import GraphNames
from kg.sparql.protocol import Query, QueryForm
from kg.store import Answer, EmbeddedStore, ImmediateAnswers
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.app import renew_settings
from tests.server.conftest import write
from tests.server.test_prepared_requests import LEFT_TO_FLASK, PLAIN, REQUESTS, of_text
from tests.server.test_response_cache import ORIGIN, responses
from tests.support.http_client import Client, Serving
from tests.support.waiting import until

IMMEDIATE_TEXTS = (
    "ASK {} # 1",
    "ASK { ?s ?p ?o }",
    "ASK { <urn:9> ?p ?o }",
    "SELECT * { ?s ?p ?o } LIMIT 1",
    "SELECT ?o { <urn:1> ?p ?o }",
    "PREFIX a: <urn:> SELECT ?o $p { a:1 $p ?o . }",
    "SELECT ?o { <1> ?p ?o }",
    'SELECT ?s { ?s ?p "é + % & = ; ?query=" }',
    "SELECT ?s\n# ?t\n{ ?s a <urn:c> } LIMIT 0",
)
OTHER_TEXTS = (
    "ASK { a:b ?p ?o }",
    'ASK { "literal" ?p ?o }',
    "SELECT ?s { ?s A ?o }",
    "SELECT ?x { ?s ?p ?o }",
    "SELECT ?s { ?s ?p ?s }",
    "SELECT DISTINCT ?s { ?s ?p ?o }",
    "SELECT ?s { ?s ?p 1 }",
    "SELECT ?s { ?s ?p ?o . ?o ?q ?r }",
    "ASK { # \\u000A } # \n}",
    "ASK { ?s ?p ?o } LIMIT 99999999999",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    "",
)
LEARNT = ("ASK {}", "SELECT ?o { <urn:0> ?p ?o }")


class ImmediateStore(UnlimitedStore):
    """A store that notes the texts that it answers, at once and otherwise."""

    def __init__(self, store: EmbeddedStore) -> None:
        super().__init__(store)
        self.immediate_answers = ImmediateAnswers(store.open_version)
        self.at_once: list[str] = []
        self.evaluated: list[str] = []

    def answer_at_once(self, query: Query, form: QueryForm) -> Answer | None:
        """Answer an immediate query."""
        answer = self.immediate_answers.answer(query, form)
        self.at_once += [query.text] if answer is not None else []
        return answer

    def query(self, query: Query) -> Answer:
        """Answer a query."""
        self.evaluated.append(query.text)
        return super().query(query)


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    """Return a plain store of two versions, the current one of three triples."""
    store = EmbeddedStore.open(tmp_path / "store", GraphNames(""), plain=True)
    write(store, 2, "2026-01-01T00:00:00Z")
    write(store, 3, "2026-01-02T00:00:00Z")
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
def immediate(store: EmbeddedStore) -> ImmediateStore:
    """Return a store that answers immediate queries at once."""
    return ImmediateStore(store)


@pytest.fixture
def app(immediate: ImmediateStore) -> Flask:
    """Return an application whose immediate queries the loop answers."""
    return create_app(immediate, Settings(base=None, origins=(ORIGIN,)))


@pytest.fixture
def client(app: Flask, serving: Serving) -> Iterator[Client]:
    """Return a client of a server whose loop answers immediate queries."""
    with serving(app) as client:
        yield client


NUMBERS = itertools.count()


def learn(client: Client, store: ImmediateStore, sent: bytes) -> None:
    """Send requests of each form until the loop answers them, if it ever does."""
    for text in LEARNT:
        for _ in range(2):  # Flask answers the first, and a thread the second
            responses(client, [of_text(sent, f"{text} # {next(NUMBERS)}")])
    send_until_at_once(client, store, PLAIN)


def send_until_at_once(client: Client, store: ImmediateStore, sent: bytes) -> None:
    """Send requests until the loop answers them, which needs the version to be open."""
    store.at_once.clear()
    assert until(
        lambda: bool(responses(client, [of_text(sent, f"ASK {{}} # {next(NUMBERS)}")])) and bool(store.at_once)
    )


@pytest.mark.parametrize("name", REQUESTS)
def test_each_text_gets_what_it_gets_from_flask(
    client: Client, flask_only: Client, immediate: ImmediateStore, name: str
) -> None:
    sent = REQUESTS[name]
    learn(client, immediate, PLAIN)
    learn(client, immediate, sent)
    immediate.at_once.clear()
    for text in (*IMMEDIATE_TEXTS, *OTHER_TEXTS):
        expected = responses(flask_only, [of_text(sent, text)])
        assert responses(client, [of_text(sent, text)]) == expected, text
    # A request whose connection closes after the response is left to threads.
    is_immediate = name not in {*LEFT_TO_FLASK, *LEFT_TO_THREADS}
    answered = [text.removesuffix(" # %") for text in immediate.at_once]  # the end of one request's text
    assert answered == (list(IMMEDIATE_TEXTS) if is_immediate else [])


LEFT_TO_THREADS = {"a close", "an expectation", "an explanation", "a graph"}


def test_immediate_answers_are_cached_logged_and_counted(
    client: Client, immediate: ImmediateStore, caplog: pytest.LogCaptureFixture, known_by_bytes: list[bool]
) -> None:
    learn(client, immediate, PLAIN)
    immediate.at_once.clear()
    immediate.evaluated.clear()
    known_by_bytes.clear()
    caplog.clear()
    before = requests_counted(client)
    sent = of_text(PLAIN, IMMEDIATE_TEXTS[0])
    with caplog.at_level("INFO", "server.requests"):
        first, again, known = (responses(client, [sent])[0] for _ in range(3))
        assert until(lambda: caplog.messages.count("GET /sparql 200") == 3)
    assert (immediate.at_once, immediate.evaluated) == ([IMMEDIATE_TEXTS[0]], [])
    assert b"Cache-Status: communique; fwd=miss\r\n" in first
    assert again == known == first.replace(b"fwd=miss", b"hit")
    # Only the third is known by its bytes.
    assert known_by_bytes[-3:] == [False, False, True]
    assert until(lambda: requests_counted(client) == before + 3)


def requests_counted(client: Client) -> float:
    """Return how many queries the server has counted."""
    start = 'communique_requests_total{method="GET",route="/sparql",status="200"} '
    [line] = [line for line in client.get("/metrics").text.splitlines() if line.startswith(start)]
    return float(line.removeprefix(start))


def test_a_new_version_is_opened_and_answers_are_its_own(
    client: Client, flask_only: Client, immediate: ImmediateStore, store: EmbeddedStore
) -> None:
    learn(client, immediate, PLAIN)
    sent = of_text(PLAIN, "SELECT ?s ?p { ?s ?p ?o }")
    for triples in (3, 4, 5):
        if triples > 3:
            write(store, triples, f"2026-01-0{triples}T00:00:00Z")
        # Before and after the version is open.
        for _ in range(2):
            answers = responses(client, [sent]) + responses(flask_only, [sent])
            assert [answer.count(b'"urn:') for answer in answers] == [triples] * 2
            send_until_at_once(client, immediate, PLAIN)


def test_a_long_answer_is_left_to_others(client: Client, flask_only: Client, immediate: ImmediateStore) -> None:
    write_long(immediate)
    learn(client, immediate, PLAIN)
    immediate.at_once.clear()
    for text in ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o } LIMIT 10"):
        sent = of_text(PLAIN, text)
        assert responses(client, [sent]) == responses(flask_only, [sent])
    assert immediate.at_once == ["SELECT * { ?s ?p ?o } LIMIT 10"]


def write_long(immediate: ImmediateStore) -> None:
    """Write a version whose triples are longer than an immediate answer may be."""
    write(immediate._records, 1000)  # type: ignore[arg-type]  # noqa: SLF001 -- the embedded store


def test_pipelined_requests_are_left_to_threads_in_their_order(
    client: Client, flask_only: Client, immediate: ImmediateStore
) -> None:
    learn(client, immediate, PLAIN)
    immediate.at_once.clear()
    sent = [of_text(PLAIN, text) for text in IMMEDIATE_TEXTS]
    assert responses(client, sent) == responses(flask_only, sent)
    assert immediate.at_once == [IMMEDIATE_TEXTS[0]]


def test_reloaded_settings_apply_to_immediate_requests(client: Client, app: Flask, immediate: ImmediateStore) -> None:
    learn(client, immediate, PLAIN)
    [before] = responses(client, [of_text(PLAIN, "SELECT ?p { <1> ?p ?o } # 1")])
    assert b"Access-Control-Allow-Origin" not in before
    renew_settings(app, immediate, Settings(base="urn:", origins=(ORIGIN,)))
    immediate.at_once.clear()
    # With another base, the relative IRI is another one.
    answers = [responses(client, [of_text(PLAIN, f"SELECT ?p {{ <1> ?p ?o }} # {number}")])[0] for number in (2, 3, 4)]
    assert [b"#value" in answer for answer in (before, *answers)] == [False, True, True, True]
    assert immediate.at_once == ["SELECT ?p { <1> ?p ?o } # 4"]
