"""What connections cost the loop that serves all of them: `python -m benchmarks.connections`.

Processor time of the loop's thread: a turn beside idle connections, and a turn that answers what is in memory. Beside
the latter stands the least that any server in Python can do: wait for the socket, receive, and send a fixed response.
"""

from __future__ import annotations

import os
import select
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from flask import Flask

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.monitoring.logs import JSON, logging_to_stderr
from server.runtime.http_server import Server
from server.sockets.limits import ConnectionLimits, raise_descriptor_limit

NUMBERS = (0, 100, 1000)
TURNS, ROUNDS = 300, 20
ACCEPTED_AT_ONCE = 30
REQUEST = f"GET /sparql?query={quote('ASK {}')} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/csv\r\n"


def main() -> None:
    """Print the milliseconds of processor that a turn of the loop takes."""
    raise_descriptor_limit()
    print(f"load {os.getloadavg()[0]:.1f}")
    _measure_idle_connections()
    with tempfile.TemporaryDirectory() as folder, _discarding_errors(), logging_to_stderr(JSON):
        store = EmbeddedStore.open(Path(folder) / "store", GraphNames(""), plain=True)
        with store.write() as change:
            change.commit("empty")
        server = _new_server(create_app(UnlimitedStore(store), Settings(base=None)))
        answers = _measure_answers(server)
    for what, milliseconds in answers:
        print(f"{what:10} {milliseconds:.3f} ms a request")
    os._exit(0)  # the server's threads wait for requests that never come


def _new_server(app: Flask) -> Server:
    limits = ConnectionLimits(total=2 * max(NUMBERS), per_address=2 * max(NUMBERS), idle_seconds=600)
    return Server(app, "127.0.0.1", 0, threads=2, connections=limits)


def _measure_idle_connections() -> None:
    app = Flask("idle")
    app.config["MAX_CONTENT_LENGTH"] = 1000
    server, clients = _new_server(app), list[socket.socket]()
    for number in NUMBERS:
        while len(clients) < number:
            clients += [socket.create_connection((server.host, server.port)) for _ in range(ACCEPTED_AT_ONCE)]
            turn(server, 10)
        started = time.process_time()
        turn(server, TURNS)
        milliseconds = 1000 * (time.process_time() - started) / TURNS
        print(f"{len(server.connections):5} connections: {milliseconds:.3f} ms a turn")


def _measure_answers(server: Server) -> list[tuple[str, float]]:
    """Return the milliseconds of the least response and of those that are known, asked in turn; the least of many."""
    client = socket.create_connection((server.host, server.port))
    again = f"{REQUEST}\r\n".encode()
    # The first is evaluated, the second parsed, and what a thread does then has an end.
    responses = [_ask(server, client, again) for _ in range(3)][1:]
    tag = next(line for line in responses[0].decode().split("\r\n") if line.lower().startswith("etag: "))
    unmodified = f"{REQUEST}If-None-Match: {tag.partition(' ')[2]}\r\n\r\n".encode()
    responses += [_ask(server, client, unmodified) for _ in range(2)]
    with _least_server(responses[0]) as (least_client, least_turn):
        ways: dict[str, tuple[socket.socket, bytes, Callable[[], None]]] = {
            "the least": (least_client, again, least_turn),
            "a hit": (client, again, lambda: server.turn(1)),
            "a 304": (client, unmodified, lambda: server.turn(1)),
        }
        rounds = [{what: _seconds(*way) for what, way in ways.items()} for _ in range(ROUNDS)]
    return [(what, 1000 * min(seconds[what] for seconds in rounds)) for what in ways]


def _ask(server: Server, client: socket.socket, request: bytes) -> bytes:
    client.sendall(request)
    client.settimeout(0)
    response = b""
    while not response:
        server.turn(0.01)
        with suppress(BlockingIOError):
            response = client.recv(65536)
    client.settimeout(None)
    turn(server, 10)
    return response


def _seconds(client: socket.socket, request: bytes, answer: Callable[[], None]) -> float:
    """Return the seconds of processor time that an answer takes this thread."""
    total = 0.0
    for _ in range(TURNS):
        client.sendall(request)
        started = time.thread_time()
        answer()
        total += time.thread_time() - started
        client.recv(65536)
    return total / TURNS


@contextmanager
def _least_server(response: bytes) -> Iterator[tuple[socket.socket, Callable[[], None]]]:
    """Yield a client, and what answers its next request with a fixed response."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as client,
        listening.accept()[0] as connection,
        select.epoll() as epoll,
    ):
        connection.settimeout(0)
        epoll.register(connection, select.EPOLLIN)

        def answer() -> None:
            epoll.poll(1)
            connection.recv(16384)
            connection.send(response)

        yield client, answer


@contextmanager
def _discarding_errors() -> Iterator[None]:
    """Send standard error, and so the log, nowhere within the block."""
    stderr_copy = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr_copy, 2)
        os.close(stderr_copy)


def turn(server: Server, times: int) -> None:
    """Make the server's loop turn without waiting."""
    for _ in range(times):
        server.turn(0)


if __name__ == "__main__":
    main()
