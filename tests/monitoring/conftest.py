"""A real `kg serve` over a store that gives slow queries something to chew on, and an administrator of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, Literal, URIRef

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from tests.durability.harness import KG, Server, serving, wait_until
from tests.server.conftest import Client

TRIPLES = 2000
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A query that takes hours."""


def write(folder: Path, note: str) -> None:
    """Add a version to a store of anything, by a process that is not the server's."""
    store = EmbeddedStore.open(folder, GraphNames(""), plain=True)
    with store.write() as change:
        found = ((URIRef(f"urn:{number}"), RDF.value, Literal(f"{note} {number}")) for number in range(TRIPLES))
        change.replace_graph(None, found)
        change.commit(note)


class Operated(Client):
    """A client of a server in a process of its own, with what that logs and an administrator's token."""

    def __init__(self, server: Server, token: str) -> None:
        super().__init__("127.0.0.1", server.port)
        self.process, self._log = server.process, Path(server.log.name)
        self.admin = {"Authorization": f"Bearer {token}"}

    def log(self, logger: str, **wanted: object) -> dict[str, object]:
        """Return the first line of a logger, in JSON, whose members are as wanted; wait for it a while."""
        found: list[dict[str, object]] = []

        def look() -> bool:
            lines = [json.loads(line) for line in self._log.read_text("utf-8").splitlines()]
            found[:] = [each for each in lines if each["logger"] == logger and wanted.items() <= each.items()]
            return bool(found)

        wait_until(look, 10)
        assert found, self._log.read_text("utf-8")[-2000:]
        return found[0]

    def figure(self, name: str) -> float:
        """Return a figure of /metrics by its name, labels included."""
        lines = [line.rpartition(" ") for line in self.get("/metrics").text.splitlines() if line[:1] != "#"]
        return next(float(value) for found, _, value in lines if found == name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a store of one version."""
    write(tmp_path / "store", "first")
    return tmp_path / "store"


@pytest.fixture
def operated(folder: Path) -> Iterator[Operated]:
    """Return a server, and who looks after it."""
    made = [*KG, "token", "add", "operator", "--role", "admin", "--store", str(folder)]
    token = subprocess.run(made, capture_output=True, text=True, check=True).stdout.split()[-1]
    with serving(folder, "--plain", "--workers", "4", "--slow-log", "0.2", "--log", "json") as server:
        found = Operated(server, token)
        assert found.get("/network", "text/html").status == 200, "it waits for the index, whose queries count too"
        yield found
