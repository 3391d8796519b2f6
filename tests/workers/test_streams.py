"""Places for long answers are shared by address: who reads many slowly breaks off their own."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlencode

import pytest

from kg.workers.pool import stream_to_end
from kg.workers.query_jobs import Client, QueryJob
from server import Settings, create_app
from server.runtime.http_server import Server
from tests.support.http_client import serve
from tests.support.waiting import PATIENCE, until
from tests.support.worker_pool import BASE, GUSHING, Opening

LARGE = "SELECT ?a ?b ?c { ?a ?b ?c . { SELECT ?d { ?d ?e ?f } LIMIT 15 } }"
"""45,000 rows, about 4 MB: sending takes longer than an answer may to be quick."""


def stream(address: str, arrived: float) -> QueryJob:
    """Return an answer that is being sent."""
    return QueryJob({}, Client(address=address), 60, arrived=arrived)


@pytest.mark.parametrize(
    ("streams", "ended"),
    [
        ([("a", 1), ("a", 2), ("b", 0), ("b", 3), ("a", 4)], ("a", 1)),
        ([("a", 1), ("a", 2), ("a", 3), ("b", 4)], ("a", 1)),
        ([("a", 1), ("b", 2), ("c", 3)], ("c", 3)),
        ([("a", 1), ("a", 2), ("b", 0), ("b", 3), ("c", 4)], ("b", 0)),
        ([("a", 3), ("a", 1), ("a", 2)], ("a", 1)),
    ],
)
def test_the_stream_to_end_is_ended(streams: list[tuple[str, int]], ended: tuple[str, int]) -> None:
    ending = stream_to_end([stream(*described) for described in streams])
    assert (ending.client.address, ending.arrived) == ended


def slow_reader(server: Server, address: str) -> socket.socket:
    """Request an endless answer from an address, and read only its beginning."""
    connection = socket.create_connection((server.host, server.port), timeout=PATIENCE, source_address=(address, 0))
    connection.sendall(f"GET /sparql?{urlencode({'query': GUSHING})} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert connection.recv(1000)
    return connection


def whole(server: Server, address: str) -> int:
    """Read a large answer from an address; return its bytes, or raise IncompleteRead."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE, source_address=(address, 0))
    try:
        connection.request("GET", f"/sparql?{urlencode({'query': LARGE})}", headers={"Accept": "text/csv"})
        answer = connection.getresponse()
        assert answer.status == 200
        return len(answer.read())
    finally:
        connection.close()


def test_slow_readers_break_off_no_large_answer_of_another(opening: Opening) -> None:
    with (
        opening(workers=3, slow=1, streams=4, time=120, patience=0.02) as store,
        serve(create_app(store, Settings(base=BASE)), threads=24) as server,
    ):
        readers: list[socket.socket] = []
        for count in range(1, 6):
            readers.append(slow_reader(server, "127.0.0.2"))
            assert until(lambda count=count: store.stats().slow >= count)  # type: ignore[misc]
        sizes = {whole(server, "127.0.0.3") for _ in range(3)}
        assert len(sizes) == 1
        assert sizes.pop() > 2_000_000
        for reader in readers:
            reader.close()
        assert until(lambda: not store.running())
