"""Bodies that are too large or not permitted are refused by the header, and not read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from kg.tokens import Role
from tests.server.test_roles import Guarded, Guarding, guarding
from tests.support.waiting import PATIENCE

__all__ = ["guarding"]
MEGABYTE = 2**20
TURTLE, FORM, QUERY = "text/turtle", "application/x-www-form-urlencoded", "application/sparql-query"
LARGE = 9 * MEGABYTE


def answered(server: Guarded, request: str, length: int | None, token: Role | None = None, **headers: str) -> bytes:
    """Send only a request's header, without its body; return the whole response, empty if there is none."""
    fields = {"Host": f"{server.client.host}:{server.client.port}", **headers}
    fields |= {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}
    fields |= {"Authorization": f"Bearer {server.tokens_by_role[token]}"} if token else {}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    with closing(socket.create_connection((server.client.host, server.client.port), timeout=PATIENCE)) as connection:
        connection.sendall(f"{request} HTTP/1.1\r\n{lines}\r\n".encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def guarded(guarding: Guarding) -> Iterator[Guarded]:
    """Return a server that some may write to."""
    with guarding() as guarded_server:
        yield guarded_server


@pytest.mark.parametrize("length", [LARGE, 10, None])
@pytest.mark.parametrize("request_line", ["PUT /data?graph=x:g", "POST /data", "PATCH /data/a", "POST /update"])
def test_a_write_without_a_token_is_refused_before_its_body(
    guarded: Guarded, request_line: str, length: int | None
) -> None:
    refusal = answered(guarded, request_line, length, Content_Type=TURTLE)
    assert refusal.startswith(b"HTTP/1.1 401 ")
    assert b'www-authenticate: bearer realm="communique"' in refusal.lower()
    assert answered(guarded, request_line, length, Role.READ, Content_Type=TURTLE).startswith(b"HTTP/1.1 403 ")
    assert answered(guarded, request_line, length, Role.WRITE, Content_Type=TURTLE) == b""
    waits = answered(guarded, request_line, length, Role.WRITE, Content_Type=TURTLE, Expect="100-continue")
    assert waits == b"HTTP/1.1 100 Continue\r\n\r\n"
    refused = answered(guarded, request_line, length, Content_Type=TURTLE, Expect="100-continue")
    assert refused.startswith(b"HTTP/1.1 401 ")


def test_a_private_server_reads_no_body_without_a_token(guarding: Guarding) -> None:
    with guarding(private=True) as server:
        for path in ("/sparql", "/update", "/data", "/", "/nothing"):
            assert answered(server, f"POST {path}", 1000, Content_Type=QUERY).startswith(b"HTTP/1.1 401 ")
        assert answered(server, "POST /sparql", 1000, Role.READ, Content_Type=QUERY) == b""


@pytest.mark.parametrize(
    ("request_line", "kind", "length", "limit"),
    [
        ("POST /sparql", FORM, 3 * MEGABYTE, "form"),
        ("POST /sparql", QUERY, MEGABYTE, "query"),
        ("POST /sparql", TURTLE, MEGABYTE, "query"),
        ("POST /update", FORM, 3 * MEGABYTE, "form"),
        ("PUT /data?graph=x:g", TURTLE, 11 * MEGABYTE, "body"),
        ("POST /statements", TURTLE, MEGABYTE, "query"),
    ],
)
def test_a_body_that_is_too_large_is_refused_by_its_length(
    guarded: Guarded, request_line: str, kind: str, length: int, limit: str
) -> None:
    refusal = answered(guarded, request_line, length, Role.WRITE, Content_Type=kind, Accept="application/problem+json")
    assert refusal.startswith(b"HTTP/1.1 413 ")
    assert f'"limit": "{limit}"'.encode() in refusal


def test_bodies_without_a_token_are_dropped(guarded: Guarded) -> None:
    body = b"<x:s> <x:p> 1 ." + b" " * 2 * MEGABYTE
    refused = guarded.client.send("PUT", "/data?graph=x:g", body, {"Content-Type": TURTLE})
    assert refused.status == 401
    assert refused.text == "This needs a token with the role 'write'.\n"
    written = guarded.send(Role.WRITE, "PUT", "/data?graph=x:g", body.decode(), **{"Content-Type": TURTLE})
    assert written.status == 201


def test_a_body_of_get_is_limited(guarded: Guarded) -> None:
    assert answered(guarded, "GET /sparql?query=ASK%7B%7D", LARGE).startswith(b"HTTP/1.1 413 ")
    answer = guarded.client.send("GET", "/sparql?query=ASK%7B%7D", b"x" * 1000)
    assert answer.json["boolean"] is True
