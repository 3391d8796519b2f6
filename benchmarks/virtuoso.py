"""Virtuoso (Debian's package virtuoso-opensource-7-bin), on an empty database and on free ports of this machine."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from benchmarks.free_ports import free_port

NAME, PASSWORD = "dba", "dba"
"""The login of every new database."""
SETTINGS = """[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = .
NumberOfBuffers = {buffers}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 20
"""
POLL_SECONDS = 0.1


def program() -> str | None:
    """Return the path of the server's program, or None where it is not installed."""
    return shutil.which("virtuoso-t")


@contextmanager
def virtuoso(folder: Path, buffers: int = 10_000) -> Iterator[tuple[int, int]]:
    """Run a server with its database in a folder and so many buffers of 8 kB; return its port of HTTP and its process.

    Raises FileNotFoundError if it is not installed, and RuntimeError, with its log, if it ends before it answers.
    """
    port, sql = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(SETTINGS.format(sql=sql, http=port, buffers=buffers))
    command = [program() or "virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]
    with (
        (folder / "server.log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            while not _answers(f"http://127.0.0.1:{port}/sparql?query=ASK%7B%7D"):
                if process.poll() is not None:
                    raise RuntimeError((folder / "server.log").read_text("utf-8", "replace"))
                time.sleep(POLL_SECONDS)
            yield port, process.pid
        finally:
            process.kill()


def _answers(address: str) -> bool:
    try:
        with urlopen(address):  # noqa: S310 -- our own server
            return True
    except (OSError, HTTPException):  # it may take a connection that it is not ready to answer, and close it
        return False
