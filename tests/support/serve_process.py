"""A `kg serve` process with JSON logs over a plain store, and its administrator's client."""

from __future__ import annotations

import json
from pathlib import Path

from rdflib import RDF, Literal, URIRef

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from tests.durability.harness import Server
from tests.support.http_client import Client
from tests.support.waiting import until

TRIPLES = 2000
ENDLESS_QUERY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A query that takes hours."""


def write_version(folder: Path, note: str) -> None:
    """Add a version to a plain store, from a process other than the server's."""
    store = EmbeddedStore.open(folder, GraphNames(""), plain=True)
    with store.write() as change:
        triples = ((URIRef(f"urn:{number}"), RDF.value, Literal(f"{note} {number}")) for number in range(TRIPLES))
        change.replace_graph(None, triples)
        change.commit(note)


class AdminClient(Client):
    """A client of a `kg serve` process, with its log and a token of an administrator."""

    def __init__(self, server: Server, token: str) -> None:
        super().__init__("127.0.0.1", server.port)
        self.process, self.log_path = server.process, Path(server.log.name)
        self.token_header = {"Authorization": f"Bearer {token}"}

    def log(self, logger: str, **members: object) -> dict[str, object]:
        """Return the first line of a logger in JSON with these members, as soon as there is one."""
        matching: list[dict[str, object]] = []

        def look() -> bool:
            whole = self.log_path.read_text("utf-8").rpartition("\n")[0]  # the last may be half written
            lines = [json.loads(line) for line in whole.splitlines()]
            matching[:] = [line for line in lines if line["logger"] == logger and members.items() <= line.items()]
            return bool(matching)

        until(look)
        return matching[0]

    def metric(self, name: str) -> float:
        """Return a value in /metrics by its name with its labels."""
        lines = [line.rpartition(" ") for line in self.get("/metrics").text.splitlines() if line[:1] != "#"]
        return next(float(value) for label, _, value in lines if label == name)
