"""Writes over HTTP, each known by what it must leave: a model of the store that grows with every acknowledgement."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass
from random import Random

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from tests.durability.harness import Server, State, Trial, state_of, wait_for_writers, writing
from tests.support.waiting import until

GRAPHS = tuple(f"http://a.example/g{number}" for number in range(6))
BOTH = ("http://a.example/left", "http://a.example/right")
WITHOUT_ANSWER = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Write:
    """A request, and the state that it leads to."""

    method: str
    path: str
    body: str
    kind: str
    after: State


def chosen(random: Random, now: State, number: int) -> Write:
    """Return a write that the state allows: a graph replaced, added to, or removed, or an update of two graphs."""
    graph, lines = random.choice(GRAPHS), random.choice((1, 40, 400))
    triples = [f'<http://a.example/s{n}> <http://a.example/p{number}> "{number}"' for n in range(lines)]
    body, in_graph = " .\n".join([*triples, ""]), {quad for quad in now if quad.endswith(f"<{graph}> .")}
    added = {f"{triple} <{graph}> ." for triple in triples}
    path = f"/data?graph={graph}"
    match random.choice(("PUT", "POST", "DELETE", "DATA", "MOVE")):
        case "PUT":
            return Write("PUT", path, body, "text/turtle", frozenset(now - in_graph | added))
        case "POST":
            return Write("POST", path, body, "text/turtle", now | added)
        case "DELETE" if in_graph:
            return Write("DELETE", path, "", "", now - in_graph)
        case "DATA":
            return _update(f"INSERT DATA {{ GRAPH <{graph}> {{ {body} }} }}", now | added)
        case _:
            return _moved(now, number)


def _moved(now: State, number: int) -> Write:
    """Replace what two graphs hold, in several operations that only make sense together."""
    in_both = {quad for quad in now if quad.endswith(tuple(f"<{graph}> ." for graph in BOTH))}
    new = {f'<http://a.example/it> <http://a.example/is> "{number}" <{graph}> .' for graph in BOTH}
    text = " ;\n".join(
        f"DELETE WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} ;\n"
        f'INSERT DATA {{ GRAPH <{graph}> {{ <http://a.example/it> <http://a.example/is> "{number}" }} }}'
        for graph in BOTH
    )
    return _update(text, frozenset(now - in_both | new))


def _update(text: str, after: State) -> Write:
    return Write("POST", "/update", text, "application/sparql-update", after)


class Writing:
    """A client that writes without pause until the server has died."""

    def __init__(self, server: Server, now: State, random: Random, number: int) -> None:
        self.acknowledged, self.under_way = now, now
        self.number, self.answers = number, 0
        self.wrong = ""
        self._server, self._random = server, random
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self.wrong:
            self.number += 1
            write = chosen(self._random, self.acknowledged, self.number)
            self.under_way = write.after
            try:
                status, body = self._server.send(write.method, write.path, write.body, write.kind)
            except WITHOUT_ANSWER:
                return
            if status not in (200, 201, 204):
                self.wrong = f"{write.method} {write.path}: {status} {body}"
                return
            self.acknowledged = write.after
            self.answers += 1

    def has_ended(self) -> bool:
        """Return whether the client has seen the end of the server, or a wrong answer."""
        return not self._thread.is_alive()

    def join(self) -> None:
        """Wait until the client has seen the server's end."""
        self._thread.join()
        assert not self.wrong, self.wrong


def kill_servers(trial: Trial) -> None:
    """Kill a server that is written to, so many times, and look after each."""
    now, number, folder, random = frozenset[str](), 0, trial.folder / "store", trial.random
    for kill in range(trial.kills):
        server = Server(folder, "--plain", "--writable", "--workers", "0" if kill % 4 == 0 else "2")
        client = Writing(server, now, random, number)
        if kill % 3:
            until(lambda client=client: client.answers > 0 or client.has_ended(), 0.002)  # type: ignore[misc]
        time.sleep(random.uniform(0, 1.2))
        if random.random() < 0.5:
            until(lambda client=client: writing(folder) or client.has_ended(), 0.002)  # type: ignore[misc]
            time.sleep(random.uniform(0, 0.25))
        server.kill()
        client.join()
        store = EmbeddedStore.open(folder, GraphNames(""), plain=True)
        wait_for_writers(store)
        state = state_of(store)
        trial.tally.acknowledged += client.answers
        trial.tally.note("writes over HTTP", state=state, before=client.acknowledged, after=client.under_way)
        assert store.verify() == [], store.verify()
        store.prune(3)
        now, number = state, client.number
        trial.tell()
