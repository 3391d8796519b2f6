"""What a write, a reading and a figure take among many versions: `python benchmarks/versions.py [FOLDER]`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rdflib import RDF, Literal, URIRef

from kg import formats
from kg.datasets import GraphNames
from kg.store import EmbeddedStore, Query

NAMES = GraphNames("http://e.x/")
ROUNDS = 10


def main(folder: Path) -> None:
    """Print a row for each number of versions: milliseconds of a processor, of the middle one of several rounds."""
    print(f"{'versions':>8} {'write':>8} {'query':>8} {'figures':>8} {'first figures':>14}")
    for number in (10, 300, 2000):
        store = made(folder / str(number), number)
        started = time.process_time()
        figures(store)
        first = 1000 * (time.process_time() - started)
        acts: tuple[Callable[[EmbeddedStore], None], ...] = (write, ask, figures)
        print(f"{number:8} {''.join(f'{cost(act, store):8.1f} ' for act in acts)}{first:14.1f}")


def made(folder: Path, number: int) -> EmbeddedStore:
    """Return a store of so many versions, which share the files of the first."""
    write(EmbeddedStore.open(folder, NAMES))
    versions = folder / "versions"
    record = json.loads((versions / "000001.json").read_text("utf-8"))
    for count in range(2, number + 1):
        name = f"{count:06}"
        (versions / name).mkdir()
        for file in (versions / "000001").iterdir():
            os.link(file, versions / name / file.name)
        (versions / f"{name}.json").write_text(json.dumps({**record, "name": name}), "utf-8")
    (folder / "current").write_text(json.dumps({"current": f"{number:06}", "last": f"{number:06}"}), "utf-8")
    return EmbeddedStore.open(folder, NAMES)


def write(store: EmbeddedStore) -> None:
    """Replace a graph of 200 triples."""
    with store.write() as transaction:
        now = time.time_ns()
        transaction.replace_graph("http://e.x/g", ((URIRef(f"x:{n}"), RDF.value, Literal(now)) for n in range(200)))
        transaction.commit("a write")


def ask(store: EmbeddedStore) -> None:
    """Run a trivial query."""
    for _ in store.query(Query("ASK { ?s ?p ?o }", formats.JSON, None)).chunks:
        pass


def figures(store: EmbeddedStore) -> None:
    """Do what /metrics asks of a store."""
    store.current()
    store.names()
    store.size()


def cost(act: Callable[[EmbeddedStore], None], store: EmbeddedStore) -> float:
    """Return the milliseconds of a processor that something takes."""
    taken = []
    for _ in range(ROUNDS):
        started = time.process_time()
        act(store)
        taken.append(time.process_time() - started)
    return 1000 * sorted(taken)[ROUNDS // 2]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary))
