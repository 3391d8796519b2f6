"""How long a trivial ASK takes while others ask for what is work in Python, before any query meets the engine.

    python -m benchmarks.front_work [--clients 4] [--seconds 15] [--articles 100] [-- OPTIONS OF KG SERVE]

It serves made-up articles with `kg serve`, and measures the ASK alone and beside clients who ask for one kind of thing
without pause: lists by many facets, pages, long media ranges, long texts of queries, and queries' answers as pages. It
prints the percentiles, the answers that the others had, the memory of the server's process, and the machine's load.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.fairness import LOWEST, measured, print_times
from benchmarks.generated import Generated
from benchmarks.serving import served
from kg.app.schema import read_schema

BROWSER = {"Accept": "text/html"}
RANGES = ",".join(f"a{number}/b{number};q=0.{number % 9 + 1}" for number in range(60))
FACETS = urlencode([("act", act) for act in ("assert", "deny", "demand", "promise", "warn", "praise", "accuse", "ask")])
TEXT = {"Content-Type": "application/sparql-query"}


@dataclass(frozen=True)
class Request:
    """What a client asks for without pause."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


KINDS = {
    "facets": Request(f"/statements?{FACETS}&q=a", BROWSER),
    "page": Request("/people", BROWSER),
    "timeline": Request("/timeline", BROWSER),
    "ranges": Request(f"/sparql?{urlencode({'query': 'ASK {}'})}", {"Accept": RANGES + ",*/*;q=0.1"}),
    "text": Request("/sparql", TEXT, f"ASK {{ ?s ?p ?o FILTER(?o IN ({', '.join(map(str, range(70_000)))})) }}"),
    "comment": Request("/sparql", TEXT, f"ASK {{ }} # {'comment ' * 62_000}"),
    "rows": Request(f"/sparql?{urlencode({'query': 'SELECT * { ?s ?p ?o } LIMIT 20000'})}", BROWSER),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--kinds", nargs="+", choices=[*KINDS], default=[*KINDS])
    parser.add_argument("options", nargs="*", help="options of `kg serve`, after --")
    arguments = parser.parse_args()
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        for _ in Generated(arguments.articles).fill(Path(folder) / "store", read_schema()):
            pass
        with served(Path(folder) / "store", arguments.options) as (host, port, process):
            print_times("alone", measured(host, port, arguments.seconds))
            for kind in arguments.kinds:
                with _besieged(host, port, arguments.clients, KINDS[kind]) as outcomes:
                    print_times(kind, measured(host, port, arguments.seconds))
                answers = ", ".join(f"{what} {number} times" for what, number in sorted(outcomes.items()))
                print(f"    answered {answers}; the server's process holds {resident(process):.0f} MB")


def resident(process: int) -> float:
    """Return the megabytes of a process that are in memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def _besieged(host: str, port: int, clients: int, request: Request) -> Iterator[Counter[str]]:
    """Run clients without pause, each a process that yields to the server's: elsewhere they are other machines."""
    outcomes: Counter[str] = Counter()
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe(duplex=False) for _ in range(clients)]
    processes = [context.Process(target=_ask, args=(host, port, request, writer)) for _, writer in pipes]
    for process in processes:
        process.start()
    try:
        time.sleep(2)
        yield outcomes
    finally:
        for process, (reader, writer) in zip(processes, pipes, strict=True):
            process.terminate()
            process.join()
            writer.close()
            with suppress(EOFError):
                while True:
                    outcomes[reader.recv()] += 1


def _ask(host: str, port: int, request: Request, outcomes: Connection) -> None:
    os.setsid()
    os.nice(LOWEST)
    while True:
        connection = http.client.HTTPConnection(host, port, timeout=60)
        try:
            connection.request("POST" if request.body else "GET", request.path, request.body or None, request.headers)
            answer = connection.getresponse()
            answer.read()
            outcomes.send(str(answer.status))
        except (OSError, http.client.HTTPException) as error:
            outcomes.send(type(error).__name__)
        finally:
            connection.close()


if __name__ == "__main__":
    main()
