"""Oxigraph's own server, from the package `oxigraph`, on an empty store in memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.waiting import until

OXIGRAPH = Path(sys.executable).with_name("oxigraph")


@contextmanager
def oxigraph_server() -> Iterator[str]:
    """Run it on a port that the system chooses, and return its address."""
    with subprocess.Popen([OXIGRAPH, "serve", "--bind", "127.0.0.1:0"], stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: listening(process.pid) != [])
            yield f"http://127.0.0.1:{listening(process.pid)[0]}"
        finally:
            process.terminate()


def listening(process: int) -> list[int]:
    """Return the ports of TCP that a process listens on, as the kernel lists them (proc(5))."""
    sockets = set[str]()
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):  # closed since it was listed
            sockets.add(str(link.readlink()))
    lines = (line.split() for line in Path(f"/proc/{process}/net/tcp").read_text("ascii").splitlines()[1:])
    return [int(row[1].partition(":")[2], 16) for row in lines if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]
