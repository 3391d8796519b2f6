"""How long a write takes to be visible, inferred from and validated: a graph of 265 triples among many.

`python benchmarks/writes.py [TRIPLES]` (a million without an argument) fills a store in a temporary folder with made-up
articles, a graph of a client's each; a hundred at a time speak of the same people and places. Then one is replaced,
edited and deleted. The same write with everything done anew is timed too, on one group of articles only, where it ends
in a minute or so. Times by the clock are of one machine under one load; processor time, whose ratios are printed,
is what to compare.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from rdflib import Graph

from kg.app.build_options import BuildOptions
from kg.app.builds.build import build
from kg.app.schema import Schema, read_schema
from kg.app.write import Edit, rebuild, write_validated
from kg.datasets import GraphNames, Owner
from kg.formats import NTRIPLES
from kg.reasoning.graph_reasoner import infer_all
from kg.store import EmbeddedStore, ParsedGraph, read_graph

HERE = Path(__file__).parents[1]
WORLD, TINY = HERE / "tests/validation/world.ttl", HERE / "tests/app/tiny"
NAMES = GraphNames("https://example.org/communique/")
DATA = "https://example.org/data/"
SHARED = ("country", "government", "harbour", "lunde", "ministry", "official", "other-official", "tarrant", "visitor")
"""Things that the articles of a group all speak of."""
MILLION, GROUP, FEW, ROUNDS = 1_000_000, 100, 8, 3


def article(number: int, group: int = 0) -> str:
    """Return one article as N-Triples: its own names hold its number, those of shared things its group's only."""
    text = Graph().parse(WORLD).serialize(format="nt").replace(DATA, f"{DATA}g{group}/a{number}/")
    for shared in SHARED:
        text = text.replace(f"a{number}/{shared}>", f"{shared}>")
    return text


def triples(text: str) -> ParsedGraph:
    """Read N-Triples."""
    return read_graph(text.encode(), NTRIPLES)


def graph_of(number: int, group: int = 0) -> str:
    """Name an article's graph."""
    return f"https://example.org/graph/g{group}/a{number}"


def filled(folder: Path, known: Schema, size: int, group: int) -> EmbeddedStore:
    """Return a store of at least so many triples beside a tiny corpus, with what follows from them."""
    build(TINY, partial(EmbeddedStore.open, folder), BuildOptions(cross_check=False))
    store, texts = EmbeddedStore.open(folder, NAMES), [article(number) for number in range(group)]
    entailed = infer_all(known.reasoner, triples("".join(texts))).serialize(format="nt")
    groups = -(-size // len({*"".join([*texts, entailed]).splitlines()}))
    with store.write() as transaction:
        for turn in range(groups):
            for number, text in enumerate(texts):
                own = triples(text.replace("/g0/", f"/g{turn}/"))
                transaction.replace_graph(graph_of(number, turn), own)
            transaction.add(NAMES.inferred, triples(entailed.replace("/g0/", f"/g{turn}/")), Owner.SYSTEM)
        transaction.commit("what was there before")
    return store


@dataclass(frozen=True)
class Taken:
    """What a call took, in seconds by the clock and of a processor: other processes make the first longer."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processor:.2f} s of a processor)"


def taken(work: Callable[[], object]) -> Taken:
    """Return what a call takes."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - clock, time.process_time() - processor)


def replaced(number: int) -> Edit:
    """Return the edit that puts another article in place of the first."""
    return lambda change: change.replace_graph(graph_of(0), triples(article(number)))


def edited(number: int) -> Edit:
    """Return the edit that renames a thing of the second article."""
    old = article(1)
    return lambda change: change.replace_graph(graph_of(1), triples(old.replace('"the talks', f'"the {number} talks')))


def removed(number: int) -> Edit:
    """Return the edit that deletes an article."""
    return lambda change: change.remove_graph(graph_of(2 + number))


def rows(store: EmbeddedStore, known: Schema) -> float:
    """Print each kind of write's times; return the least processor time of a replacement."""
    best = {}
    for kind, first in ((replaced, 1000), (edited, 0), (removed, 0)):
        edits = [kind(first + turn) for turn in range(ROUNDS)]
        times = [taken(partial(write_validated, store, NAMES, known, edit, kind.__name__)) for edit in edits]
        best[kind] = min(cost.processor for cost in times)
        costs = ", ".join(map(str, times))
        print(f"{store.current().default:>10,} triples, a graph {kind.__name__}: {costs}")
    return best[replaced]


def anew(store: EmbeddedStore, known: Schema) -> float:
    """Return the processor time that a replacement takes with everything inferred from and validated anew."""

    def change() -> None:
        with store.write() as transaction:
            replaced(5000)(transaction)
            rebuild(transaction, NAMES, known)
            transaction.commit("anew")

    return taken(change).processor


def main() -> None:
    """Print what ran where, then the rows."""
    size = int(sys.argv[1]) if sys.argv[1:] else MILLION
    libraries = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib", "pyshacl"))
    print(f"Python {platform.python_version()}, {libraries}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    known = read_schema()
    with tempfile.TemporaryDirectory() as folder:
        few = filled(Path(folder) / "few", known, 1, FEW)
        step, whole = rows(few, known), anew(few, known)
        print(f"{few.current().default:>10,} triples, everything anew: {whole:.2f} s, {whole / step:.0f} times as long")
        filling = taken(lambda: filled(Path(folder) / "many", known, size, GROUP))
        store = EmbeddedStore.open(Path(folder) / "many", NAMES)
        print(f"{store.current().default:>10,} triples stored in {filling}")
        large = rows(store, known)
        print(f"replacing among {size:,} takes {large / step:.1f} times as long as among few")
        print(f"load at the end {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
