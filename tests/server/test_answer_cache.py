"""Cached answers: the same as new ones for every client, of the current version, and never of another."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Response

from kg.datasets import GraphNames
from kg.errors import WorkerError
from kg.store import Answer, EmbeddedStore, Query
from kg.tokens import Role, Tokens
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.endpoints.volatile_queries import MAX_LEXED_CHARACTERS, text_facts
from server.http.answer_cache import ANSWER_CACHE_EXTENSION, CACHE_STATUS, AnswerCache
from server.http.request_limits import MEGABYTE, RequestLimits
from tests.server.conftest import write
from tests.support.http_client import Client, Reply, Serving
from tests.support.waiting import until

ALL = "SELECT * { ?s ?p ?o }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
HIT, MISS, BYPASS = "communique; hit", "communique; fwd=miss", "communique; fwd=bypass"
ORIGIN = "https://pages.example"
TELLING = ("Content-Type", "Content-Encoding", "Content-Disposition", "ETag", "Vary", "Access-Control-Allow-Origin")


class CountingStore(EmbeddedStore):
    """A store that keeps the texts of what it evaluates, and whose answers may break off."""

    texts: tuple[str, ...] = ()
    breaks = False

    @property
    def evaluated(self) -> int:
        """Return how many queries were evaluated."""
        return len(self.texts)

    def query(self, query: Query) -> Answer:
        """Answer, whole or not."""
        self.texts += (query.text,)
        answer = super().query(query)
        if not self.breaks:
            return answer
        return Answer(answer.form, answer.format, self._broken(answer), answer.version)

    def _broken(self, answer: Answer) -> Iterator[bytes]:
        yield b" " * 100_000 + next(answer.chunks)
        raise WorkerError("The process that worked on this query was ended by SIGKILL.")


@pytest.fixture
def store(tmp_path: Path) -> CountingStore:
    """Return a plain store of ten triples."""
    store = CountingStore.open(tmp_path / "store", GraphNames(""), plain=True)
    write(store, 10)
    return store


@pytest.fixture
def client(store: CountingStore, serving: Serving) -> Iterator[Client]:
    """Return a client of a server that keeps answers."""
    with serving(create_app(UnlimitedStore(store), Settings(base=None, origins=(ORIGIN,)))) as client:
        yield client


def status(reply: Reply) -> str:
    """Return the cache status of a response."""
    return str(reply.headers[CACHE_STATUS])


def test_a_query_that_is_asked_again_is_answered_as_before_and_evaluated_once(
    client: Client, store: CountingStore
) -> None:
    first, again = client.query(ALL), client.query(ALL)
    posted = client.post("/sparql", ALL, "application/sparql-query")
    assert [status(reply) for reply in (first, again, posted)] == [MISS, HIT, HIT]
    assert first.body == again.body == posted.body
    assert len(first.json["results"]["bindings"]) == 10
    assert {name: first.headers[name] for name in TELLING} == {name: again.headers[name] for name in TELLING}
    assert again.headers["Content-Length"] == str(len(first.body))
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    known = client.get("/sparql?" + urlencode({"query": ALL}), **{"If-None-Match": first.headers["ETag"]})
    other = client.get("/sparql?" + urlencode({"query": ALL}), **{"If-None-Match": '"other"'})
    assert (known.status, known.body, status(known), other.status) == (304, b"", HIT, 200)
    assert store.evaluated == 1
    assert until(lambda: 'communique_answer_cache_lookups_total{result="hit"} 4.0' in client.get("/metrics").text)


def ask_until_known(
    connection: http.client.HTTPConnection, known_by_bytes: list[bool], path: str, headers: dict[str, str]
) -> list[Reply]:
    """Return the responses to one request, the last of which is the first that was found by the request's bytes."""
    known_by_bytes.clear()
    replies = list[Reply]()
    # A thread may not have finished with one request when the next is there, which then is parsed as well.
    while True not in known_by_bytes:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        replies.append(Reply(response.status, response.headers, response.read()))
        assert len(replies) < 100
    return replies


