"""Servers that are watched, and canaries: an address and files that nothing should ever reach."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.corpus_stores import corpus_store
from tests.support.http_client import Client

ROOT = Path(__file__).parents[2]
KG = [sys.executable, "-m", "kg"]
TINY = ROOT / "tests" / "app" / "tiny"
FORK_SERVERS = ("kg.workers.worker_fork_server", "kg.writer.writer_fork_server")
"""The processes that the server starts by itself, for workers and for writers."""
WATCHING = Path(__file__).with_name("watching")
SECRET = "canary-secret-5107"  # noqa: S105 -- no password
"""Words in each canary file and at the canary address, which must be in no answer."""
STRACE = shutil.which("strace")


@dataclass
class Canary:
    """An address at which every knock is counted, and files that hold the secret in several formats."""

    port: int
    folder: Path
    knocks: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return an address under the canary's host."""
        return f"http://127.0.0.1:{self.port}/canary"

    @property
    def file(self) -> str:
        """Return the IRI of the canary file."""
        return (self.folder / "canary.ttl").as_uri()


def _answering(listener: socket.socket, canary: Canary) -> None:
    body = f'<urn:canary> <urn:says> "{SECRET}" .'.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/turtle\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.settimeout(2)
                canary.knocks.append(connection.recv(4096).decode("latin-1").partition("\r\n")[0])
                connection.sendall(head.encode() + body)


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    """Return a canary that listens."""
    folder = tmp_path / "canary"
    folder.mkdir()
    (folder / "canary.ttl").write_text(f'<urn:canary> <urn:says> "{SECRET}" .', "utf-8")
    (folder / "canary.jsonld").write_text(f'{{"@context": {{"p": "urn:{SECRET}"}}}}', "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Canary(listener.getsockname()[1], folder)
        thread = threading.Thread(target=_answering, args=(listener, made), daemon=True)
        thread.start()
        yield made
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


class Watched(Client):
    """A client of a server that is watched: by Python's audit hook, and by the system where strace is there."""

    def __init__(self, port: int, events: Path, calls: Path) -> None:
        super().__init__("127.0.0.1", port)
        self.events, self.calls = events, calls
        self._before = len(events.read_text("utf-8"))

    def escapes(self, canary: Canary) -> list[str]:
        """Return what any process of the server has done with the canary's files or with any address."""
        lines = self.events.read_text("utf-8")[self._before :].splitlines()
        reached = [line for line in lines if line.startswith("open\t") and str(canary.folder) in line]
        other = [line for line in lines if not line.startswith("open\t")]
        reached += [
            line for line in other if not any(f"from {server} import main; main()" in line for server in FORK_SERVERS)
        ]
        if self.calls.is_file():
            lines = self.calls.read_text("utf-8", "replace").splitlines()
            reached += [line for line in lines if "sa_family=AF_INET" in line or str(canary.folder) in line]
        return reached


@contextmanager
def watched(folder: Path, *arguments: str) -> Iterator[Watched]:
    """Run a server that is watched for as long as the block lasts."""
    events, calls = folder / "events", folder / "calls"
    traced = (
        [STRACE, "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,openat,open", "-o", str(calls)] if STRACE else []
    )
    command = [*traced, *KG, "serve", "--port", "0", *arguments]
    path = os.pathsep.join([str(WATCHING), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "WATCHED": str(events)}
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment, text=True) as process,
    ):
        assert process.stdout
        first_line = process.stdout.readline()
        assert "http://127.0.0.1:" in first_line, (folder / "log").read_text("utf-8")[-2000:]
        port = int(first_line.partition("http://127.0.0.1:")[2].partition("/")[0])
        server = _only_child(process.pid) if STRACE else process.pid
        try:
            yield Watched(port, events, calls)
        finally:
            os.kill(server, signal.SIGTERM)
            assert process.wait() == 0


def _only_child(process: int) -> int:
    (child,) = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    return int(child)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of the tiny corpus."""
    return corpus_store(tmp_path_factory, "tiny")
