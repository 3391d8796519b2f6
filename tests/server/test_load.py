"""LOAD fetches documents from allowed hosts only."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kg.app.write import write_plain
from kg.datasets import GraphNames
from kg.errors import FetchError, ForbiddenError, QuerySyntaxError
from kg.sparql.load_clauses import Load, split_loads
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from kg.writer.local_writer import LocalWriter
from server import Settings, create_app
from server.endpoints.outbound_requests import fetch_document, is_public
from server.http.request_limits import RequestLimits
from tests.support.http_client import Client, Reply, Serving

UPDATE = "application/sparql-update"
TURTLE = b"<#a> <x:p> 1, 2 ."


class Handler(BaseHTTPRequestHandler):
    """Responds as its path specifies."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        getattr(self, f"_{self.path.strip('/').partition('.')[0]}", self._good)()

    def _good(self, data: bytes = TURTLE, kind: str = "text/turtle", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **named}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _redirect(self) -> None:
        self._good(b"", status=302, Location="/good")

    def _big(self) -> None:
        self._good(b"#" * 200_000)

    def _short(self) -> None:
        self._good(TURTLE, Content_Length="1000")
        self.close_connection = True

    def _squeezed(self) -> None:
        self._good(Content_Encoding="gzip")

    def _page(self) -> None:
        self._good(b"<html>", "text/html")

    def _broken(self) -> None:
        self._good(b"<x:a> <x:p> ")

    def _slow(self) -> None:
        self.send_response(200)
        for number in range(200):
            self.send_header(f"X-{number}", "y")
            self.flush_headers()
            time.sleep(0.05)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's word
        """Log nothing."""


MAX_BYTES = 100_000


