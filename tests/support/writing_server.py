"""A server whose writes run in processes of their own, and those processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.pooled_store import PooledStore
from kg.workers.query_limits import MEGABYTE, QueryLimits
from kg.writer.process_writer import ProcessWriter
from server import Settings, create_app
from tests.support.http_client import Client, Reply, run_server
from tests.support.processes import children, has_in_command, processor_time
from tests.support.waiting import until

UPDATE = "application/sparql-update"
TURTLE = "text/turtle"
TRIPLES = 600
FILLED = "INSERT DATA { " + " ".join(f"<x:s{number}> <x:p> {number} ." for number in range(TRIPLES)) + " }"
ENDLESS = "INSERT { ?a <x:r> ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f = ?i - 100000000) }"
"""An update with 216 million solutions, all of which are filtered out."""
HUNGRY = "INSERT { ?a <x:r> ?i } WHERE { SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?a }"
"""An update whose solutions are all to be kept."""
NOTHING_LIKE_IT = "ASK { ?s <x:r> ?o }"


@dataclass
class Writing:
    """A server, its store and its writer."""

    client: Client
    store: EmbeddedStore
    writer: ProcessWriter
    folder: Path

    def update(self, text: str, **parameters: str) -> Reply:
        """Send an update."""
        fields = "&".join(f"{key}={value}" for key, value in parameters.items())
        return self.client.post(f"/update?{fields}", text, UPDATE)

    def holds(self, pattern: str) -> bool:
        """Return whether the store holds triples."""
        matches: bool = self.client.query(f"ASK {{ {pattern} }}").json["boolean"]
        return matches

    def listed(self) -> list[dict[str, Any]]:
        """Return what is under way, as operators see it."""
        queries: list[dict[str, Any]] = self.client.get("/admin/queries").json["queries"]
        return queries

    def versions(self) -> list[str]:
        """Return the names of the versions that are kept."""
        return [version.name for version in self.store.versions()]

    def leftovers(self) -> list[str]:
        """Return the names of versions in the making."""
        return [path.name for path in (self.folder / "versions").glob(".work-*")]

    def is_at_work(self) -> bool:
        """Return whether a write is under way, and a writer has used a tenth of a second of a processor."""
        under_way = any(query["state"] == "writing" for query in self.listed())
        return under_way and any(processor_time([process]) > 0.1 for process in writers())

    def has_written(self) -> None:
        """Assert that the next write is taken."""
        before = len(self.versions())
        reply = self.update("INSERT DATA { <x:next> <x:p> 1 }")
        assert (reply.status, reply.text) == (204, "")
        assert len(self.versions()) == before + 1


def writers() -> list[int]:
    """Return the processes of the writers that this process has."""
    return [writer for server in fork_servers() for writer in children(server)]


def fork_servers() -> list[int]:
    """Return the processes of writers' fork servers."""
    return [child for child in children(os.getpid()) if has_in_command(child, "kg.writer.writer_fork_server")]


def kill(process: int) -> None:
    """End a process at once."""
    os.kill(process, signal.SIGKILL)


@contextmanager
def writing(folder: Path, settings: Settings | None = None, **limits: float) -> Iterator[Writing]:
    """Serve a plain store with a writer for as long as the block lasts; memory is given in megabytes."""
    all_limits = {"time": 20.0, "memory": 512, "workers": 2, "slow": 1, **limits}
    scaled = {name: value * MEGABYTE if name == "memory" else value for name, value in all_limits.items()}
    bounds = QueryLimits(**scaled)  # type: ignore[arg-type]  # whole numbers where due
    store = EmbeddedStore.open(folder, GraphNames(""), plain=True)
    writer = ProcessWriter(folder, store, bounds)
    try:
        with PooledStore.open(folder, bounds) as pooled:
            app = create_app(pooled, settings or Settings(base=None), writer)
            with run_server(app) as client:
                yield Writing(client, store, writer, folder)
    finally:
        writer.close()
    assert until(lambda: not writers())
