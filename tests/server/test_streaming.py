"""Streaming over the WSGI server: failures and disconnects are noticed, and a signal drains."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

import pytest
from flask import Flask

from kg.errors import StoreError
from kg.formats import CSV
from server.http import streaming
from server.http.streaming import BUFFERED_BYTES, stream_response
from tests.support.http_client import Client, Serving
from tests.support.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
BLOCK = b"x" * BUFFERED_BYTES
SLOW = """
import sys, time
from flask import Flask, Response
from server.runtime.http_server import serve
app = Flask("slow")
app.config["MAX_CONTENT_LENGTH"] = 1000
@app.get("/slow")
def slow():
    def parts():
        print("begun", flush=True)
        for number in range(10):
            time.sleep(0.1)
            yield b"part"
    return Response(parts())
serve(app, "127.0.0.1", 0, lambda address: print(address, flush=True))
print("drained", flush=True)
"""


def breaking(blocks: int) -> Iterator[bytes]:
    for _ in range(blocks):
        yield BLOCK
    raise StoreError("The disk is gone.")


@pytest.fixture
def app() -> Flask:
    app = Flask("contract")
    app.config["MAX_CONTENT_LENGTH"] = 1000
    app.add_url_rule("/breaks", "breaks", lambda: stream_response(breaking(3), CSV))
    app.add_url_rule("/whole", "whole", lambda: stream_response(iter([BLOCK] * 3), CSV))
    return app


def test_an_error_after_the_first_byte_is_an_error_to_the_client(serving: Serving, app: Flask) -> None:
    with serving(app) as client, pytest.raises(http.client.IncompleteRead):
        client.get("/breaks")


def test_a_response_without_an_error_is_complete(serving: Serving, app: Flask) -> None:
    with serving(app) as client:
        assert len(client.get("/whole").body) == 3 * BUFFERED_BYTES


def raw(client: Client, request: bytes) -> bytes:
    with closing(socket.create_connection((client.host, client.port), timeout=PATIENCE)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_response_to_http_1_0_has_a_content_length(serving: Serving, app: Flask) -> None:
    with serving(app) as client:
        head, _, body = raw(client, b"GET /whole HTTP/1.0\r\nHost: x\r\n\r\n").partition(b"\r\n\r\n")
    assert f"Content-Length: {3 * BUFFERED_BYTES}".encode() in head
    assert len(body) == 3 * BUFFERED_BYTES


def test_an_error_for_an_http_1_0_client_is_a_status(serving: Serving, app: Flask) -> None:
    with serving(app) as client:
        assert raw(client, b"GET /breaks HTTP/1.0\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.0 500")


def test_a_disconnect_is_noticed_while_the_response_is_made(serving: Serving, app: Flask) -> None:
    disconnected = threading.Event()

    def endless() -> Iterator[bytes]:
        try:
            while True:
                time.sleep(0.01)
                yield b"x" * 1000
        finally:
            disconnected.set()

    app.add_url_rule("/endless", "endless", lambda: stream_response(endless(), CSV))
    with serving(app) as client:
        connection = socket.create_connection((client.host, client.port), timeout=PATIENCE)
        connection.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100)
        connection.close()
        assert disconnected.wait()


@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/1.1"])
def test_what_a_response_is_read_from_is_closed_with_it_before_its_first_byte(
    app: Flask, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    spools, closed = list[IO[bytes]](), list[bool]()

    def new_spool(size: int) -> IO[bytes]:
        spools.append(SpooledTemporaryFile(size))  # noqa: SIM115 -- closing it is what is tested
        return spools[-1]

    class Source(Iterator[bytes]):
        rest = 3

        def __next__(self) -> bytes:
            self.rest -= 1
            if self.rest < 0:
                raise StopIteration
            return BLOCK

        def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr(streaming, "SpooledTemporaryFile", new_spool)
    fields = {"Accept-Encoding": "gzip;q=0, zstd;q=0"}
    with app.test_request_context(headers=fields, environ_overrides={"SERVER_PROTOCOL": protocol}):
        stream_response(Source(), CSV).close()
    assert [spool.closed for spool in spools] == ([True] if protocol == "HTTP/1.0" else [])
    assert closed == ([] if protocol == "HTTP/1.0" else [True])


def is_refused(host: str, port: int) -> bool:
    """Return whether no process listens on a port."""
    with socket.socket() as knocking:
        return knocking.connect_ex((host, port)) != 0


def test_sigterm_lets_answers_finish_and_refuses_new_ones(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW], stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
    )
    with process:
        assert process.stdout
        host, _, port = process.stdout.readline().strip().rstrip("/").rpartition("//")[2].partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE)
        connection.request("GET", "/slow")
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGTERM)
        assert until(lambda: is_refused(host, int(port)))
        assert connection.getresponse().read() == b"part" * 10
        connection.close()
        assert process.wait() == 0
        assert process.stdout.read() == "drained\n"
