"""How long a server takes to start, and to take a graph of 200,000 triples by PUT.

`python -m benchmarks.starts [TRIPLES]`: seconds by the clock from starting `kg serve` over the shipped graph until it
has answered a query and until it has sent the first page, then those of PUTs of N-Triples of no known vocabulary into a
plain store and beside the shipped graph, where they are inferred from and validated; the median of three, and the load.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from statistics import median

from benchmarks.serving import served

TRIPLES = 200_000
ROUNDS = 3
SHOWN = "/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D"
NO_RESPONSE_SECONDS = 600


def main(triples: int) -> None:
    """Print a row for each."""
    with tempfile.TemporaryDirectory() as name:
        shipped, plain = Path(name) / "shipped", Path(name) / "plain"
        command = [sys.executable, "-m", "kg", "build", "--store", str(shipped), "--quiet"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for path, what in ((SHOWN, "a query"), ("/", "the first page")):
            times = [started(shipped, path) for _ in range(ROUNDS)]
            report(f"from the start until {what} is answered", times)
        for store, options in ((plain, ["--plain"]), (shipped, [])):
            kind = "into a plain store" if options else "beside the shipped graph"
            report(f"PUT of {triples:,} triples {kind}", put_times(store, options, triples))


def report(what: str, times: list[float]) -> None:
    """Print the median of the times, and the machine's load."""
    print(f"{what:<60} {median(times):>7.2f} s  load {os.getloadavg()[0]:.1f}", flush=True)


def started(store: Path, path: str) -> float:
    """Return the seconds from the start of a server until it has answered."""
    start = time.monotonic()
    with served(store) as (host, port, _):
        response(host, port, "GET", path)
        return time.monotonic() - start


def put_times(store: Path, options: list[str], triples: int) -> list[float]:
    """Return the seconds of PUTs, each of another graph, of other triples."""
    with served(store, [*options, "--writable"]) as (host, port, _):
        return [put(host, port, number, triples) for number in range(ROUNDS)]


def put(host: str, port: int, number: int, triples: int) -> float:
    """Send a graph, and return the seconds until it is there."""
    lines = "".join(f'<http://e.x/{number}/s{n // 5}> <http://e.x/p{n % 5}> "{n}" .\n' for n in range(triples))
    start = time.monotonic()
    response(host, port, "PUT", f"/data?graph=http%3A%2F%2Fe.x%2Fgraph-{number}", lines.encode())
    return time.monotonic() - start


def response(host: str, port: int, method: str, path: str, body: bytes = b"") -> None:
    """Send a request and read its whole response. Exits if that is an error."""
    connection = http.client.HTTPConnection(host, port, timeout=NO_RESPONSE_SECONDS)
    connection.request(method, path, body, {"Content-Type": "application/n-triples"} if body else {})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise SystemExit(f"{method} {path} is answered by {answer.status}: {text}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else TRIPLES)
