"""How long a trivial ASK takes over HTTP while hostile clients ask without pause, and how busy the machine is besides.

    python benchmarks/fairness.py [--clients 4] [--seconds 30] [--timeout 30] [--shapes stream …]

It serves a store of invented triples with `kg serve`, measures the ASK alone, then beside the hostile clients, and
prints the 50th, 95th and 99th percentiles with the machine's load and the versions of what took part.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import multiprocessing
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from urllib.parse import urlencode

from rdflib import RDF, Literal, URIRef

from benchmarks.serving import served
from kg.datasets import GraphNames
from kg.store import EmbeddedStore

HOSTILE = {
    "product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "sort": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?a",
    "path": "SELECT (COUNT(*) AS ?n) { ?a (!<x:a>|^!<x:b>)* ?b . ?c (!<x:c>|^!<x:d>)+ ?d }",
    "regex": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(?c, ?f), '(a*)*(b|v1)*$(x+x+)+y')) }",
    "distinct": "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f } OFFSET 999999999",
    "stream": "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    "text": "SELECT (GROUP_CONCAT(?c) AS ?x) { ?a ?b ?c . ?d ?e ?f }",
    "nesting": f"ASK {'{' * 100_000}",
    "values": f"SELECT (COUNT(*) AS ?n) {{ VALUES ?a {{ {' '.join(map(str, range(200_000)))} }} ?b ?c ?d }}",
}
LOWEST = 19
READ = 64 * 1024
TRIVIAL = "ASK { ?s ?p ?o }"
PACE = 0.02
"""Seconds between two measured questions."""


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder) / "store", arguments.triples)
        with served(Path(folder) / "store", ["--plain", "--timeout", str(arguments.timeout)]) as (host, port, _):
            print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
            print(", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "waitress", "flask")))
            print_times("alone", measured(host, port, arguments.seconds / 3))
            with _besieged(host, port, arguments.clients, arguments.shapes) as outcomes:
                print_times(f"{arguments.clients} hostile", measured(host, port, arguments.seconds))
            print("hostile answers:", ", ".join(f"{what} ({number})" for what, number in sorted(outcomes.items())))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--timeout", type=float, default=30, help="what the server allows a query")
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--shapes", nargs="+", choices=[*HOSTILE], default=[*HOSTILE])
    return parser.parse_args()


def _fill(folder: Path, triples: int) -> None:
    base = "https://example.org/data/"
    store = EmbeddedStore.open(folder, GraphNames(base), plain=True)
    with store.write() as transaction:
        triple_stream = (
            (URIRef(f"{base}{number}"), RDF.value, Literal(f"value {number}")) for number in range(triples)
        )
        transaction.replace_graph(None, triple_stream)
        transaction.commit("invented")


@contextmanager
def _besieged(host: str, port: int, clients: int, shapes: Sequence[str]) -> Iterator[Counter[str]]:
    """Run clients without pause, each a process that yields to the server's: elsewhere they are other machines."""
    outcomes: Counter[str] = Counter()
    context = multiprocessing.get_context("spawn")
    outcomes_of_clients: SimpleQueue[str] = context.SimpleQueue()
    processes = [
        context.Process(
            target=_ask_without_pause, args=(host, port, (*shapes[client:], *shapes[:client]), outcomes_of_clients)
        )
        for client in range(clients)
    ]
    for process in processes:
        process.start()
    try:
        time.sleep(2)
        yield outcomes
    finally:
        for process in processes:
            process.terminate()
            process.join()
        while not outcomes_of_clients.empty():
            outcomes[outcomes_of_clients.get()] += 1


def _ask_without_pause(host: str, port: int, shapes: Sequence[str], outcomes: SimpleQueue[str]) -> None:
    os.setsid()
    os.nice(LOWEST)
    for shape in itertools.cycle(shapes):
        outcomes.put(f"{shape}: {_outcome(host, port, HOSTILE[shape])}")


def _outcome(host: str, port: int, text: str) -> str:
    connection = http.client.HTTPConnection(host, port, timeout=60)
    try:
        connection.request("POST", "/sparql", text, {"Content-Type": "application/sparql-query"})
        answer = connection.getresponse()
        while answer.read(READ):
            pass
    except http.client.IncompleteRead:
        return "200 broken off"
    except OSError as error:
        return type(error).__name__
    else:
        return str(answer.status)
    finally:
        connection.close()


def measured(host: str, port: int, seconds: float) -> list[float]:
    """Return what each question took, in milliseconds, over one connection that is kept."""
    connection = http.client.HTTPConnection(host, port, timeout=60)
    taken: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.perf_counter()
        # No two questions are one to a cache.
        connection.request("GET", "/sparql?" + urlencode({"query": f"{TRIVIAL} # {len(taken)}"}))
        answer = connection.getresponse()
        if b"true" not in answer.read().lower():
            print(f"not answered: {answer.status}")
        taken.append(1000 * (time.perf_counter() - begun))
        time.sleep(PACE)
    connection.close()
    return sorted(taken)


def print_times(when: str, taken: list[float]) -> None:
    """Print the percentiles of times in milliseconds, and the machine's load."""
    marks = ", ".join(f"p{mark} {taken[min(len(taken) * mark // 100, len(taken) - 1)]:.1f} ms" for mark in (50, 95, 99))
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"{when}: {len(taken)} ASKs, {marks}, longest {taken[-1]:.1f} ms; load {load}")


if __name__ == "__main__":
    main()
