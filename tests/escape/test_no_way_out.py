"""Nothing that comes from outside makes the server open a file or a connection: watched from within and from below."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.escape.attempts import attempts
from tests.escape.conftest import SECRET, STRACE, Canary, Watched, watched

LEAST = 150
"""Attempts that are made of each server at least."""


@pytest.fixture(params=["plain", "corpus"])
def server(request: pytest.FixtureRequest, built: Path, tmp_path: Path) -> Iterator[Watched]:
    """Return a watched server that takes writes: of a plain store, or of a corpus with pages and inference."""
    store = tmp_path / "store"
    if request.param == "corpus":
        shutil.copytree(built, store)
    arguments = ["--plain", "--allow-host", "listed.example"] if request.param == "plain" else []
    with watched(tmp_path, *arguments, "--writable", "--store", str(store)) as watched_server:
        yield watched_server


def test_no_request_opens_a_file_or_a_connection(server: Watched, canary: Canary) -> None:
    escapes, tried = [], 0
    for name, method, path, body, kind in attempts(canary):
        reply = server.send(method, path, body or None, {"Content-Type": kind} if kind else {})
        tried += 1
        if SECRET in reply.body.decode("utf-8", "replace") or reply.status >= 500:
            escapes.append(f"{name}: {reply.status} {reply.text[:200]}")
    assert escapes == []
    assert tried > LEAST
    everything = server.send("GET", "/data", headers={"Accept": "application/n-quads"})
    assert everything.status == 200
    assert SECRET not in everything.text
    assert canary.knocks == []
    assert server.escapes(canary) == []
    assert server.query("ASK {}").status == 200


def test_the_canary_sings_and_the_watch_sees_it_where_a_host_is_listed(canary: Canary, tmp_path: Path) -> None:
    host = f"127.0.0.1:{canary.port}"
    arguments = ("--plain", "--writable", "--store", str(tmp_path / "store"), "--allow-host", host)
    with watched(tmp_path, *arguments) as server:
        assert server.escapes(canary) == []
        reply = server.query(f"ASK {{ SERVICE <{canary.url}> {{ ?s ?p ?o }} }}")
        assert reply.status == 400, "what the canary says is no results of a query"
        assert canary.knocks.pop() == "POST /canary HTTP/1.1"
        reply = server.post("/update", f"LOAD <{canary.url}> INTO GRAPH <urn:g>", "application/sparql-update")
        assert reply.status == 204, reply.text
        assert canary.knocks == ["GET /canary HTTP/1.1"]
        seen = server.escapes(canary)
        assert any(line.startswith("socket.connect") for line in seen)
        assert STRACE is None or any("sa_family=AF_INET" in line for line in seen)
        assert SECRET in server.send("GET", "/data?graph=urn:g", headers={"Accept": "text/turtle"}).text


@pytest.mark.skipif(STRACE is None, reason="strace, which watches the engine, is not installed")
def test_the_watch_from_below_sees_a_file_that_is_opened(tmp_path: Path) -> None:
    with watched(tmp_path, "--plain", "--store", str(tmp_path / "store")) as server:
        assert server.query("ASK {}").status == 200
        calls = server.calls.read_text("utf-8", "replace")
        assert str(tmp_path / "store") in calls
