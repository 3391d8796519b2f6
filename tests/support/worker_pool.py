"""A store whose queries are easy to make costly, its workers, and their processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from rdflib import RDF, Literal, URIRef

from kg.datasets import GraphNames, Owner
from kg.formats import JSON, NTRIPLES
from kg.store import Answer, EmbeddedStore, Query, Store
from kg.workers.pooled_store import PooledStore
from kg.workers.query_limits import MEGABYTE, QueryLimits
from tests.support.processes import children, has_in_command, processor_time
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
    """Run a query, and return its answer unread."""
    return store.query(Query(text, JSON, NTRIPLES))


def ask(store: Store, text: str = "ASK { ?s ?p ?o }") -> bytes:
    """Run a query, and return its whole answer."""
    return b"".join(begin(store, text).chunks)


def fork_servers() -> list[int]:
    """Return the processes that fork the workers of this process; a browser that tests share is none."""
    return [child for child in children(os.getpid()) if has_in_command(child, "kg.workers.worker_fork_server")]


def workers(others: Collection[int] = ()) -> list[int]:
    """Return the processes of all workers that this process has, but for those of other fork servers."""
    return [worker for server in fork_servers() if server not in others for worker in children(server)]


def busiest() -> int:
    """Return the worker that uses more processor time from now on than all others together, as soon as one does."""
    before = {worker: processor_time([worker]) for worker in workers()}
    busy: list[int] = []

    def stands_out() -> bool:
        # By what is added from now on: one that is idle may have used more until now.
        used = {worker: processor_time([worker]) - before.setdefault(worker, 0) for worker in workers()}
        busy[:] = [worker for worker, seconds in used.items() if seconds > sum(used.values()) / 2 + 0.1]
        return bool(busy)

    assert until(stands_out)
    return busy[0]