class Host:
    """A host on this machine, and the requests to it."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.asked: list[str] = []
        self._server.asked = self.asked  # type: ignore[attr-defined]
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def address(self, path: str, name: str = "127.0.0.1") -> str:
        """Return the address of a document."""
        return f"http://{name}:{self.port}/{path}"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    server = Host()
    yield server
    server.close()


Loading = Callable[..., AbstractContextManager[Callable[[str], Reply]]]


@pytest.fixture
def loading(serving: Serving, tmp_path: Path, host: Host) -> Loading:
    """Return what serves a plain store with hosts listed, and gives what sends it an update or an ASK."""

    @contextmanager
    def served(*hosts: str) -> Iterator[Callable[[str], Reply]]:
        host.asked.clear()
        store = EmbeddedStore.open(tmp_path / "store", GraphNames(""), plain=True)
        settings = Settings(base=None, hosts=hosts, request_limits=RequestLimits(body=100_000))
        with serving(create_app(UnlimitedStore(store), settings, LocalWriter(partial(write_plain, store)))) as client:
            yield lambda text: _sent(client, text)

    return served


def _sent(client: Client, text: str) -> Reply:
    if text.startswith("ASK"):
        return client.query(text)
    return client.post("/update", text, UPDATE)


def test_nothing_is_fetched_from_a_host_that_is_not_allowed(loading: Loading, host: Host) -> None:
    with loading("127.0.0.1:1", "elsewhere.example", f"localhost:{host.port}") as send:
        for path in ("good", "good.ttl"):
            refused = send(f"LOAD <{host.address(path)}> INTO GRAPH <x:g>")
            assert refused.status == 403
            assert "--allow-host" in refused.text
        assert send(f"LOAD SILENT <{host.address('good')}> INTO GRAPH <x:g>").status == 204
        assert not send("ASK { GRAPH ?g { ?s ?p ?o } }").json["boolean"]
    assert host.asked == []


def test_a_document_is_loaded_in_the_order_of_the_operations(loading: Loading, host: Host) -> None:
    with loading(f"127.0.0.1:{host.port}") as send:
        done = send(
            f"PREFIX h: <{host.address('')}> PREFIX x: <x:> INSERT DATA {{ GRAPH x:g {{ x:s x:p 3 }} }} ; \n"
            "LOAD h:good INTO GRAPH x:g ; "
            "DELETE { GRAPH x:g { ?s ?p 1 } } WHERE { GRAPH x:g { ?s ?p 1, 2 } } ; LOAD h:good"
        )
        assert done.status == 204
        source = host.address("good")
        assert send(f"ASK {{ GRAPH <x:g> {{ <x:s> <x:p> 3 . <{source}#a> <x:p> 2 }} }}").json["boolean"]
        assert not send("ASK { GRAPH <x:g> { ?s <x:p> 1 } }").json["boolean"]
        assert send(f"ASK {{ <{source}#a> <x:p> 1, 2 }}").json["boolean"]
    assert host.asked == ["/good", "/good"]


@pytest.mark.parametrize("path", ["redirect", "big", "short", "squeezed", "page"])
def test_an_incomplete_or_malformed_document_writes_nothing(loading: Loading, host: Host, path: str) -> None:
    with loading(f"127.0.0.1:{host.port}") as send:
        assert send(f"INSERT DATA {{ <x:a> <x:p> 1 }} ; LOAD <{host.address(path)}>").status == 502
        assert send(f"LOAD <{host.address('broken')}>").status == 400
        assert not send("ASK { ?s ?p ?o }").json["boolean"]
        assert send(f"LOAD SILENT <{host.address(path)}> ; INSERT DATA {{ <x:a> <x:p> 1 }}").status == 204
    assert host.asked == [f"/{path}", "/broken", f"/{path}"]


def test_a_document_that_arrives_too_slowly_is_an_error(host: Host) -> None:
    with pytest.raises(FetchError, match="nothing was fetched"):
        fetch_document(host.address("slow"), (f"127.0.0.1:{host.port}",), MAX_BYTES, timeout=0.5)


def test_an_allowed_name_with_a_private_address_is_refused(host: Host) -> None:
    host.asked.clear()
    with pytest.raises(ForbiddenError, match="not public"):
        fetch_document(host.address("good", "localhost"), (f"localhost:{host.port}",), MAX_BYTES)
    assert host.asked == []
    listed = (f"localhost:{host.port}", "127.0.0.1", "::1")
    assert fetch_document(host.address("good", "localhost"), listed, MAX_BYTES).data == TURTLE


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "ftp://listed.example/x",
        "http://listed.example@127.0.0.1/x",
        "http://listed.example:8080/x",
        "http://listed.example.evil.example/",
        "http:///x",
        "http://[::1/",
        "http://listed.example:99999/",
        "http://lísted.example/",
        "gopher://listed.example",
        "x:y",
    ],
)
def test_only_the_exact_allowed_host_is_reached(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object, **__: object) -> None:
        pytest.fail("a name was resolved")

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    with pytest.raises(ForbiddenError, match="LOAD"):
        fetch_document(url, ("listed.example",), MAX_BYTES)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("192.0.2.1", False),
        ("93.184.216.34", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 -- nobody listens
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2606:2800:220:1::1", True),
    ],
)
def test_private_addresses_are_recognized_in_every_notation(address: str, *, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "text", ["CREATE GRAPH <g> ;; LOAD <a>", "LOAD <a> ;;", "; LOAD <a>", "LOAD <a> ; PREFIX : <b> ;"]
)
def test_two_semicolons_are_malformed_beside_a_load(text: str) -> None:
    with pytest.raises(QuerySyntaxError, match="; stands where an operation was expected"):
        split_loads(text, "http://e.x/")
    assert len(split_loads("LOAD <a> ; LOAD <b> ;", "http://e.x/")) == 2


def test_an_update_is_split_at_its_loads() -> None:
    loads = "LOAD <a>;LOAD SILENT :b INTO GRAPH <c>;"
    text = f"BASE <http://e.x/>\nPREFIX : <y:>\nCLEAR ALL;\n{loads}\nINSERT DATA {{:LOAD :p 'LOAD <x>;'}}"
    assert split_loads(text, None)[1:3] == (
        Load("http://e.x/a", None, silent=False),
        Load("y:b", "http://e.x/c", silent=True),
    )
    first, *_, last = split_loads(text, None)
    assert isinstance(first, str)
    assert isinstance(last, str)
    assert first.count("\n") == 3
    assert last.splitlines()[4].endswith("INSERT DATA {:LOAD :p 'LOAD <x>;'}")
