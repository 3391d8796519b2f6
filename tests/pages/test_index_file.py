"""The index of the pages on disk: shared, kept over a restart, and built again where anything is wrong with it."""

from __future__ import annotations

import logging
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import RDF, Literal, URIRef

from kg.datasets import GraphNames
from kg.namespaces import CQ
from kg.store import EmbeddedStore, Version
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.search.index_cache import IndexCache
from server.search.index_file import FILE, FORMAT, IndexFile
from server.search.version_index import Index
from tests.durability.test_disk_and_clock import small_disk
from tests.pages.conftest import running
from tests.support.waiting import until

NAMES = GraphNames("https://example.org/")
PEOPLE = 3000
"""People of a store whose index has a file larger than the limit or the disk of a test."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> EmbeddedStore:
    opened = EmbeddedStore.open(folder, NAMES)
    write(opened, "Ada")
    return opened


@pytest.fixture
def file(folder: Path) -> IndexFile:
    return IndexFile(folder)


def write(store: EmbeddedStore, *names: str) -> Version:
    """Add people, as a new version."""
    with store.write() as change:
        for name in names:
            person = URIRef(NAMES.base + name)
            change.add(f"{NAMES.base}graph/a", [(person, RDF.type, CQ.Person), (person, CQ.name, Literal(name))])
        return change.commit("added people")


def people(index: Index) -> set[str]:
    """Return the names of the people in an index, of whom each search finds one."""
    names = {agent.iri.removeprefix(NAMES.base) for agent in index.agents["Person"]}
    assert [hit.thing for name in names for hit in index.texts.search(name).hits] == [
        f"<{NAMES.base}{name}>" for name in names
    ]
    return names


def never(*_: object) -> Index:
    """Build no index: there is one."""
    pytest.fail("an index was built")


def test_a_server_that_starts_finds_the_index_of_another(store: EmbeddedStore, folder: Path, file: IndexFile) -> None:
    made = file.read(UnlimitedStore(store), store.current())
    cache = IndexCache(UnlimitedStore(store), names=NAMES, file=IndexFile(folder))
    cache.read = never
    opened = cache.index()
    assert people(opened) == people(made) == {"Ada"}
    assert (opened.version, opened.took) == (store.current(), made.took)
    assert sorted(path.name for path in folder.glob("pages*")) == [FILE, f"{FILE}.lock"]


def test_an_index_that_another_process_has_built_meanwhile_is_taken(
    store: EmbeddedStore, folder: Path, file: IndexFile
) -> None:
    cache = IndexCache(UnlimitedStore(store), names=NAMES, file=IndexFile(folder))
    before = cache.index()
    version = write(store, "Bela")
    file.read(UnlimitedStore(store), version)
    cache.read = never
    assert cache.index().version == version
    assert people(cache.index()) == {"Ada", "Bela"}
    assert people(before) == {"Ada"}, "who has the file open that was replaced reads it on"


def test_notes_of_readers_leave_the_index_as_it_is(store: EmbeddedStore, folder: Path, file: IndexFile) -> None:
    file.read(UnlimitedStore(store), store.current())
    with store.write() as change:
        change.add(NAMES.collection("a"), [(URIRef("urn:note"), RDF.value, Literal(1))])
        noted = change.commit("a note")
    cache = IndexCache(UnlimitedStore(store), names=NAMES, file=IndexFile(folder))
    cache.read = never
    assert cache.index().version == noted


def test_processes_that_need_the_same_index_build_it_once(store: EmbeddedStore, folder: Path) -> None:
    files = [IndexFile(folder) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        indexes = [*threads.map(lambda file: file.read(UnlimitedStore(store), store.current()), files)]
    assert len({index.took for index in indexes}) == 1
    assert all(people(index) == {"Ada"} for index in indexes)


def test_an_index_has_the_texts_at_hand_and_no_word_of_others(store: EmbeddedStore, folder: Path) -> None:
    texts = {"0a": "They met.\nThe U.S. talks à Paris had failed.", "0b": "Nobody met."}
    with store.write() as change:
        for digest in texts:
            article = URIRef(NAMES.base + digest)
            change.add(f"{NAMES.base}graph/a", [(article, RDF.type, CQ.Article), (article, CQ.digest, Literal(digest))])
        version = change.commit("articles")

    def found(*digests: str, words: str = "met") -> list[tuple[str, int]]:
        file = IndexFile(folder, {digest: texts[digest] for digest in digests})
        index = file.open([version]) or file.read(UnlimitedStore(store), version)
        return [
            (paragraph.digest, paragraph.start)
            for paragraph in index.article_texts.paragraphs([[word] for word in words.split()], 9)
        ]

    assert found("0a") == [("0a", 0)]
    assert found("0a", "0b") == [("0a", 0), ("0b", 0)]
    assert found("0a", "0b", words="talk us pari") == [("0a", 10)]
    assert found("0a", "0b", words="talk met") == []
    assert b"nobody" in (folder / FILE).read_bytes()
    assert found("0a") == [("0a", 0)]
    assert b"nobody" not in (folder / FILE).read_bytes()
    assert found() == []


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 5000)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def overwrite(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def age(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE index_version SET format = 0")
        database.commit()


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (cut, r"it has \d+ bytes of \d+"),
        (empty, r"it has 0 bytes of 0"),
        (overwrite, r"it has \d+ bytes of \d+"),
        (age, f"it has the format 0, not {FORMAT}"),
    ],
)
def test_a_damaged_or_old_index_is_built_again(
    store: EmbeddedStore, file: IndexFile, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None], why: str
) -> None:
    file.read(UnlimitedStore(store), store.current())
    damage(file.path)
    with caplog.at_level(logging.WARNING):
        cache = IndexCache(UnlimitedStore(store), names=NAMES, file=IndexFile(file.path.parent))
        assert people(cache.index()) == {"Ada"}
    (sentence,) = [record.getMessage() for record in caplog.records]
    assert sentence.startswith(f"The index of the pages in {file.path} cannot be used and is built again: it has")
    caplog.clear()
    assert file.open([store.current()]) is not None
    assert [people(index) for index in [file.read(UnlimitedStore(store), store.current())]] == [{"Ada"}]
    assert not caplog.records
    assert re.search(why, sentence)


def test_a_page_over_an_index_that_is_damaged_within_says_so_once(store: EmbeddedStore, folder: Path) -> None:
    write(store, *(f"person-{number}" for number in range(PEOPLE)))
    app = create_app(UnlimitedStore(store), Settings(base=NAMES.base, folder=folder))
    path = folder / FILE
    with running(app) as site:
        assert site.get("/search?q=person-17").status == 200
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (path.stat().st_size - 4096))
        damaged = site.get("/search?q=person-2717")
        again = site.get("/search?q=person-2717")
    assert (damaged.status, damaged.headers["Retry-After"]) == (503, "1")
    assert "The index of the pages is damaged; it is being rebuilt from the store, which is intact." in damaged.words
    assert again.status == 200
    assert "person-2717" in again.words


def test_a_store_that_cannot_be_written_has_its_index_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with small_disk(tmp_path / "disk", 8 * 2**20) as disk:
        store = EmbeddedStore.open(disk / "store", NAMES)
        write(store, "Ada")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        cache = IndexCache(UnlimitedStore(store), names=NAMES, file=IndexFile(disk / "store"))
        assert people(cache.index()) == {"Ada"}
        assert not [*(disk / "store").glob("pages*")]
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        IndexFile(disk / "store").read(UnlimitedStore(store), store.current())
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        reader = IndexCache(UnlimitedStore(store), names=NAMES, file=IndexFile(disk / "store"))
        reader.read = never
        assert people(reader.index()) == {"Ada"}, "an index that is there is read"
    assert [record.getMessage().partition(" and is")[0] for record in caplog.records] == [
        f"The index of the pages cannot be written to {tmp_path / 'disk' / 'store' / FILE}"
    ]
    assert "Read-only file system" in caplog.text


def test_an_index_for_which_there_is_no_room_is_in_memory_and_leaves_the_one_before(
    store: EmbeddedStore, folder: Path, file: IndexFile, caplog: pytest.LogCaptureFixture
) -> None:
    first = store.current()
    file.read(UnlimitedStore(store), first)
    version = write(store, *(f"person-{number}" for number in range(PEOPLE)))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
        index = file.read(UnlimitedStore(store), version)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(index.agents["Person"]) == PEOPLE + 1
    assert "is kept in memory" in caplog.text
    previous = file.open([first])
    assert previous is not None
    assert people(previous) == {"Ada"}
    assert sorted(path.name for path in folder.glob("pages*")) == [FILE, f"{FILE}.lock"]
    assert len((file.read(UnlimitedStore(store), version)).agents["Person"]) == PEOPLE + 1
    assert file.open([version]) is not None


KILLED = """
import os, signal, sys
from pathlib import Path
from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server.search import index_file

