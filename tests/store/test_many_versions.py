"""What a write, a reading and a figure cost does not go with the number of versions; pruning keeps that in bounds."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg import formats
from kg.datasets import GraphNames
from kg.errors import UnknownVersionError
from kg.store import EmbeddedStore, Query, Triple

Ask = Callable[..., list[tuple[str, ...]]]
Turtle = Callable[[str], list[Triple]]
MINE = "http://e.x/mine"
ALL = "SELECT ?s ?o { ?s ?p ?o }"


def write(store: EmbeddedStore, triples: list[Triple]) -> str:
    with store.write() as transaction:
        transaction.replace_graph(MINE, triples)
        return transaction.commit("a write").name


def multiply(folder: Path, number: int) -> None:
    """Make a store of one version a store of so many, of the same files, as if each had been written."""
    versions = folder / "versions"
    record = json.loads((versions / "000001.json").read_text("utf-8"))
    for count in range(2, number + 1):
        name = f"{count:06}"
        (versions / name).mkdir()
        for file in (versions / "000001").iterdir():
            os.link(file, versions / name / file.name)
        (versions / f"{name}.json").write_text(json.dumps({**record, "name": name, "base": f"{count - 1:06}"}), "utf-8")
    (folder / "current").write_text(json.dumps({"current": f"{number:06}", "last": f"{number:06}"}), "utf-8")


class Counting:
    """Counts what this thread does with files: what it opens, lists and looks at."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self._on = threading.local()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if getattr(self._on, "on", False) and event in ("open", "os.listdir", "os.scandir", "os.rename", "os.remove"):
            self.done[event] += 1
            del arguments

    @contextmanager
    def here(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
        """Count what the block does."""
        real = os.stat
        self.done = Counter()

        def stat(*args: object, **kwargs: object) -> os.stat_result:
            if getattr(self._on, "on", False):
                self.done["stat"] += 1
            return real(*args, **kwargs)  # type: ignore[arg-type]

        with monkeypatch.context() as patched:
            patched.setattr(os, "stat", stat)
            self._on.on = True
            try:
                yield self.done
            finally:
                self._on.on = False


COUNTING = Counting()


@pytest.mark.parametrize("what", ["write", "query", "figures", "names"])
def test_as_many_files_are_touched_among_300_versions_as_among_10(
    tmp_path: Path, names: GraphNames, turtle: Turtle, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def figures(store: EmbeddedStore) -> None:
        assert store.size() > 0
        assert len(store.names()) >= 10

    acts: dict[str, Callable[[EmbeddedStore], object]] = {
        "write": lambda store: write(store, turtle(":s :p 2 .")),
        "query": lambda store: b"".join(store.query(Query(ALL, formats.CSV, None)).chunks),
        "figures": figures,
        "names": lambda store: store.names(),
    }
    touched = []
    for number in (10, 300):
        folder = tmp_path / str(number)
        write(EmbeddedStore.open(folder, names), turtle(":s :p 1 ."))
        multiply(folder, number)
        store = EmbeddedStore.open(folder, names)
        assert len(store.names()) == number
        acts[what](store)
        with COUNTING.here(monkeypatch) as done:
            acts[what](store)
        touched.append(sum(done.values()))
    assert 0 < touched[0] < 200
    assert abs(touched[0] - touched[1]) <= 30, "290 versions more cost a few files of the engine's at most"


def test_a_first_write_reads_no_record_but_the_current_one(
    tmp_path: Path, names: GraphNames, turtle: Turtle, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "store"
    write(EmbeddedStore.open(folder, names), turtle(":s :p 1 ."))
    multiply(folder, 500)
    store = EmbeddedStore.open(folder, names)
    with COUNTING.here(monkeypatch) as done:
        assert write(store, turtle(":s :p 2 .")) == "000501"
    # Some 170 of its own, and what is imported at the first write of a process.
    assert sum(done.values()) < 500


def test_the_bytes_of_shared_files_count_once_as_versions_come_and_go(
    store: EmbeddedStore, tmp_path: Path, turtle: Turtle
) -> None:
    def on_disk() -> int:
        files = [path.stat() for path in (tmp_path / "store" / "versions").glob("*/*")]
        return sum({file_stat.st_ino: file_stat.st_size for file_stat in files}.values())

    for number in range(4):
        write(store, turtle(" ".join(f":s{n} :p {number} ." for n in range(300))))
        assert store.size() == on_disk()
    store.prune(2)
    assert store.size() == on_disk()
    write(store, [])
    assert store.size() == on_disk()


def test_each_write_leaves_as_many_versions_as_the_store_is_to_keep(
    tmp_path: Path, names: GraphNames, ask: Ask, turtle: Turtle
) -> None:
    store = EmbeddedStore.open(tmp_path / "store", names, keep=3)
    for number in range(6):
        write(store, turtle(f":s :p {number} ."))
    assert store.names() == ("000004", "000005", "000006")
    assert ask(store.query, ALL, version="000004") == [("http://e.x/s", "3")]
    with pytest.raises(UnknownVersionError):
        ask(store.query, ALL, version="000003")
    assert {path.name.partition(".")[0] for path in (tmp_path / "store" / "versions").iterdir()} == {*store.names()}
    store.rollback("000004")
    for number in range(3):
        write(store, turtle(f":s :p {number} ."))
    assert store.names() == ("000007", "000008", "000009")


def test_a_write_keeps_all_versions_where_nothing_is_said_and_removes_a_few_at_most_where_there_are_many_too_many(
    tmp_path: Path, names: GraphNames, turtle: Turtle
) -> None:
    folder = tmp_path / "store"
    write(EmbeddedStore.open(folder, names), turtle(":s :p 1 ."))
    multiply(folder, 60)
    write(EmbeddedStore.open(folder, names), turtle(":s :p 2 ."))
    assert len(EmbeddedStore.open(folder, names).names()) == 61
    keeping = EmbeddedStore.open(folder, names, keep=10)
    left = []
    for number in range(4):
        write(keeping, turtle(f":s :p {number} ."))
        left.append(len(keeping.names()))
    assert left == [42, 23, 10, 10]


def test_a_version_that_is_being_read_is_not_pruned_until_it_has_been(
    tmp_path: Path, names: GraphNames, turtle: Turtle
) -> None:
    store = EmbeddedStore.open(tmp_path / "store", names, keep=1)
    note = "x" * 500  # an answer of few rows that does not end before the versions after it are written
    write(store, turtle(" ".join(f':s{n} :p "{n}{note}" .' for n in range(4_000))))
    other = EmbeddedStore.open(tmp_path / "store", names)
    answer = other.query(Query(ALL, formats.CSV, None))
    read = [next(answer.chunks)]
    for _ in range(2):
        write(store, [])
    assert store.names() == ("000001", "000003")
    assert sum(chunk.count(b"\n") for chunk in [*read, *answer.chunks]) == 4_001
    answer.chunks.close(5)  # type: ignore[attr-defined]
    del answer
    write(store, [])
    assert store.names() == ("000004",)
