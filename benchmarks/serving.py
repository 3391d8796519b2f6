"""What the benchmarks share: `kg serve` as a process of its own over a store in a folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit


@contextmanager
def served(folder: Path, options: Sequence[str] = ()) -> Iterator[tuple[str, int, int]]:
    """Serve a store on a free port within the block, which gets the host, the port and the process; logs beside it."""
    command = [sys.executable, "-m", "kg", "serve", "--store", str(folder), "--port", "0", *options]
    with (
        folder.with_name(f"{folder.name}.log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True) as server,
    ):
        try:
            line = server.stdout.readline() if server.stdout else ""
            address = urlsplit(next(word for word in line.split() if word.startswith("http")))
            yield address.hostname or "", address.port or 0, server.pid
        finally:
            server.terminate()
