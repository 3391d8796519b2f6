"""What the index of the pages costs after a write: made from nothing, and as a copy with what has changed.

`python -m benchmarks.index_updates [COUNT …]`: processor seconds by the number of made-up articles, after a new
title, after an article has gone with what followed from it, and after it has come back; the file's size and the load.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

from rdflib import DCTERMS, Literal

from benchmarks.generated import Generated
from kg.app.schema import read_schema
from kg.datasets import Owner
from kg.store import EmbeddedStore, Transaction, Version
from kg.workers.served_store import UnlimitedStore
from server.search.index_file import FILE, IndexFile
from server.search.version_index import write_index

COUNTS = (30, 100)


def main(counts: list[int]) -> None:
    """Print a row for each number of articles and each write."""
    heads = ("write", "triples", "whole", "followed", "ratio", "file", "load")
    print(f"{'articles':>8} {heads[0]:>15} {' '.join(f'{head:>8}' for head in heads[1:])}")
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            store = [*Generated(count).fill(folder, read_schema())][-1]
            IndexFile(folder).read(UnlimitedStore(store), store.current())
            for write, triples in _writes(store, Generated(count)):
                print(f"{count:>8} {write:>15} {triples:>8} {_figures(store, folder)}", flush=True)


def _figures(store: EmbeddedStore, folder: Path) -> str:
    version = store.current()
    followed = _seconds(lambda: IndexFile(folder).read(UnlimitedStore(store), version))
    whole = _seconds(lambda: _write_whole(store, version))
    size = (folder / FILE).stat().st_size / 1e6
    return f"{whole:>6.2f} s {followed:>6.2f} s {whole / followed:>8.1f} {size:>5.1f} MB {os.getloadavg()[0]:>8.1f}"


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _write_whole(store: EmbeddedStore, version: Version) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        write_index(database, UnlimitedStore(store), version)


def _writes(store: EmbeddedStore, generated: Generated) -> Iterator[tuple[str, int]]:
    """Write three versions one after the other, and yield what each has changed and in how many triples."""
    names, graph = generated.names, generated.graph(1)
    with store.write() as change:
        asserted = [*change.triples(graph)]
        ends = [((subject, None, None), (None, None, subject)) for subject in {triple[0] for triple in asserted}]
        follows = {*chain.from_iterable(change.find(end, names.inferred) for end in chain.from_iterable(ends))}
        titles = [triple for triple in asserted if triple[1] == DCTERMS.title]
        change.remove(graph, titles, Owner.BUILD)
        change.add(graph, [(subject, name, Literal("Told anew")) for subject, name, _ in titles], Owner.BUILD)
        change.commit("a benchmark's write")
    yield "a title", 2 * len(titles)
    for write, act in (("an article less", Transaction.remove), ("it is back", Transaction.add)):
        with store.write() as change:
            act(change, graph, asserted, Owner.BUILD)
            act(change, names.inferred, follows, Owner.SYSTEM)
            change.commit("a benchmark's write")
        yield write, len(asserted) + len(follows)


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [*COUNTS])
