"""A store whose queries are easy to make costly, its workers, and their processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from rdflib import RDF, Literal, URIRef

from kg.datasets import GraphNames, Owner
from kg.formats import JSON, NTRIPLES
from kg.store import Answer, EmbeddedStore, Query, Store
from kg.workers import PooledStore, QueryLimits
from kg.workers.query_limits import MEGABYTE
from tests.support.waiting import until

BASE = "https://example.org/data/"
NAMES = GraphNames(BASE)
TRIPLES = 3000
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
"""27 thousand million solutions, none of which is sent."""
GUSHING = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
"""As many, each of which is sent."""
HUNGRY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?a"
"""As many, all of which are to be kept."""

Opening = Callable[..., AbstractContextManager[PooledStore]]


def fill(store: EmbeddedStore, number: int, note: str) -> None:
    """Write a version with so many triples."""
    with store.write() as transaction:
        triples = [
            (URIRef(f"{BASE}{number_of_triple}"), RDF.value, Literal(f"value {number_of_triple}"))
            for number_of_triple in range(number)
        ]
        transaction.replace_graph(NAMES.article("one"), triples, Owner.BUILD)
        transaction.commit(note)


@contextmanager
def opened(folder: Path, **limits: float) -> Iterator[PooledStore]:
    """Open workers over a store; memory is given in megabytes."""
    all_limits = {"time": 200.0, "memory": 512, **limits}
    scaled = {name: value * MEGABYTE if name == "memory" else value for name, value in all_limits.items()}
    with PooledStore.open(folder, QueryLimits(**scaled)) as store:  # type: ignore[arg-type]  # whole numbers where due
        yield store


def begin(store: Store, text: str) -> Answer:
    """Ask a query, and return its answer unread."""
    return store.query(Query(text, JSON, NTRIPLES))


def ask(store: Store, text: str = "ASK { ?s ?p ?o }") -> bytes:
    """Ask a query, and return its answer whole."""
    return b"".join(begin(store, text).chunks)


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    files = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for file in files for child in file.read_text("ascii").split()]


def workers() -> list[int]:
    """Return the processes of all workers that this process has; a browser that tests share is none."""
    fork_servers = [child for child in children(os.getpid()) if _is_fork_server(child)]
    return [worker for fork_server in fork_servers for worker in children(fork_server)]


def _is_fork_server(process: int) -> bool:
    try:
        return b"kg.workers.worker_fork_server" in Path(f"/proc/{process}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def processor_time(processes: list[int]) -> float:
    """Return the seconds of processor time that processes have used; those that have ended have used none."""
    total = 0
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def busiest() -> int:
    """Return the worker that has used more processor time than all others together, as soon as one has."""
    busy: list[int] = []

    def stands_out() -> bool:
        used = {worker: processor_time([worker]) for worker in workers()}
        busy[:] = [worker for worker, seconds in used.items() if seconds > sum(used.values()) / 2 + 0.05]
        return bool(busy)

    assert until(stands_out), "no worker stands out"
    return busy[0]
