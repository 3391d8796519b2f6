"""Pages made in a process of their own: they are the same, and what becomes of the process is nobody else's fault."""

from __future__ import annotations

import http.client
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from kg.store import EmbeddedStore
from kg.tokens import Role, Tokens
from kg.workers.frames import Channel, FrameKind
from kg.workers.pooled_store import PooledStore
from server import Settings, create_app
from server.runtime.page_process import PageOptions
from server.runtime.page_processes import PageProcesses
from server.runtime.site_settings import SiteSource
from server.search.index_cache import get_index_cache
from tests.pages.conftest import BROWSER, Page, Reader, paged, running
from tests.support.waiting import PATIENCE, until

KEPT = ("Content-Type", "ETag", "Vary", "Cache-Control", "Content-Security-Policy", "Location", "Last-Modified", "Link")
"""Header fields that have to be the same wherever a page is made."""
ASK = f"/sparql?{urlencode({'query': 'ASK { ?s ?p ?o }'})}"
TABLE = urlencode({"query": "SELECT ?s ?o { ?s a ?o } ORDER BY ?s ?o LIMIT 200"})
ADDRESSES = (
    "/",
    "/people",
    "/statements?sort=said",
    "/statements?format=csv",
    "/timeline",
    "/network",
    "/network/graph?most=50",
    "/search?q=talks",
    "/ontology",
    "/schemes?format=turtle",
    "/dataset",
    "/examples",
    "/.well-known/void?format=turtle",
    "/sparql",
    f"/sparql?{TABLE}",
    "/about/person/hillary-clinton",
    "/about/person/hillary-clinton?format=ntriples",
    "/about/person/nobody-at-all",
    "/statements?page=none",
    "/why",
)