index_file.sync = lambda path: os.kill(os.getpid(), signal.SIGKILL)
store = EmbeddedStore.open(Path(sys.argv[1]), GraphNames("https://example.org/"))
index_file.IndexFile(Path(sys.argv[1])).read(UnlimitedStore(store), store.current())
"""
"""Builds an index and is killed before its file is named."""


def test_a_process_killed_while_it_writes_leaves_the_index_before_and_the_next_one_goes_on(
    store: EmbeddedStore, folder: Path, file: IndexFile
) -> None:
    first = store.current()
    file.read(UnlimitedStore(store), first)
    version = write(store, "Bela")
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (folder / f"{FILE}.new").exists()
    previous = file.open([first])
    assert previous is not None
    assert people(previous) == {"Ada"}
    cache = IndexCache(UnlimitedStore(store), names=NAMES, file=IndexFile(folder))
    assert until(lambda: cache.index().version == version)
    assert people(cache.index()) == {"Ada", "Bela"}
    assert not (folder / f"{FILE}.new").exists()


def test_a_starting_server_shows_the_version_whose_large_index_is_there(
    store: EmbeddedStore, folder: Path, file: IndexFile
) -> None:
    first = store.current()
    file.read(UnlimitedStore(store), first)
    with closing(sqlite3.connect(file.path)) as database:
        database.execute("UPDATE index_version SET took = 10")
        database.commit()
    version = write(store, "Bela")
    cache = IndexCache(UnlimitedStore(store), names=NAMES, file=IndexFile(folder))
    shown = cache.index()
    assert (shown.version, shown.took) == (first, 10)
    assert until(lambda: cache.index().version == version)
    assert people(cache.index()) == {"Ada", "Bela"}


def test_another_store_in_the_same_folder_has_its_own_index(store: EmbeddedStore, file: IndexFile) -> None:
    version = store.current()
    file.read(UnlimitedStore(store), version)
    assert file.open([replace(version, digest="another")]) is None
