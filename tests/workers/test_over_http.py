"""What a client sees of the workers' limits, over a real socket."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import islice
from urllib.parse import urlencode

import pytest

from kg.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from kg.workers.pooled_store import PooledStore
from server import Settings, create_app
from server.http.answer_cache import ANSWER_CACHE_EXTENSION, AnswerCache
from server.runtime.http_server import Server
from tests.support.http_client import serve
from tests.support.processes import processor_time
from tests.support.waiting import PATIENCE, until
from tests.support.worker_pool import BASE, ENDLESS, GUSHING, HUNGRY, Opening, busiest, workers

NUMBERS = " ".join(map(str, range(60)))
SELECTED = f"SELECT * {{ VALUES ?x {{ {NUMBERS} }} VALUES ?y {{ {NUMBERS} }} }}"
CONSTRUCTED = (
    "CONSTRUCT { ?s <http://a.example/p> ?s } "
    f"{{ VALUES ?x {{ {NUMBERS} }} VALUES ?y {{ {NUMBERS} }} "
    "BIND(IRI(CONCAT('http://a.example/', STR(?x), '/', STR(?y))) AS ?s) }"
)
"""Queries of 3,600 solutions."""
Sent = tuple[int, http.client.HTTPMessage, str]


def serving(store: PooledStore, threads: int = 16) -> AbstractContextManager[Server]:
    """Serve a store for as long as the block lasts."""
    return serve(create_app(store, Settings(base=BASE)), threads=threads)


def sent(server: Server, text: str, **parameters: str) -> Sent:
    """Send a query and return the answer, read to its end."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    try:
        address = "/sparql?" + urlencode({"query": text, **parameters})
        connection.request("GET", address, headers={"Accept": "application/sparql-results+json, text/plain;q=0.5"})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def left_behind(server: Server, text: str, *, read: int = 0) -> socket.socket:
    """Send a query and return its connection, after so many bytes of the answer."""
    connection = socket.create_connection((server.host, server.port), timeout=PATIENCE)
    connection.sendall(f"GET /sparql?{urlencode({'query': text})} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    if read:
        assert connection.recv(read)
    return connection


def are_idle() -> bool:
    """Return whether all workers are idle for a while."""
    before = processor_time(workers())
    time.sleep(0.4)
    return processor_time(workers()) - before < 0.1


def test_a_query_over_its_time_is_answered_504_and_the_limit_named(opening: Opening) -> None:
    with opening(time=0.5) as store, serving(store) as server:
        status, _, body = sent(server, ENDLESS)
    assert status == 504
    assert body == "The query took longer than its limit of 0.5 s.\n"


def test_the_parameter_timeout_lowers_the_limit(opening: Opening) -> None:
    with opening() as store, serving(store) as server:
        status, _, body = sent(server, ENDLESS, timeout="0.3")
        assert (status, "limit of 0.3 s" in body) == (504, True)
        assert sent(server, "ASK {}", timeout="soon")[0] == 400
        assert sent(server, "ASK {}", timeout="0")[0] == 400
        assert sent(server, "ASK {}", timeout="nan")[0] == 400


def test_a_query_over_its_memory_is_answered_422_and_the_limit_named(opening: Opening) -> None:
    with opening(memory=64, time=200, patience=200) as store, serving(store) as server:
        status, _, body = sent(server, HUNGRY)
    assert status == 422
    assert body == "The query needed more memory than its limit of 67,108,864 bytes.\n"


@pytest.mark.parametrize(("limit", "most"), [("rows", 20_000), ("size", 2_000_000)])
def test_a_limit_after_the_first_byte_breaks_the_answer(limit: str, most: int, opening: Opening) -> None:
    with opening(**{limit: most}) as store, serving(store) as server, pytest.raises(http.client.IncompleteRead):
        sent(server, GUSHING)


def test_a_time_limit_after_the_first_byte_breaks_the_answer(opening: Opening) -> None:
    with opening(rows=10**12, size=10**12) as store, serving(store) as server:
        # A busy machine may need longer than a second for the first byte.
        assert any(breaks_off(server, seconds) for seconds in (1, 5, 25, 125))


def breaks_off(server: Server, seconds: int) -> bool:
    """Return whether an endless answer breaks off at its time limit, rather than failing before its first byte."""
    try:
        status, _, _ = sent(server, GUSHING, timeout=str(seconds))
    except http.client.IncompleteRead:
        return True
    assert status in {503, 504}
    return False


def whole(server: Server, text: str, kind: str, encoding: str, protocol: str) -> tuple[int, bool]:
    """Return the status of an answer over a bare socket, and whether it is complete according to HTTP."""
    with socket.create_connection((server.host, server.port), timeout=PATIENCE) as connection:
        head = f"Host: x\r\nAccept: {kind}\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
        connection.sendall(f"GET /sparql?{urlencode({'query': text})} {protocol}\r\n{head}".encode())
        sent, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", sent)
    ends = body.endswith(b"0\r\n\r\n") if b"chunked" in sent else bool(length and int(length[1]) == len(body))
    return int(sent.split()[1]), ends


@pytest.mark.parametrize("format_", [*RESULT_FORMATS, *GRAPH_FORMATS], ids=lambda format_: format_.name)
def test_no_part_of_an_answer_looks_whole_in_any_format_and_encoding(format_: Format, opening: Opening) -> None:
    text = SELECTED if format_ in RESULT_FORMATS else CONSTRUCTED
    ways = [("identity", "HTTP/1.1"), ("gzip", "HTTP/1.1"), ("zstd", "HTTP/1.1"), ("identity", "HTTP/1.0")]
    with opening(rows=3000, size=150_000) as store, serving(store) as server:
        endings = [whole(server, text, format_.media_type, *way) for way in ways]
    assert all((status == 422) == ends for status, ends in endings), endings


def test_a_full_queue_is_answered_503_with_retry_after(opening: Opening) -> None:
    with opening(workers=2, slow=1, queue=0, patience=200) as store:
        assert until(lambda: store.stats().workers == 2)
        with serving(store) as server, ThreadPoolExecutor(2) as threads:
            for _ in range(2):
                threads.submit(sent, server, ENDLESS)
            assert until(lambda: store.stats().busy == 2)
            status, headers, body = sent(server, "ASK {}")
            assert (status, headers["Retry-After"]) == (503, "1")
            assert "0 requests are waiting already" in body
            assert [store.stop(query.number) for query in store.running()] == [True, True]


def test_a_client_that_leaves_before_the_first_byte_stops_its_query(opening: Opening) -> None:
    with opening() as store, serving(store) as server:
        connection = left_behind(server, ENDLESS)
        assert until(lambda: store.stats().slow == 1)
        connection.close()
        assert until(lambda: not store.running())
        assert until(are_idle)


def test_a_client_that_leaves_amid_its_answer_stops_its_query(opening: Opening) -> None:
    with opening() as store, serving(store) as server:
        connection = left_behind(server, GUSHING, read=1000)
        assert until(lambda: store.stats().slow == 1)
        connection.close()
        assert until(lambda: not store.running())
        assert until(are_idle)


def test_a_worker_that_dies_is_answered_500_in_a_sentence(opening: Opening) -> None:
    with opening() as store, serving(store) as server, ThreadPoolExecutor(1) as threads:
        answer = threads.submit(sent, server, ENDLESS)
        assert until(lambda: store.stats().slow == 1)
        os.kill(busiest(), signal.SIGKILL)
        status, _, body = answer.result()
        assert status == 500
        assert "SIGKILL" in body
        assert sent(server, "ASK {}")[0] == 200


def test_an_answer_whose_worker_is_killed_is_not_kept(opening: Opening) -> None:
    with opening() as store:
        app = create_app(store, Settings(base=BASE, cache=2**30))  # so large that only the kill ends the answer
        with serve(app) as server, left_behind(server, GUSHING, read=1000) as connection:
            for worker in workers():
                os.kill(worker, signal.SIGKILL)
            rest = b"".join(iter(lambda: connection.recv(65536), b""))
            assert not rest.endswith(b"0\r\n\r\n")
            cache: AnswerCache = app.extensions[ANSWER_CACHE_EXTENSION]
            assert (cache.size, cache.reserve(2**29)) == (0, True)  # nothing of it counts as on its way any more
            cache.reserve(-(2**29))
            # A killed worker that was idle may be given a query before its end is noticed: that is a 500.
            replies = (sent(server, "ASK {}") for _ in range(20))
            answered = [*islice((headers for status, headers, _ in replies if status == 200), 2)]
            assert [headers["Cache-Status"] for headers in answered] == ["communique; fwd=miss", "communique; hit"]