@dataclass
class Paged:
    """A site whose pages a process makes: its reader, its application and its processes."""

    reader: Reader
    app: Flask
    processes: PageProcesses

    @property
    def process(self) -> int:
        """Return the page process, once there is one."""
        until(lambda: bool(self.processes.identifiers()))
        return self.processes.identifiers()[0]

    def pause(self) -> int:
        """Stop the page process, once it has ended what it was answering, and return it."""
        until(lambda: self.processes.requests() == 0)
        os.kill(self.process, signal.SIGSTOP)
        return self.process

    def open(self, path: str) -> socket.socket:
        """Send a request for a page and return its connection."""
        connection = socket.create_connection((self.reader.host, self.reader.port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n".encode())
        return connection


@pytest.fixture(scope="module")
def pooled(store: EmbeddedStore, folder: Path) -> Iterator[PooledStore]:
    """Return the shipped corpus's store with its workers."""
    assert store.names()
    with PooledStore.open(folder) as opened:
        yield opened


@pytest.fixture
def own(folder: Path, settings: Settings, pooled: PooledStore) -> Iterator[Paged]:
    """Return a site with a page process."""
    with paged(folder, settings, pooled) as processes:
        app = create_app(pooled, settings, page_processes=processes)
        with running(app) as reader:
            yield Paged(reader, app, processes)


@pytest.fixture(scope="module")
def one_process(pooled: PooledStore, settings: Settings) -> Iterator[Reader]:
    """Return a reader of the same site with its pages made in the server's own process."""
    with running(create_app(pooled, settings)) as reader:
        yield reader


def content(page: Page) -> tuple[int, dict[str, str | None], str]:
    """Return what has to be the same of two pages: the server's port, which their addresses hold, is not."""
    host = page.headers["X-Host"]
    fields = {name: page.headers[name] for name in KEPT if name != "ETag"}
    return page.status, fields, page.text.replace(host, "HOST")


def fetched(reader: Reader, path: str) -> Page:
    page = reader.get(path)
    page.headers["X-Host"] = f"{reader.host}:{reader.port}"
    return page


def test_a_page_is_the_same_wherever_it_is_made(
    own: Paged, one_process: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, relayed = own.processes.connect, list[Channel]()

    def counted() -> Channel:
        relayed.append(connect())
        return relayed[-1]

    monkeypatch.setattr(own.processes, "connect", counted)
    for address in ADDRESSES:
        relayed.clear()
        there, here = fetched(own.reader, address), fetched(one_process, address)
        assert content(there) == content(here), address
        assert (there.headers["ETag"] is None) == (here.headers["ETag"] is None), address
        if there.headers["ETag"]:
            again = own.reader.get(address, **{"If-None-Match": there.headers["ETag"]})
            assert (again.status, again.text) == (304, ""), address
        assert relayed, address


def test_a_query_in_a_body_has_its_page_too(own: Paged, one_process: Reader) -> None:
    query = "SELECT ?é { VALUES ?é { '☃ & %41+' } }"
    bodies = {
        "application/sparql-query": query.encode(),
        "application/x-www-form-urlencoded": urlencode({"query": query}).encode(),
    }
    for kind, body in bodies.items():
        pages = [posted(reader, kind, body) for reader in (own.reader, one_process)]
        assert pages[0] == pages[1]
        assert pages[0][0] == 200
        assert "☃ &amp; %41+" in pages[0][1]


def posted(reader: Reader, kind: str, body: bytes) -> tuple[int, str]:
    connection = http.client.HTTPConnection(reader.host, reader.port, timeout=PATIENCE)
    # One host for both: a page names its own address for previews.
    headers = {"Content-Type": kind, "Accept": BROWSER, "Host": "127.0.0.1"}
    connection.request("POST", "/sparql", body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_the_servers_own_process_reads_no_index(own: Paged) -> None:
    def read(*_: object) -> None:
        raise AssertionError("The index was read in the server's own process.")

    get_index_cache(own.app).read = read  # type: ignore[assignment]
    for address in ("/people", "/timeline", "/network", "/statements?sort=said", "/search?q=talks"):
        assert own.reader.get(address).status == 200, address


def test_requests_for_data_are_answered_while_no_page_can_be_made(own: Paged) -> None:
    assert own.reader.get("/people").status == 200
    own.pause()
    waiting = own.open("/people")
    try:
        until(lambda: own.processes.requests() == 1)
        assert own.reader.get(ASK, "application/sparql-results+json").status == 200
        assert own.reader.get("/health").status == 200
        assert own.reader.get("/static/site.css").status == 200
        assert own.reader.get("/nowhere").status == 404
    finally:
        os.kill(own.process, signal.SIGCONT)
    assert waiting.recv(15) == b"HTTP/1.1 200 OK"
    waiting.close()


def test_the_page_of_a_process_that_dies_is_a_503_and_another_process_makes_the_next(own: Paged) -> None:
    victim = own.pause()
    waiting = own.open("/statements")
    until(lambda: own.processes.requests() == 1)
    os.kill(victim, signal.SIGKILL)
    answer = http.client.HTTPResponse(waiting)
    answer.begin()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert "another one is being started" in answer.read().decode()
    waiting.close()
    assert own.reader.get(ASK, "application/sparql-results+json").status == 200
    until(lambda: own.reader.get("/statements").status == 200)
    assert own.process != victim
    expected = {"page_processes 1.0", "pages_in_progress 0.0", "page_process_restarts_total 1.0"}
    lines = {f"communique_{figure}" for figure in expected}
    assert until(lambda: lines <= set(own.reader.get("/metrics", "text/plain").text.splitlines()))


def test_a_client_that_leaves_is_noticed_while_its_page_is_made(own: Paged) -> None:
    assert own.reader.get("/people").status == 200
    own.pause()
    try:
        waiting = own.open("/people")
        until(lambda: own.processes.requests() == 1)
        waiting.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        waiting.close()
        until(lambda: own.processes.requests() == 0)
    finally:
        os.kill(own.process, signal.SIGCONT)
    assert own.reader.get("/people").status == 200


def test_a_query_of_a_page_is_listed_and_can_be_stopped(own: Paged, pooled: PooledStore) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    waiting = own.open(f"/sparql?{urlencode({'query': endless})}")
    until(lambda: any(running.text == endless for running in pooled.running()))
    number = next(running.number for running in pooled.running() if running.text == endless)
    assert pooled.stop(number)
    answer = http.client.HTTPResponse(waiting)
    answer.begin()
    assert answer.status == 503
    assert "stopped this query" in answer.read().decode()
    waiting.close()


def test_a_query_of_a_page_ends_when_its_client_leaves(own: Paged, pooled: PooledStore) -> None:
    waiting = own.open("/sparql?" + urlencode({"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"}))
    until(lambda: any("?g ?h ?i" in running.text for running in pooled.running()))
    waiting.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    waiting.close()
    until(lambda: not any("?g ?h ?i" in running.text for running in pooled.running()))


def test_pages_are_counted_and_guarded_as_all_requests(
    folder: Path, settings: Settings, pooled: PooledStore, tmp_path: Path
) -> None:
    tokens = Tokens(tmp_path / "tokens.json")
    token = tokens.add("reader", Role.READ, "2026-01-01T00:00:00Z")
    guarded = Settings(**{**vars(settings), "tokens": tokens, "private": True})
    with (
        paged(folder, settings, pooled) as processes,
        running(create_app(pooled, guarded, page_processes=processes)) as reader,
    ):
        assert reader.get("/people").status == 401
        assert reader.get("/people", Authorization=f"Bearer {token}").status == 200
        counted = 'communique_requests_total{method="GET",route="/people",status="200"} 1.0'
        # A request is counted when its response has been sent, and its client can be faster than that.
        assert until(lambda: counted in reader.get("/metrics", "text/plain", Authorization=f"Bearer {token}").text)


def test_no_more_pages_are_made_at_once_than_leave_threads_for_everything_else(
    folder: Path, settings: Settings, pooled: PooledStore
) -> None:
    source = PageOptions(SiteSource(folder, operator_settings=settings), pooled.limits)
    processes = PageProcesses(source, pooled, 1, max_requests=2)
    processes.start()
    with running(create_app(pooled, settings, page_processes=processes)) as reader:
        site = Paged(reader, create_app(pooled, settings), processes)
        assert reader.get("/people").status == 200
        site.pause()
        waiting = [site.open("/people") for _ in range(2)]
        until(lambda: processes.requests() == 2)
        refused = reader.get("/people")
        os.kill(site.process, signal.SIGCONT)
        assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
        assert "2 pages are being rendered" in refused.words
        assert [connection.recv(15) for connection in waiting] == [b"HTTP/1.1 200 OK"] * 2
        for connection in waiting:
            connection.close()
        until(lambda: processes.requests() == 0)
        assert reader.get("/people").status == 200
    processes.close()


def test_a_frame_without_a_body_is_sent_at_once() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        Channel(ours).send(FrameKind.END)
        theirs.settimeout(0)
        assert theirs.recv(100) == b"E\0\0\0\0"
        with pytest.raises(BlockingIOError):
            theirs.recv(100)