def test_a_request_that_is_known_by_its_bytes_is_answered_as_it_was_when_it_was_parsed(
    known_by_bytes: list[bool], client: Client, store: CountingStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "server.requests")
    path = "/sparql?" + urlencode({"query": COUNT})
    with closing(http.client.HTTPConnection(client.host, client.port)) as connection:
        unconditional = ask_until_known(connection, known_by_bytes, path, {})
        tag = {"If-None-Match": unconditional[0].headers["ETag"]}
        unmodified = ask_until_known(connection, known_by_bytes, path, tag)
        write(store, 11)
        later = ask_until_known(connection, known_by_bytes, path, {}) + ask_until_known(
            connection, known_by_bytes, path, tag
        )
    for parsed, known in ((unconditional[1], unconditional[-1]), (unmodified[0], unmodified[-1])):
        assert known.body == parsed.body
        assert [*known.headers] == [*parsed.headers]
        other = {name for name in known.headers if known.headers[name] != parsed.headers[name]}
        assert {"X-Request-Id"} <= other <= {"X-Request-Id", "Date"}
    replies = unconditional + unmodified + later
    assert [reply.status for reply in replies] == [200] * len(unconditional) + [304] * len(unmodified) + [200] * len(
        later
    )
    numbers = [reply.json["results"]["bindings"][0]["n"]["value"] for reply in unconditional + later]
    assert numbers == ["10"] * len(unconditional) + ["11"] * len(later)
    requests = [vars(record) for record in caplog.records if record.name == "server.requests"]
    logged = {record["request"]: record["fields"] for record in requests}
    lines = [logged[reply.headers["X-Request-Id"]] for reply in (unconditional[1], unconditional[-1])]
    assert {**lines[0], "seconds": 0} == {**lines[1], "seconds": 0}
    hits = sum(status(reply) == HIT for reply in replies)
    assert until(
        lambda: f'communique_answer_cache_lookups_total{{result="hit"}} {hits}.0' in client.get("/metrics").text
    )


def test_a_request_with_an_id_of_its_own_gets_it_back_each_time(known_by_bytes: list[bool], client: Client) -> None:
    path = "/sparql?" + urlencode({"query": COUNT})
    for number in range(8):
        reply = client.get(path, **{"X-Request-Id": f"mine-{number // 4}"})
        assert reply.headers["X-Request-Id"] == f"mine-{number // 4}"
    assert True not in known_by_bytes


@pytest.mark.parametrize("call", ["RAND()", "NOW()", "UUID()", "STRUUID()", "BNODE()", "rand()", r"R\u0041ND()"])
def test_a_volatile_query_is_never_kept(client: Client, store: CountingStore, call: str) -> None:
    replies = [client.query(f"SELECT ({call} AS ?x) {{}}") for _ in range(3)]
    assert [status(reply) for reply in replies] == [BYPASS] * 3
    assert store.evaluated == 3


NUMBERS = "SELECT ?n { ?r ?o ?a . ?s ?p ?b . ?t ?q ?c BIND(?a * 100 + ?b * 10 + ?c AS ?n) } ORDER BY ?n"


@pytest.mark.parametrize(("call", "evaluated"), [("", 1), ("RAND()", 3)])
def test_the_pages_of_an_answer_are_read_from_one_evaluation(
    client: Client, store: CountingStore, call: str, evaluated: int
) -> None:
    query = NUMBERS.replace("ORDER BY", f"ORDER BY ({call} * 0)") if call else NUMBERS
    address = "/sparql?" + urlencode({"query": query})
    pages = [client.get(f"{address}&page={number}", Accept="text/html").text for number in (1, 2, 5)]
    rows = [[int(cell) for cell in re.findall("<td>.*?>([0-9]+)<", page)] for page in pages]
    assert store.texts.count(query) == evaluated
    if not call:
        assert rows == [[*range(200)], [*range(200, 400)], [*range(800, 1000)]]


def test_a_page_of_an_answer_that_breaks_off_after_it_is_shown_and_not_kept(
    client: Client, store: CountingStore
) -> None:
    store.breaks = True
    address = "/sparql?" + urlencode({"query": NUMBERS})
    assert [client.get(address, Accept="text/html").status for _ in range(2)] == [200, 200]
    assert store.texts.count(NUMBERS) == 2


def test_no_request_has_the_answer_to_another(store: CountingStore, client: Client, serving: Serving) -> None:
    """Every request is sent three times, between the others, and compared with a server that keeps nothing."""
    base = {"Accept": "application/sparql-results+json"}
    variants: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, base),
        ({}, {"Accept": "text/csv"}),
        ({}, {"Accept": "text/csv;q=0.1, application/sparql-results+xml"}),
        ({"format": "tsv"}, base),
        ({}, {**base, "Accept-Encoding": "gzip"}),
        ({}, {**base, "Accept-Encoding": "zstd"}),
        ({}, {**base, "Origin": ORIGIN}),
        ({}, {**base, "Origin": "https://evil.example"}),
        ({}, {**base, "Host": "evil.example"}),
        ({}, {**base, "X-Forwarded-Host": "evil.example"}),
        ({"default-graph-uri": "urn:none"}, base),
        ({"version": "000001"}, base),
        ({"timeout": "x"}, base),
        ({}, {**base, "If-Match": '"other"'}),
        ({}, {**base, "Accept": "image/png"}),
        ({}, {**base, "Cookie": "c" * 9000}),
        ({}, {**base, "Authorization": "Bearer unknown"}),
        ({}, {**base, "Accept-Encoding": "identity;q=0, gzip;q=0"}),
        ({}, {**base, "Host": ""}),
    ]

    def told(client: Client) -> list[tuple[object, ...]]:
        replies = [
            client.send("GET", "/sparql?" + urlencode({"query": ALL, **more}), headers=fields)
            for more, fields in variants
        ]
        return [
            (reply.status, reply.body, *(reply.headers[name] for name in TELLING if name != "ETag" or "Host" in fields))
            for reply, (_, fields) in zip(replies, variants, strict=True)
        ]

    with serving(create_app(UnlimitedStore(store), Settings(base=None, origins=(ORIGIN,), cache=0))) as fresh:
        expected = told(fresh)
        assert "Cache-Status" not in fresh.query(ALL).headers
    assert [told(client) for _ in range(3)] == [expected] * 3
    assert {row[0] for row in expected} == {200, 400, 406, 412, 431}


