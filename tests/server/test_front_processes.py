"""Several front processes on one port: what is requested of one applies to all, and killing one loses nothing."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.workers.query_limits import QueryLimits
from server.runtime.front_processes import share
from server.runtime.lifecycle import ServeOptions
from server.site import Settings
from tests.durability.harness import serving
from tests.support.http_client import Client, Reply
from tests.support.processes import children
from tests.support.serve_process import ENDLESS_QUERY, AdminClient, write_version
from tests.support.waiting import PATIENCE, until

REQUESTS = 'communique_requests_total{method="GET",route="/sparql",status="200"}'
WRITES, WRITERS = 12, 4


@contextmanager
def served(folder: Path) -> Iterator[AdminClient]:
    """Serve a plain store by two front processes for as long as the block lasts; they must end in order."""
    write_version(folder, "first")
    # On a busy machine a query that is to be stopped must not reach its limits first.
    two = ("--processes", "2", "--workers", "4", "--page-processes", "0", "--timeout", "600", "--cpu", "600")
    with serving(folder, "--plain", "--writable", *two) as server:
        yield AdminClient(server, "")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminClient]:
    """Return a client of two front processes, which open a connection for each request."""
    with served(tmp_path_factory.mktemp("fronts") / "store") as client:
        yield client


@contextmanager
def only(client: AdminClient, number: int) -> Iterator[None]:
    """Accept connections in one front process alone within the block."""
    others = [front for place, front in enumerate(children(client.process.pid)) if place != number]
    for front in others:
        os.kill(front, signal.SIGSTOP)
    try:
        yield
    finally:
        for front in others:
            os.kill(front, signal.SIGCONT)


def test_any_of_them_tells_the_metrics_of_all(client: AdminClient) -> None:
    for number, requests in enumerate((3, 5)):
        with only(client, number):
            for _ in range(requests):
                assert client.query("ASK {}").status == 200
    # A request is counted when its response has been sent, and a process that is slow to answer is left out.
    assert until(lambda: [client.metric(REQUESTS) for _ in range(3)] == [8] * 3)
    assert until(lambda: client.metric("communique_workers") == 4)
    assert client.metric("communique_version") == 1


def test_any_of_them_lists_and_stops_the_queries_of_all(client: AdminClient) -> None:
    def numbers() -> set[int]:
        return {task["number"] for task in client.get("/admin/queries").json["queries"]}

    def stop(number: int) -> Reply:
        return client.send("DELETE", f"/admin/queries/{number}")

    with ThreadPoolExecutor(2) as threads:
        queries = []
        for front in range(2):
            with only(client, front):
                queries.append(threads.submit(client.query, ENDLESS_QUERY))
                assert until(lambda: len(numbers()) == 1)  # the one that is stopped does not answer
        assert until(lambda: len(numbers()) == 2)
        running = numbers()
        with only(client, 0):
            unanswered = stop(next(number for number in running if number % 2))
        assert (unanswered.status, unanswered.headers["Retry-After"]) == (503, "1")
        assert until(lambda: 503 not in [stop(number).status for number in running])
        assert [query.result().status for query in queries] == [503, 503]


def test_one_that_is_killed_is_replaced_and_no_acknowledged_write_is_lost(client: AdminClient) -> None:
    acknowledged = list[int]()
    killed = children(client.process.pid)[0]

    def write(first: int) -> None:
        for number in range(first, WRITES, WRITERS):
            try:
                reply = client.post("/update", f"INSERT DATA {{ <x:w{number}> <x:p> 1 }}", "application/sparql-update")
            except (OSError, http.client.HTTPException):
                continue  # the process that it had reached was killed
            assert reply.status == 204, reply.text
            acknowledged.append(number)
            if number == WRITERS:  # of the second ones that are written
                os.kill(killed, signal.SIGKILL)

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, range(WRITERS)))
    assert len(acknowledged) >= WRITES - WRITERS
    reply = client.query("SELECT ?s { ?s <x:p> 1 }", accept="text/csv")
    assert reply.status == 200, reply.text
    assert {f"x:w{number}" for number in acknowledged} <= {*reply.text.split()}
    assert until(lambda: len(children(client.process.pid)) == 2 and client.metric("communique_workers") == 4)
    assert killed not in children(client.process.pid)
    assert client.log("server.runtime.front_processes")["message"] == (
        "A front process was ended by SIGKILL; another one is being started."
    )


def test_a_signal_drains_all_and_leaves_no_process(tmp_path: Path) -> None:
    text, connections, responses = quote("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 30000"), [], []
    with served(tmp_path / "store") as client:
        fronts = children(client.process.pid)
        for front in range(2):
            with only(client, front):
                connections.append(http.client.HTTPConnection(client.host, client.port, timeout=PATIENCE))
                connections[-1].request("GET", f"/sparql?query={text}", headers={"Accept": "text/csv"})
                responses.append(connections[-1].getresponse())
        client.process.send_signal(signal.SIGTERM)
        assert until(lambda: is_refused(client))
        assert [response.read().count(b"\n") for response in responses] == [30_001, 30_001]
    assert not [front for front in fronts if Path(f"/proc/{front}").exists()]


def is_refused(client: Client) -> bool:
    with socket.socket() as knocking:
        return knocking.connect_ex((client.host, client.port)) != 0


def test_a_store_that_cannot_be_opened_is_the_error_that_one_process_makes(tmp_path: Path) -> None:
    def output(*options: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "kg", "serve", "--store", str(tmp_path / "nowhere"), "--port", "0", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
        return done.returncode, done.stderr

    assert output("--processes", "2") == output()


def test_the_workers_and_the_cache_are_divided() -> None:
    options = ServeOptions(Path(), processes=3, limits=QueryLimits(workers=8, slow=4), settings=Settings(cache=900))
    shared = share(options)
    assert shared.limits is not None
    assert (shared.limits.workers, shared.limits.slow, shared.limits.streams) == (3, 1, 3)
    assert (shared.page_processes, shared.settings.cache) == (1, 300)
    assert share(ServeOptions(Path(), processes=2, page_processes=0)).page_processes == 0
