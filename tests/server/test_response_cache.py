"""Requests known by their bytes: each gets, byte for byte but for date and id, what it gets where none is known."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

import pytest

import server.app
from kg.datasets import GraphNames
from kg.errors import StoreError
from kg.store import EmbeddedStore
from kg.store.interfaces import Version
from kg.tokens import Role, Tokens
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.http.answer_cache import AnswerCache
from server.http.response_cache import AnswerReference, LoggedResponse, ResponseCache
from server.sockets.cached_responses import ALONE, RequestBytes
from tests.server.conftest import write
from tests.support.http_client import Client, Serving
from tests.support.waiting import PATIENCE, until

TARGET = "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o } ORDER BY ?s"})
ORIGIN = "https://pages.example"
_OWN_FIELDS = re.compile(rb"^(Date|X-Request-Id): [^\r]*\r\n", re.MULTILINE)


def request(*fields: str, line: str = f"GET {TARGET} HTTP/1.1", host: str = "a.example", body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    return "\r\n".join((line, f"Host: {host}", *fields, "", "")).encode() + body


KNOWN = request("Accept: application/sparql-results+json")
JSON = "Accept: application/sparql-results+json"
OTHERS = {
    "another format": request("Accept: text/csv"),
    "two fields of one name": request(JSON, "Accept: text/csv;q=0.5"),
    "a format that is not offered": request("Accept: image/png"),
    "a field spelt otherwise": request(JSON.replace("Accept", "ACCEPT")),
    "a compression": request(JSON, "Accept-Encoding: gzip"),
    "an origin that is allowed": request(JSON, f"Origin: {ORIGIN}"),
    "an origin that is not": request(JSON, "Origin: https://evil.example"),
    "a token": request(JSON, "Authorization: Bearer unknown"),
    "a login": request(JSON, "Authorization: Basic eDp5"),
    "another host": request(JSON, host="b.example"),
    "a host of the proxy's": request(JSON, "X-Forwarded-Host: b.example"),
    "two hosts": request(JSON, "Host: b.example"),
    "a cookie": request(JSON, "Cookie: a=b"),
    "a cookie that is too long": request(JSON, f"Cookie: {'c' * 9000}"),
    "a condition that fails": request(JSON, 'If-Match: "other"'),
    "a condition that holds": request(JSON, "If-None-Match: *"),
    "a body": request(JSON, "Content-Length: 3", body=b"abc"),
    "a body of the known bytes": request(JSON, f"Content-Length: {len(KNOWN)}", body=KNOWN),
    "a chunked body": request(JSON, "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n0\r\n\r\n"),
    "a length of nothing": request(JSON, "Content-Length: 0"),
    "an expectation": request(JSON, "Expect: 100-continue"),
    "HEAD": request(JSON, line=f"HEAD {TARGET} HTTP/1.1"),
    "POST": request(JSON, "Content-Length: 0", line=f"POST {TARGET} HTTP/1.1"),
    "HTTP/1.0": request(JSON, line=f"GET {TARGET} HTTP/1.0"),
    "another parameter": request(JSON, line=f"GET {TARGET}&format=tsv HTTP/1.1"),
    "an older version": request(JSON, line=f"GET {TARGET}&version=000001 HTTP/1.1"),
    "a close": request(JSON, "Connection: close"),
}


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    """Return a plain store of two versions, the current one of three triples."""
    store = EmbeddedStore.open(tmp_path / "store", GraphNames(""), plain=True)
    write(store, 2)
    write(store, 3)
    return store


@pytest.fixture
def parsing(store: EmbeddedStore, serving: Serving, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Return a client of a server that caches answers, and has each request parsed and answered by Flask."""
    with monkeypatch.context() as patch:
        patch.setattr(server.app, "_register_cache_middleware", lambda *_: None)
        app = create_app(UnlimitedStore(store), Settings(base=None, origins=(ORIGIN,)))
    with serving(app) as client:
        yield client


@pytest.fixture
def client(store: EmbeddedStore, serving: Serving, known_by_bytes: list[bool]) -> Iterator[Client]:
    """Return a client of a server to which `KNOWN` is known by its bytes."""
    with serving(create_app(UnlimitedStore(store), Settings(base=None, origins=(ORIGIN,)))) as client:
        make_known(client, known_by_bytes)
        yield client


def make_known(client: Client, known_by_bytes: list[bool]) -> None:
    """Send `KNOWN` until the server finds its response by its bytes."""
    known_by_bytes.clear()
    assert until(lambda: bool(responses(client, [KNOWN])) and True in known_by_bytes)