def test_an_answer_has_addresses_under_the_host_of_its_own_request(client: Client) -> None:
    path = "/sparql?" + urlencode({"query": "SELECT (<x> AS ?x) {}", "format": "tsv"})
    hosts = ["a.example", "b.example", "a.example:81"] * 3
    replies = [client.get(path, Host=host) for host in hosts]
    assert [reply.text for reply in replies] == [f"?x\n<http://{host}/data/x>\n" for host in hosts]
    assert [status(reply) for reply in replies] == [MISS] * 3 + [HIT] * 6


def test_an_answer_to_a_reader_with_a_token_never_goes_to_one_without(
    store: CountingStore, serving: Serving, tmp_path: Path
) -> None:
    tokens = Tokens.of_store(tmp_path)
    token = tokens.add("reader", Role.READ, "2026-01-01T00:00:00Z")
    with serving(create_app(UnlimitedStore(store), Settings(base=None, private=True, tokens=tokens))) as client:
        path, known = "/sparql?" + urlencode({"query": ALL}), {"Authorization": f"Bearer {token}"}
        replies = [client.get(path, **fields) for fields in (known, {}, known, {"Authorization": "Bearer other"})]
        assert [reply.status for reply in replies] == [200, 401, 200, 401]
        assert [replies[0].headers[CACHE_STATUS], replies[2].headers[CACHE_STATUS]] == [MISS, HIT]
        assert b"bindings" not in replies[1].body + replies[3].body
        revalidation = {"If-None-Match": replies[0].headers["ETag"]}
        replies = [client.get(path, **fields, **revalidation) for fields in ({}, known)]
        assert [(reply.status, CACHE_STATUS in reply.headers) for reply in replies] == [(401, False), (304, True)]


def test_rates_count_answers_that_are_kept(store: CountingStore, serving: Serving) -> None:
    with serving(create_app(UnlimitedStore(store), Settings(base=None, rate=0.2))) as client:
        assert [client.query(ALL).status for _ in range(4)] == [200, 200, 429, 429]


def test_a_broken_answer_is_not_kept(client: Client, store: CountingStore) -> None:
    store.breaks = True
    with pytest.raises(Exception, match="IncompleteRead"):
        client.query(ALL)
    store.breaks = False
    replies = [client.query(ALL) for _ in range(2)]
    assert [status(reply) for reply in replies] == [MISS, HIT]
    assert [len(reply.json["results"]["bindings"]) for reply in replies] == [10, 10]


def test_a_version_that_was_pruned_is_gone_though_its_answer_was_kept(client: Client, store: CountingStore) -> None:
    assert [status(client.query(COUNT, version="000001")) for _ in range(2)] == [MISS, HIT]
    write(store, 11)
    assert status(client.query(COUNT, version="000001")) == HIT
    assert client.query(COUNT).json["results"]["bindings"][0]["n"]["value"] == "11"
    tag = client.query(COUNT, version="000001").headers["ETag"]
    store.prune(1)
    assert client.query(COUNT, version="000001").status == 404
    path = "/sparql?" + urlencode({"query": COUNT, "version": "000001"})
    assert client.get(path, **{"If-None-Match": tag}).status == 404


def test_a_clock_that_jumps_makes_no_answer_stale(client: Client, store: CountingStore) -> None:
    """A version may have the date of the one before, or an earlier one: its answers are its own all the same."""
    tags = set[str]()
    for triples, year in ((11, 2040), (12, 2001), (13, 2001), (12, 2040)):
        write(store, triples, f"{year}-06-01T00:00:00Z")
        future = {
            "If-None-Match": ", ".join(sorted(tags)) or '"none"',
            "If-Modified-Since": "Sat, 01 Jan 2050 00:00:00 GMT",
        }
        replies = [client.get("/sparql?" + urlencode({"query": COUNT}), **future) for _ in range(2)]
        numbers = [reply.json["results"]["bindings"][0]["n"]["value"] for reply in replies]
        assert (numbers, [status(reply) for reply in replies]) == ([str(triples)] * 2, [MISS, HIT])
        tags.add(replies[0].headers["ETag"])
    assert len(tags) == 4


