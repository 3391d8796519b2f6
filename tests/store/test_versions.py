"""Versions: a crash loses nothing, writers wait for one another, and the pointer can go back."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from kg import formats
from kg.datasets import GraphNames
from kg.errors import BusyError, StoreError, UnknownVersionError
from kg.store import EmbeddedStore, Query, Triple, read_graph

Ask = Callable[..., list[tuple[str, ...]]]
Turtle = Callable[[str], list[Triple]]
MINE = "http://e.x/mine"
ALL = "SELECT ?s ?o { ?s ?p ?o }"

WRITER = """
    import sys
    from pathlib import Path
    from rdflib import Literal, URIRef
    from kg.datasets import GraphNames
    from kg.store import EmbeddedStore

    store = EmbeddedStore.open(Path(sys.argv[1]), GraphNames("http://e.x/"))
    for number in range(int(sys.argv[2]), int(sys.argv[3])):
        with store.write() as transaction:
            graph = f"http://e.x/g{number}"
            transaction.replace_graph(graph, [(URIRef(graph), URIRef(f"x:p{n}"), Literal(number)) for n in range(40)])
            transaction.commit(f"graph {number}")
        print(number, flush=True)
"""


def writer(folder: Path, first: int, last: int) -> subprocess.Popen[str]:
    """Start a process that writes a graph of 40 triples a version, and prints its number once it is acknowledged."""
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(folder), str(first), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def write(store: EmbeddedStore, triples: list[Triple], note: str = "a note") -> str:
    with store.write() as transaction:
        transaction.replace_graph(MINE, triples)
        return transaction.commit(note).name


def test_a_version_tells_its_name_time_note_and_counts(filled: EmbeddedStore, names: GraphNames) -> None:
    version = filled.current()
    assert (version.name, version.created, version.note) == ("000001", "2025-01-01T00:00:00Z", "filled")
    assert version.counts == {names.article("1"): 2, names.article("2"): 2, names.outside: 1, MINE: 2}
    assert filled.versions() == (version,)


def test_past_versions_can_be_queried_and_unknown_ones_are_an_error(filled: EmbeddedStore, ask: Ask) -> None:
    name = write(filled, [])
    assert len(ask(filled.query, ALL)) == 3
    assert len(ask(filled.query, ALL, version="000001")) == 4
    assert filled.query(Query(ALL, formats.CSV, None)).version == name
    for unknown in ("000009", "1", "../versions/000001", "", "000001.json"):
        with pytest.raises(UnknownVersionError, match="keeps no version"):
            ask(filled.query, ALL, version=unknown)


def test_a_rollback_moves_the_pointer_and_the_next_version_has_a_new_name(
    filled: EmbeddedStore, ask: Ask, turtle: Turtle
) -> None:
    write(filled, turtle(":x :p 1 ."))
    assert filled.rollback("000001").note == "filled"
    assert len(ask(filled.query, ALL)) == 4
    assert write(filled, turtle(":y :p 1 .")) == "000003"
    assert ("http://e.x/x", "1") not in ask(filled.query, ALL)
    assert ("http://e.x/x", "1") in ask(filled.query, ALL, version="000002")
    with pytest.raises(UnknownVersionError):
        filled.rollback("000007")


def test_pruning_keeps_the_newest_and_the_current(filled: EmbeddedStore, ask: Ask) -> None:
    for _ in range(3):
        write(filled, [])
    filled.rollback("000001")
    assert [version.name for version in filled.prune(2)] == ["000002"]
    assert [version.name for version in filled.versions()] == ["000001", "000003", "000004"]
    with pytest.raises(UnknownVersionError):
        ask(filled.query, ALL, version="000002")
    filled.prune(0)
    assert [version.name for version in filled.versions()] == ["000001"]
    assert write(filled, []) == "000005"


def test_a_reader_in_another_process_sees_the_new_version_and_keeps_the_one_it_is_reading(
    filled: EmbeddedStore, tmp_path: Path, names: GraphNames, ask: Ask, turtle: Turtle
) -> None:
    write(filled, turtle(" ".join(f":s{n} :p {n} ." for n in range(30_000))))
    reader = EmbeddedStore.open(tmp_path / "store", names)
    answer = reader.query(Query(ALL, formats.CSV, None))
    read = [next(answer.chunks)]
    process = writer(tmp_path / "store", 0, 2)
    assert process.communicate()[0].split() == ["0", "1"]
    filled.prune(1)
    assert sum(chunk.count(b"\n") for chunk in [*read, *answer.chunks]) == 1 + 30_003
    assert ask(reader.query, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [("30083",)]


def test_several_writing_processes_wait_for_one_another(tmp_path: Path, store: EmbeddedStore, ask: Ask) -> None:
    processes = [writer(tmp_path / "store", first, first + 3) for first in (0, 10, 20)]
    acknowledged = [int(line) for process in processes for line in process.communicate()[0].split()]
    assert sorted(acknowledged) == [0, 1, 2, 10, 11, 12, 20, 21, 22]
    assert len(store.current().counts) == 9
    assert ask(store.query, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [("360",)]
    assert [version.name for version in store.versions()] == [f"{n:06}" for n in range(1, 10)]


def test_several_writing_threads_wait_for_one_another(store: EmbeddedStore, turtle: Turtle) -> None:
    def add(number: int) -> None:
        with store.write() as transaction:
            transaction.add(MINE, turtle(f":s :p {number} ."))
            transaction.commit("a thread's")

    threads = [threading.Thread(target=add, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.current().counts[MINE] == 5


def test_a_writer_that_has_waited_too_long_says_so(store: EmbeddedStore) -> None:
    with store.write(), pytest.raises(BusyError, match="Another writer"):
        store.write(wait=0.1)
    store.write(wait=0.1).abandon()


def test_kill_nine_at_random_moments_loses_nothing_and_leaves_no_half(
    tmp_path: Path, names: GraphNames, ask: Ask
) -> None:
    random, folder, number = Random(7), tmp_path / "killed", 0  # noqa: S311 - moments to kill at, not secrets
    EmbeddedStore.open(folder, names)
    for _ in range(int(os.environ.get("KILLS", "8"))):
        process = writer(folder, number, number + 1000)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the writer has died by itself"
        acknowledged = [int(line)]
        time.sleep(random.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout.read().split()]
        process.wait()
        process.stdout.close()
        number = acknowledged[-1] + 1

        store = EmbeddedStore.open(folder, names)
        graphs = len(store.current().counts)
        assert graphs in (number, number + 1)
        assert ask(store.query, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [(str(40 * graphs),)]
        per_graph = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        assert {count for _, count in ask(store.query, per_graph)} == {"40"}
        number = graphs
    store = EmbeddedStore.open(folder, names)
    with store.write() as transaction:
        transaction.commit("after all of it")
    version_names = {version.name for version in store.versions()}
    assert {path.stem for path in (folder / "versions").iterdir()} == version_names
    assert not list(folder.rglob("*.new"))


def test_a_version_never_acknowledged_is_not_seen_and_is_removed_by_the_next_writer(
    filled: EmbeddedStore, tmp_path: Path, ask: Ask
) -> None:
    versions = tmp_path / "store" / "versions"
    write(filled, [])
    (tmp_path / "store" / "current").write_text(json.dumps({"current": "000001", "last": "000001"}))
    (versions / "000002.json").rename(versions / "000002.json.pending")  # as it is until the pointer has moved
    (versions / ".work-1-1").mkdir()
    assert [version.name for version in filled.versions()] == ["000001"]
    with pytest.raises(UnknownVersionError):
        ask(filled.query, ALL, version="000002")
    filled.write().abandon()
    assert sorted(path.name for path in versions.iterdir()) == ["000001", "000001.json"]


def test_a_version_that_is_acknowledged_while_it_is_pinned_is_there(
    filled: EmbeddedStore, tmp_path: Path, ask: Ask
) -> None:
    recorded = tmp_path / "store" / "versions" / "000001.json"
    pending = recorded.with_name("000001.json.pending")
    recorded.rename(pending)

    def acknowledge(event: str, arguments: tuple[object, ...]) -> None:
        by_os_open = event == "open" and arguments[1] is None  # as a pin is opened, and a record is not read
        if by_os_open and str(arguments[0]) == str(pending) and pending.exists():
            pending.rename(recorded)

    sys.addaudithook(acknowledge)
    assert ask(filled.query, ALL, version="000001")
    assert recorded.exists()


def test_what_is_synced_is_synced_before_the_pointer_moves(
    filled: EmbeddedStore, turtle: Turtle, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    watching = threading.local()

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if getattr(watching, "on", False) and event in ("os.rename", "open"):
            done.append(f"{event} {Path(str(arguments[0])).name}")

    sys.addaudithook(watch)
    real = os.fsync

    def fsync(descriptor: int) -> None:
        done.append(f"fsync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    watching.on = True
    try:
        write(filled, turtle(":x :p 1 ."))
    finally:
        watching.on = False
    done = [step.replace(f".{os.getpid()}.new", ".new") for step in done]
    pointer = done.index("os.rename current.new")
    before, after = done[:pointer], done[pointer:]
    assert any(step.startswith("fsync ") and step.endswith(".sst") for step in before)
    assert "fsync 000002.json.pending.new" in before
    assert "fsync versions" in before
    assert "fsync current.new" in before
    assert "fsync store" in after


def test_a_pointer_that_cannot_be_read_is_an_error_and_not_an_empty_store(
    filled: EmbeddedStore, tmp_path: Path
) -> None:
    (tmp_path / "store" / "current").write_text("{")
    with pytest.raises(StoreError, match="does not name a version"):
        filled.current()


def test_a_full_disk_leaves_the_version_before(filled: EmbeddedStore, ask: Ask, tmp_path: Path) -> None:
    script = textwrap.dedent(WRITER).replace("range(40)", "range(60000)")
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "store"), "0", "1"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert done.returncode != 0
    assert len(ask(filled.query, ALL)) == 4
    assert write(filled, []) == "000002"
    assert sorted(path.name for path in (tmp_path / "store" / "versions").iterdir()) == [
        "000001",
        "000001.json",
        "000002",
        "000002.json",
    ]


def test_replacing_a_small_graph_in_a_large_store_looks_at_no_triple_of_the_large_graph(
    store: EmbeddedStore, turtle: Turtle
) -> None:
    lines = "\n".join(f"<x:s{n}> <x:p> {n} ." for n in range(100_000))
    with store.write() as transaction:
        transaction.replace_graph("http://e.x/large", read_graph(lines.encode(), formats.TURTLE))
        transaction.commit("large")
    small = turtle(" ".join(f":t{n} :p {n} ." for n in range(200)))
    calls = Counter[str]()
    sys.setprofile(lambda _frame, event, _argument: calls.update((event,)))
    try:
        write(store, small)
    finally:
        sys.setprofile(None)
    assert store.current().default == 100_200
    assert 0 < calls.total() < 100_000, "each triple that Python sees is a call"


def test_a_version_holds_its_data_and_not_the_engines_log_of_writing_them(
    store: EmbeddedStore, ask: Ask, tmp_path: Path
) -> None:
    lines = "\n".join(f"<x:s{n}> <x:p> {n} ." for n in range(5_000))
    with store.write() as transaction:
        transaction.replace_graph(MINE, read_graph(lines.encode(), formats.TURTLE))
        transaction.commit("as many triples as the engine logs megabytes of")
    files = [*(tmp_path / "store" / "versions" / "000001").iterdir()]
    log, data = (sum(path.stat().st_size for path in files if path.suffix == end) for end in (".log", ".sst"))
    assert 10 * log < data, f"{log} bytes of log, {data} of data"
    assert ask(store.query, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [("5000",)]
    assert not store.verify()
