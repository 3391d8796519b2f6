"""A disk that fills up, a largest file, and a clock that jumps: a write is there or an error; the server goes on."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from tests.durability.commands import TINY, kg
from tests.durability.harness import KG, ROOT, Server, serving, state_of
from tests.support.waiting import until

LIBFAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
ASK = "/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D"
UPDATE = "application/sparql-update"
MEGABYTE = 2**20


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Mount a file system of so many bytes, or skip the test where that is not allowed."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def insertion(number: int, lines: int) -> str:
    triples = " ".join(f'<a:s{number}-{n}> <a:p> "{"x" * 200} {n}" .' for n in range(lines))
    return f"INSERT DATA {{ GRAPH <a:g{number}> {{ {triples} }} }}"


def write_until_refused(server: Server, lines: int = 1000) -> tuple[int, str]:
    """Write graph after graph until the server refuses one; return how many it took, and its sentence."""
    for number in range(200):
        status, text = server.send("POST", "/update", insertion(number, lines), UPDATE)
        if status != 204:
            assert status in (500, 507), (status, text)
            return number, text
    pytest.fail("the disk was never full")


def plain(folder: Path) -> EmbeddedStore:
    return EmbeddedStore.open(folder, GraphNames(""), plain=True)


def test_a_server_on_a_full_disk_says_so_goes_on_answering_and_writes_again_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8 * MEGABYTE) as disk:
        folder, filler = disk / "store", disk / "filler"
        filler.write_bytes(b"x" * 2 * MEGABYTE)
        with serving(folder, "--plain", "--writable", "--workers", "2") as server:
            taken, error = write_until_refused(server)
            assert taken > 0
            assert "No space left" in error
            assert len(error.splitlines()) == 1
            assert len(plain(folder).current().counts) == taken
            assert plain(folder).verify() == []
            assert server.send("GET", ASK)[0] == 200
            assert server.send("GET", "/ready")[0] == 200
            filler.unlink()
            assert server.send("POST", "/update", insertion(taken, 10), UPDATE)[0] == 204
        store = plain(folder)
        assert len(store.current().counts) == taken + 1
        assert store.verify() == []


def test_a_store_that_becomes_read_only_takes_no_write_answers_on_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "store", 8 * MEGABYTE) as folder:
        with serving(folder, "--plain", "--writable", "--workers", "2") as server:
            assert server.send("POST", "/update", insertion(0, 10), UPDATE)[0] == 204
            # The process that wrote may still be closing its files, and a disk with open ones is busy.
            until(lambda: subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=False).returncode == 0)
            refused = (503, "The store cannot be written: Read-only file system.\n")
            assert server.send("POST", "/update", insertion(1, 10), UPDATE) == refused
            assert server.send("PUT", "/data?graph=a:g2", "<a:s> <a:p> 1 .", "text/turtle") == refused
            assert server.send("GET", ASK)[0] == 200
            assert server.send("GET", "/ready")[0] == 200
            assert server.send("GET", "/dump.nq")[1].count("<a:g0>") == 10
            subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
            assert server.send("POST", "/update", insertion(1, 10), UPDATE)[0] == 204
        assert plain(folder).current().counts == {"a:g0": 10, "a:g1": 10}
        assert plain(folder).verify() == []


def test_a_build_by_article_on_a_full_disk_changes_nothing_and_is_built_when_there_is_room(tmp_path: Path) -> None:
    corpus = Path(shutil.copytree(TINY, tmp_path / "corpus"))
    (corpus / "copy.yaml").write_text(
        (TINY / "bridge.yaml").read_text("utf-8").replace("article: bridge", "article: copy", 1), "utf-8"
    )
    listing = (corpus / "corpus.yaml").read_text("utf-8")
    (corpus / "corpus.yaml").write_text(listing.replace("[bridge.yaml]", "[bridge.yaml, copy.yaml]"), "utf-8")
    with small_disk(tmp_path / "disk", 24 * MEGABYTE) as disk:
        store = disk / "store"
        kg("build", TINY, "--store", store, "--no-cross-check")
        before = state_of(EmbeddedStore.open(store, GraphNames("https://example.org/communique/")))
        (disk / "filler").write_bytes(b"x" * (os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - 64 * 1024))
        command = [*KG, "build", str(corpus), "--store", str(store), "--force", "--jobs", "1"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 2, done.stdout
        assert done.stderr.splitlines()[-1].startswith("Error: ")
        opened = EmbeddedStore.open(store, GraphNames("https://example.org/communique/"))
        assert state_of(opened) == before
        assert opened.verify() == []
        (disk / "filler").unlink()
        kg(*command[len(KG) :])
        assert opened.current().name == "000002"
        assert [*(store / "unfinished").glob("*")] == []


def test_a_server_that_may_write_no_larger_file_keeps_what_it_has_acknowledged(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        server = Server(tmp_path / "store", "--plain", "--writable", "--workers", "0")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    try:
        _write_around_a_large_one(server)
    finally:
        assert server.stop() == 0
    store = plain(tmp_path / "store")
    assert sorted(store.current().counts) == ["a:g0", "a:g2"]
    assert store.verify() == []


@pytest.mark.parametrize("file", ["new.yaml", "store.nq"])
def test_a_file_that_does_not_fit_is_named_and_leaves_nothing(tmp_path: Path, file: str) -> None:
    (tmp_path / "new.txt").write_text("“We will not move,” said Ada Brandt. " * 200, "utf-8")
    commands = {
        "new.yaml": ["new", str(tmp_path / "new.txt"), "-o", str(tmp_path / file)],
        "store.nq": ["export", "--store", str(tmp_path / "store"), "-f", "nquads", "-o", str(tmp_path / file)],
    }
    kg("build", TINY, "--store", tmp_path / "store", "--no-cross-check")
    before = {path.name for path in tmp_path.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, limits[1]))
    try:
        done = subprocess.run([*KG, *commands[file]], cwd=ROOT, capture_output=True, text=True, check=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    named = tmp_path / ("new.passages" if file == "new.yaml" else file)
    assert (done.returncode, done.stderr.splitlines()[-1:]) == (2, [f"Error: {named}: File too large."])
    assert {path.name for path in tmp_path.iterdir()} - {".gitignore"} == before


def _write_around_a_large_one(server: Server) -> None:
    assert server.send("POST", "/update", insertion(0, 10), UPDATE)[0] == 204
    status, text = server.send("POST", "/update", insertion(1, 1_800), UPDATE)
    assert status in (500, 507), text
    assert server.send("POST", "/update", insertion(2, 10), UPDATE)[0] == 204


@pytest.mark.skipif(LIBFAKETIME is None, reason="libfaketime, which makes clocks jump, is not installed")
def test_versions_follow_their_numbers_while_the_clock_jumps_about(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("@2030-01-01 00:00:00", "ascii")
    faked = {
        "LD_PRELOAD": str(LIBFAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    with serving(tmp_path / "store", "--plain", "--writable", "--workers", "0", **faked) as server:
        for number, year in enumerate((2030, 2001, 2040, 1975)):
            clock.write_text(f"@{year}-06-01 00:00:00", "ascii")
            assert server.send("POST", "/update", insertion(number, 1), UPDATE)[0] == 204
            count = "/sparql?query=SELECT(COUNT(*)AS%20%3Fn)%7BGRAPH%20%3Fg%7B%3Fs%20%3Fp%20%3Fo%7D%7D"
            assert f'"{number + 1}"' in server.send("GET", count)[1]
    store = plain(tmp_path / "store")
    assert [version.created[:4] for version in store.versions()] == ["2030", "2001", "2040", "1975"]
    assert store.current().name == "000004"
    assert [version.name for version in store.prune(2)] == ["000001", "000002"]
    assert len(store.current().counts) == 4


def test_versions_follow_their_numbers_whatever_time_they_are_given(tmp_path: Path) -> None:
    store = plain(tmp_path / "store")
    for year in (2030, 1990, 2020):
        with store.write() as change:
            change.commit(str(year), created=f"{year}-01-01T00:00:00Z")
    assert [version.note for version in store.versions()] == ["2030", "1990", "2020"]
    assert store.current().note == "2020"


def test_the_version_after_the_999999th_is_the_newest(tmp_path: Path) -> None:
    store = plain(tmp_path / "store")
    with store.write() as change:
        change.commit("the first")
    folder = tmp_path / "store"
    record = (folder / "versions" / "000001.json").read_text("utf-8")
    (folder / "versions" / "000001").rename(folder / "versions" / "999999")
    (folder / "versions" / "999999.json").write_text(record.replace("000001", "999999"), "utf-8")
    (folder / "current").write_text('{"current": "999999", "last": "999999"}', "utf-8")
    for name in ("1000000", "1000001"):
        with plain(folder).write() as change:
            assert change.commit("after it").name == name
    assert [version.name for version in plain(folder).versions()] == ["999999", "1000000", "1000001"]