def test_answers_are_never_stale_while_versions_are_written(client: Client, store: CountingStore) -> None:
    """Queries after a write was acknowledged see it, and the tag names the version of the answer."""
    acknowledged, wrong = [10], list[object]()
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            least = acknowledged[0]
            reply = client.query(COUNT)
            number = int(reply.json["results"]["bindings"][0]["n"]["value"])
            if number < least or reply.headers["ETag"].removeprefix("W/").strip('"')[:6] != f"{number - 9:06}":
                wrong.append((least, number, reply.headers["ETag"]))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for triples in range(11, 21):
        write(store, triples)
        acknowledged[0] = triples
        client.query(COUNT)
    ended.set()
    for reader in readers:
        reader.join()
    assert not wrong


def test_a_thousand_texts_that_differ_by_a_space_stay_within_bounds(store: CountingStore, serving: Serving) -> None:
    app = create_app(UnlimitedStore(store), Settings(base=None, cache=64 * 1024))
    cache: AnswerCache = app.extensions[ANSWER_CACHE_EXTENSION]
    with serving(app) as client:
        connection = http.client.HTTPConnection(client.host, client.port)
        for number in range(1000):
            connection.request("GET", "/sparql?" + urlencode({"query": f"ASK {{}}{' ' * number}"}))
            assert b'"boolean":true' in connection.getresponse().read()
        connection.close()
        assert store.evaluated == 1000
        assert 0 < cache.size <= 64 * 1024
        large = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        assert [status(client.query(large)) for _ in range(2)] == [MISS, MISS]
        assert cache.size <= 64 * 1024


def test_an_answer_may_take_a_quarter_of_the_cache(store: CountingStore, serving: Serving) -> None:
    with serving(create_app(UnlimitedStore(store), Settings(base=None, cache=8192))) as client:
        statuses = {
            size: [status(client.query(f"SELECT ('{'x' * size}' AS ?text) {{}}")) for _ in range(2)]
            for size in (1500, 2500)
        }
    assert statuses == {1500: [MISS, HIT], 2500: [MISS, MISS]}


def test_a_text_of_ten_megabytes_is_no_key(store: CountingStore, serving: Serving) -> None:
    text = f"ASK {{}} #{' ' * 10 * MEGABYTE}"
    assert text_facts(text).is_volatile  # no tag is computed of it
    app = create_app(
        UnlimitedStore(store),
        Settings(base=None, request_limits=RequestLimits(body=11 * MEGABYTE, query=11 * MEGABYTE)),
    )
    cache: AnswerCache = app.extensions[ANSWER_CACHE_EXTENSION]
    with serving(app) as client:
        texts = (text, text, text[: MAX_LEXED_CHARACTERS + 1], text[: MAX_LEXED_CHARACTERS + 1])
        replies = [client.post("/sparql", sent, "application/sparql-query") for sent in texts]
        assert [(reply.json, status(reply)) for reply in replies] == [({"head": {}, "boolean": True}, BYPASS)] * 4
        assert (store.evaluated, cache.size) == (4, 0)


@pytest.mark.parametrize(
    ("text", "is_ask"),
    [
        ("ASK {}", True),
        ("# SELECT\nPREFIX select: <urn:ask#>\nPREFIX :<urn:x>\task{}", True),
        ("BASE <urn:x> PREFIX ask: <urn:x#> SELECT * { ?ask ask:ASK 'ASK' }", False),
        ("PREFIX ask: <urn:ask {}> SELECT * {}", False),
        ("PREFIX é: <urn:é> ASK {}", True),
        (r"A\u0053K {}", True),
        ("# ASK {}\rDESCRIBE <urn:x>", False),
        ("SELECT * { ASK {} }", False),
    ],
)
def test_the_form_of_a_query_is_that_of_its_first_keyword(text: str, is_ask: bool) -> None:  # noqa: FBT001 -- a parameter
    assert text_facts(text).is_ask == is_ask
    assert text_facts(f"\ufeff{text}").is_ask == is_ask  # which only the lexer reads


def test_a_costly_answer_outlasts_cheap_ones() -> None:
    cache = AnswerCache(64 * 1024)
    for tag, seconds in (("costly", 1.0), *((f"cheap {number}", 0.001) for number in range(1000))):
        assert [*cache.keep(tag, Response([b"x" * 100]), seconds).response] == [b"x" * 100]
    assert cache.get("costly") is not None
    assert cache.get("cheap 0") is None
