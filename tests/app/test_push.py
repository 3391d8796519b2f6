"""`kg push` onto Oxigraph's own server, and onto servers that are busy, refuse, or are not there."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from hashlib import md5
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote
from urllib.request import Request, parse_http_list, parse_keqv_list, urlopen

import pytest

from kg.app.push import TargetServer, push
from kg.engines.engine_connection import ATTEMPTS
from kg.errors import FetchError, RequestError, UnknownGraphError
from kg.store import open_store
from tests.support.command_line import kg
from tests.support.handler_server import handler_server
from tests.support.oxigraph_server import oxigraph_server

QUERY = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


class Moody(BaseHTTPRequestHandler):
    """Responds with the given statuses, one per request, and then with 204."""

    statuses: ClassVar[list[int]] = []
    bodies: ClassVar[list[bytes]] = []

    def do_PUT(self) -> None:
        """Keep the body, and answer."""
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.statuses.pop(0) if self.statuses else 204)
        self.send_header("Retry-After", "7")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def moody() -> Iterator[str]:
    Moody.statuses, Moody.bodies = [], []
    with handler_server(Moody) as port:
        yield f"http://127.0.0.1:{port}/store"


@pytest.fixture
def oxigraph() -> Iterator[str]:
    """Start Oxigraph's server on an empty store in memory."""
    with oxigraph_server() as address:
        yield address


def counts(server: str) -> dict[str, int]:
    address, accepted = f"{server}/query?query={quote(QUERY)}", "application/sparql-results+json"
    request = Request(address, headers={"Accept": accepted})  # noqa: S310 - our own server
    with urlopen(request) as response:  # noqa: S310 - our own server
        rows = json.loads(response.read())["results"]["bindings"]
    return {row["g"]["value"]: int(row["n"]["value"]) for row in rows}


def test_oxigraph_has_every_graph_afterwards_and_only_those_named_are_replaced(first: Path, oxigraph: str) -> None:
    ours = {name: number for name, number in open_store(first).current().counts.items() if number}
    pushed = kg("push", f"{oxigraph}/store", "--store", first)
    assert pushed.status == 0, pushed.err
    assert f"with {sum(ours.values()):,} triples" in pushed.out
    assert counts(oxigraph) == ours
    assert [graph.triples for graph in push(first, TargetServer(f"{oxigraph}/store"), ["authority"])] == [
        number for name, number in ours.items() if name.endswith("/graph/authority")
    ]
    assert counts(oxigraph) == ours


def test_a_busy_server_is_asked_again_after_as_long_as_it_says(first: Path, moody: str) -> None:
    Moody.statuses = [503, 429, 204]
    pauses = list[float]()
    assert len([*push(first, TargetServer(moody, pause=pauses.append), ["authority"])]) == 1
    assert pauses == [7, 7]
    assert len({*Moody.bodies}) == 1
    assert len(Moody.bodies) == 3


@pytest.mark.parametrize(("statuses", "words"), [([403], "refused .*/graph/authority>: 403"), ([503] * 9, "too busy")])
def test_a_server_that_takes_no_graph_ends_the_push(first: Path, moody: str, statuses: list[int], words: str) -> None:
    Moody.statuses = [*statuses]
    with pytest.raises(FetchError, match=words):
        [*push(first, TargetServer(moody, pause=lambda _: None), ["authority"])]
    assert len(Moody.bodies) == min(len(statuses), ATTEMPTS)


def test_an_error_in_the_middle_says_how_much_of_the_dataset_is_replaced(first: Path, moody: str) -> None:
    graphs = sum(number > 0 for number in open_store(first).current().counts.values())
    Moody.statuses = [204, 204, 403]
    refused = kg("push", moody, "--quiet", "--store", first)
    assert refused.failed(2).endswith(
        f"2 of {graphs} graphs have been replaced: push again, so that all are of one version."
    )
    assert len(Moody.bodies) == 3


def test_a_server_that_is_not_there_is_named(first: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        address = f"127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(FetchError, match=f"^{address} did not take .* in {ATTEMPTS} attempts"):
        [*push(first, TargetServer(f"http://name:word@{address}/store", pause=lambda _: None), ["authority"])]


def test_what_cannot_be_pushed_is_said_before_anything_is_sent(first: Path, moody: str) -> None:
    for address in ("ftp://x/y", "http://", "http://[", "http://x:99999/y", "http://x:y/"):
        with pytest.raises(RequestError, match=f"^'{re.escape(address)}' is not a server's address: expected"):
            TargetServer(address)
    with pytest.raises(UnknownGraphError, match="no graph 'nothing'"):
        [*push(first, TargetServer(moody), ["nothing"])]
    assert Moody.bodies == []


class Guarded(Moody):
    """Takes what is sent with a digest of RFC 7616, and offers another login before that one."""

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self._answer()

    def do_PUT(self) -> None:
        """Read the body, and answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def _answer(self) -> None:
        authorization = self.headers.get("Authorization", "")
        fields = parse_keqv_list(parse_http_list(authorization.removeprefix("Digest ")))
        secret, request_digest = digest("reader:news:pass: word"), digest(f"{self.command}:{self.path}")
        parts = [fields.get(name, "") for name in ("nonce", "nc", "cnonce", "qop")]
        is_right = fields.get("response") == digest(":".join([secret, *parts, request_digest]))
        self.send_response(204 if is_right else 401)
        self.send_header("WWW-Authenticate", 'Basic realm="news"')
        self.send_header("WWW-Authenticate", 'Digest realm="news", nonce="once", qop="auth", algorithm=MD5')
        self.send_header("Content-Length", "0")
        self.end_headers()


def digest(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def test_a_digest_is_found_among_several_logins_that_a_server_offers(first: Path) -> None:
    with handler_server(Guarded) as port:
        address = f"http://127.0.0.1:{port}/store"
        pushed = kg("push", address, "authority", "--store", first, "--user", "reader:pass: word", "--digest")
        refused = kg("push", address, "authority", "--store", first, "--user", "reader:other", "--digest")
    assert pushed.status == 0, pushed.err
    assert pushed.out.startswith("Pushed 1 graphs with ")
    assert refused.failed(2) == f"127.0.0.1:{port} does not accept the name and the password: 401."