def connect(client: Client) -> socket.socket:
    """Open a connection on which each piece that is sent is a packet of its own."""
    connection = socket.create_connection((client.host, client.port), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def responses(client: Client, requests: Sequence[bytes]) -> list[bytes]:
    """Send requests at once on one connection, and return their responses without date and id."""
    with closing(connect(client)) as connection, connection.makefile("rb") as file:
        connection.sendall(b"".join(requests))
        return [response(file, sent) for sent in requests]


def response(file: BinaryIO, sent: bytes) -> bytes:
    """Return the next response of a connection without its date and id."""
    head = b""
    while not head.endswith(b"\r\n\r\n") or head.startswith(b"HTTP/1.1 100 "):
        head = b"" if head.endswith(b"\r\n\r\n") else head
        line = file.readline()
        if not line:
            break
        head += line
    length = re.search(rb"(?i)^content-length: ([0-9]+)", head, re.MULTILINE)
    has_body = length is not None and not sent.startswith(b"HEAD") and b" 304 " not in head.partition(b"\r\n")[0]
    return _OWN_FIELDS.sub(b"", head) + (file.read(int(length[1])) if length and has_body else b"")


def cached_response(client: Client, sent: bytes) -> bytes:
    """Return the response to a request whose answer a server has evaluated before."""
    responses(client, [sent])
    return responses(client, [sent])[0]


def test_each_request_gets_what_it_gets_where_all_are_parsed(
    client: Client, parsing: Client, known_by_bytes: list[bool]
) -> None:
    expected = {name: cached_response(parsing, sent) for name, sent in OTHERS.items()}
    known = cached_response(parsing, KNOWN)
    assert len({*expected.values(), known}) > len(OTHERS) / 2
    for _ in range(3):
        for name, sent in OTHERS.items():
            assert cached_response(client, sent) == expected[name], name
            known_by_bytes.clear()
            assert (responses(client, [KNOWN]), known_by_bytes) == ([known], [True]), name


@pytest.mark.parametrize(
    "name", [name for name, sent in OTHERS.items() if name not in ("a close", "HTTP/1.0", "two hosts")]
)
def test_pipelined_requests_get_their_responses_in_their_order(client: Client, parsing: Client, name: str) -> None:
    other = OTHERS[name]
    responses(client, [other])
    expected = [cached_response(parsing, sent) for sent in (KNOWN, other)]
    together = responses(client, [KNOWN, KNOWN, other, KNOWN])
    assert together[:3] == [expected[0], expected[0], expected[1]]
    # Behind a request that closes the connection, nothing is answered.
    assert together[3] == (b"" if b"Connection: close" in expected[1] else expected[0])


@pytest.mark.parametrize("size", [1, 3, len(KNOWN) // 2, len(KNOWN) - 3, len(KNOWN) - 1])
@pytest.mark.parametrize("before", [b"", KNOWN])
def test_a_request_in_two_packets_is_answered_once(
    client: Client, parsing: Client, known_by_bytes: list[bool], size: int, before: bytes
) -> None:
    expected = cached_response(parsing, KNOWN)
    known_by_bytes.clear()
    with closing(connect(client)) as connection, connection.makefile("rb") as file:
        connection.sendall(before + KNOWN[:size])
        # What has arrived is looked up each time, and the second packet is sent after the first has been.
        assert until(lambda: known_by_bytes == [True] * bool(before) + [False])
        connection.sendall(KNOWN[size:] + KNOWN)
        assert [response(file, KNOWN) for _ in range(2 + bool(before))] == [expected] * (2 + bool(before))


def test_a_body_that_looks_like_a_known_request_is_not_answered(
    client: Client, parsing: Client, known_by_bytes: list[bool]
) -> None:
    sent = OTHERS["a body of the known bytes"]
    head = sent.removesuffix(KNOWN)
    expected = [cached_response(parsing, sent), cached_response(parsing, KNOWN)]
    known_by_bytes.clear()
    with closing(connect(client)) as connection, connection.makefile("rb") as file:
        connection.sendall(head)
        assert until(lambda: known_by_bytes == [False])
        connection.sendall(KNOWN)
        assert response(file, sent) == expected[0]
        if b"Connection: close" not in expected[0]:
            connection.sendall(KNOWN)
            assert response(file, KNOWN) == expected[1]


def test_after_a_new_version_the_same_bytes_get_its_answer(
    store: EmbeddedStore, client: Client, parsing: Client, known_by_bytes: list[bool]
) -> None:
    before = cached_response(parsing, KNOWN)
    write(store, 4)
    after = cached_response(parsing, KNOWN)
    assert (before.count(b'"uri"'), after.count(b'"uri"')) == (6, 8)
    known_by_bytes.clear()
    responses(client, [KNOWN])
    assert known_by_bytes == [False]
    make_known(client, known_by_bytes)
    assert responses(client, [KNOWN]) == [after]


def test_what_is_written_between_two_requests_of_a_turn_is_in_the_second_answer(
    store: EmbeddedStore, client: Client, parsing: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, record_sent, written = cached_response(parsing, KNOWN), LoggedResponse.record_sent, list[str]()

    def write_then_record(sent: LoggedResponse, address: str) -> None:
        if not written:
            written.append(address)
            write(store, 4)
        record_sent(sent, address)

    monkeypatch.setattr(LoggedResponse, "record_sent", write_then_record)
    together = responses(client, [KNOWN, KNOWN, KNOWN])
    assert [reply.count(b'"uri"') for reply in together] == [6, 8, 8]
    assert (together[0], written) == (before, ["127.0.0.1"])


def test_the_current_version_is_looked_up_once_for_requests_that_had_arrived_when_a_turn_began(
    store: EmbeddedStore,
) -> None:
    looked_up, version, known = list[Version](), store.current(), RequestBytes(KNOWN, "")

    def current() -> Version:
        looked_up.append(store.current())
        return looked_up[-1]

    cache = ResponseCache(AnswerCache(0), current, ())
    header = b"HTTP/1.1 304 NOT MODIFIED\r\nDate: x\r\nETag: z\r\nX-Request-Id: y\r\n\r\n"
    cache.put(AnswerReference(version, "tag", None), 304, "", known, header)
    assert cache.find(RequestBytes(b"other", ""), 1) is None
    assert [bool(cache.find(known, turn)) for turn in (1, 1, 1, 2)] == [True] * 4
    assert len(looked_up) == 2
    write(store, 4)
    # A turn goes on as it began; what may have been sent during it, and the next turn, see what was written.
    assert [bool(cache.find(known, turn)) for turn in (2, ALONE, 2, 3)] == [True, False, False, False]
    assert looked_up[2:] == [store.current()] * 3
    again = AnswerReference(store.current(), "tag", None)
    cache.put(again, 304, "", known, header)
    assert cache.find(known, ALONE)
    write(store, 5)
    # Of two requests that may have been sent late, the second one may have been sent later still.
    assert cache.find(known, ALONE) is None


def test_nothing_is_found_while_the_current_version_cannot_be_read(store: EmbeddedStore) -> None:
    versions = [store.current(), None, store.current()]

    def current() -> Version:
        version = versions.pop(0)
        if version is None:
            raise StoreError("The store cannot be read.")
        return version

    cache, known = ResponseCache(AnswerCache(0), current, ()), RequestBytes(KNOWN, "")
    header = b"HTTP/1.1 304 NOT MODIFIED\r\nDate: x\r\nETag: z\r\nX-Request-Id: y\r\n\r\n"
    cache.put(AnswerReference(store.current(), "tag", None), 304, "", known, header)
    assert [bool(cache.find(known, turn)) for turn in (1, 2, 2, 3)] == [True, False, False, True]


def test_a_token_that_is_revoked_opens_nothing_by_the_same_bytes(
    store: EmbeddedStore, serving: Serving, tmp_path: Path, known_by_bytes: list[bool]
) -> None:
    tokens = Tokens.of_store(tmp_path)
    sent = request(JSON, f"Authorization: Bearer {tokens.add('reader', Role.READ, '2026-01-01T00:00:00Z')}")
    with serving(create_app(UnlimitedStore(store), Settings(base=None, private=True, tokens=tokens))) as client:
        allowed = [responses(client, [sent])[0][:12] for _ in range(4)]
        tokens.revoke("reader")
        denied = responses(client, [sent, KNOWN])
    assert allowed == [b"HTTP/1.1 200"] * 4
    assert [reply[:12] for reply in denied] == [b"HTTP/1.1 401"] * 2
    assert not known_by_bytes


def test_where_requests_are_counted_the_same_bytes_count_each_time(
    store: EmbeddedStore, serving: Serving, known_by_bytes: list[bool]
) -> None:
    with serving(create_app(UnlimitedStore(store), Settings(base=None, rate=0.2))) as client:
        assert [responses(client, [KNOWN])[0][9:12] for _ in range(4)] == [b"200", b"200", b"429", b"429"]
    assert not known_by_bytes
