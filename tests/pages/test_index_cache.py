"""The index cache: one build for all requests, never one that makes a page wait for long, never a wrong one."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask import Flask
from rdflib import RDF, Literal, URIRef

from kg.datasets import GraphNames
from kg.errors import StoreError
from kg.namespaces import CQ
from kg.store import EmbeddedStore, Version
from kg.workers.pooled_store import PooledStore
from kg.workers.query_limits import QueryLimits
from kg.workers.served_store import ServedStore, UnlimitedStore
from server import create_app
from server.search.index_cache import MAX_READ_SECONDS_TO_WAIT, IndexCache
from server.search.index_cache import get_index_cache as keeper_of
from server.search.version_index import Index, read_index, write_index
from tests.pages.conftest import running
from tests.support.waiting import until

NAMES = GraphNames("https://example.org/")
GRAPH = f"{NAMES.base}graph/a"


@pytest.fixture
def small(tmp_path: Path) -> EmbeddedStore:
    store = EmbeddedStore.open(tmp_path, NAMES)
    write(store, "Ada")
    return store


def write(store: EmbeddedStore, name: str) -> Version:
    """Add somebody, as a new version."""
    person = URIRef(NAMES.base + name)
    with store.write() as change:
        change.add(GRAPH, [(person, RDF.type, CQ.Person), (person, CQ.name, Literal(name))])
        return change.commit(f"added {name}")


@dataclass
class Slow:
    """Builds indexes on request, and reports that it took long."""

    go: threading.Event = field(default_factory=threading.Event)
    read: list[str] = field(default_factory=list)
    took: float = 10

    def __call__(self, store: ServedStore, version: Version) -> Index:
        """Return the index of a version, once it may."""
        self.read.append(version.name)
        self.go.wait()
        return replace(read_index(store, version), took=self.took)


def test_concurrent_requests_wait_for_one_build_of_the_index(small: EmbeddedStore) -> None:
    slow = Slow()
    keeper = IndexCache(UnlimitedStore(small), slow)
    with ThreadPoolExecutor(8) as threads:
        requests = [threads.submit(keeper.index) for _ in range(8)]
        slow.go.set()
        assert {answer.result().version.name for answer in requests} == {"000001"}
    assert slow.read == ["000001"]


def test_the_previous_version_is_shown_during_a_long_build_of_the_index(small: EmbeddedStore) -> None:
    slow = Slow()
    slow.go.set()
    keeper = IndexCache(UnlimitedStore(small), slow)
    first = keeper.index()
    slow.go.clear()
    write(small, "Bela")
    assert keeper.index() is first
    slow.go.set()
    assert eventually(keeper, "000002")
    assert all(keeper.index().network.called(name) for name in ("Ada", "Bela"))


def test_a_page_waits_for_a_short_build_of_the_index(small: EmbeddedStore) -> None:
    keeper = IndexCache(UnlimitedStore(small))
    for name in ("Bela", "Cato", "Dora"):
        assert keeper.index().took < MAX_READ_SECONDS_TO_WAIT
        written = write(small, name)
        assert keeper.index().version == written


def test_notes_of_readers_make_no_index_be_read_again(small: EmbeddedStore) -> None:
    slow = Slow()
    slow.go.set()
    keeper = IndexCache(UnlimitedStore(small), slow, NAMES)
    first = keeper.index()
    for number in range(2):
        with small.write() as change:
            change.add(NAMES.collection("a"), [(URIRef("urn:note"), RDF.value, Literal(number))])
            written = change.commit("a note")
        assert keeper.index().version == written
    assert keeper.index().statements is first.statements
    assert slow.read == ["000001"]
    write(small, "Bela")
    keeper.index()
    assert eventually(keeper, "000004")
    assert slow.read == ["000001", "000004"]


def test_a_pruned_version_is_not_shown(small: EmbeddedStore) -> None:
    slow = Slow()
    slow.go.set()
    keeper = IndexCache(UnlimitedStore(small), slow)
    keeper.index()
    write(small, "Bela")
    small.prune(1)
    assert keeper.index().version.name == "000002"


def test_a_version_that_is_gone_when_it_is_read_gives_way_to_the_current_one(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path, NAMES)  # whose version without anything is kept by nobody
    versions: list[str] = []

    def read(served: ServedStore, version: Version) -> Index:
        versions.append(version.name)
        if len(versions) == 1:
            write(store, "Ada")
        return read_index(served, version)

    assert IndexCache(UnlimitedStore(store), read).index().version.name == "000001"
    assert versions == ["000000", "000001"]


def test_a_failed_build_of_the_index_is_an_error_and_is_retried(small: EmbeddedStore) -> None:
    faults = [StoreError("The store is away.")]

    def read(store: ServedStore, version: Version) -> Index:
        if faults:
            raise faults.pop()
        return read_index(store, version)

    keeper = IndexCache(UnlimitedStore(small), read)
    with pytest.raises(StoreError, match="away"):
        keeper.index()
    assert eventually(keeper, "000001")


def test_an_index_is_read_in_parts_that_are_within_the_limit_of_rows(crowd: EmbeddedStore, crowd_folder: Path) -> None:
    with PooledStore.open(crowd_folder, QueryLimits(rows=997)) as pooled:
        dumps = []
        for store in (UnlimitedStore(crowd), pooled):
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
                write_index(database, store, store.current())
                dumps.append([*database.iterdump()])
    assert len(crowd_statements(dumps[0])) > 997
    assert dumps[0] == dumps[1]


def crowd_statements(dump: list[str]) -> list[str]:
    """Return the lines of a dump that make the statements."""
    return [line for line in dump if line.startswith('INSERT INTO "statement" ')]


def test_an_index_beyond_the_query_limits_is_an_error_and_not_retried_by_every_request(
    small: EmbeddedStore, tmp_path: Path
) -> None:
    for number in range(6):
        write(small, f"person-{number}")
    with PooledStore.open(tmp_path, QueryLimits(size=99)) as pooled:
        app = create_app(pooled)
        slow = keeper_of(app).read = Slow()
        slow.go.set()
        with running(app) as site:
            pages = [site.get(path) for path in ("/network", "/statements", "/network")]
    assert {page.status for page in pages} == {503}
    assert all("needs an index" in page.words and "limit of 99" in page.words for page in pages)
    assert pages[0].headers["Retry-After"] == "60"
    assert len(slow.read) == 1


def test_an_answer_does_without_the_index_that_its_boxes_are_looked_up_in(small: EmbeddedStore, tmp_path: Path) -> None:
    for number in range(6):
        write(small, f"person-{number}")
    with PooledStore.open(tmp_path, QueryLimits(size=99)) as pooled, running(create_app(pooled)) as site:
        boxes, answer = (site.get(f"/sparql?who=Ada{more}") for more in ("", "&query=ASK+%7B%7D"))
    assert (boxes.status, answer.status) == (503, 200)
    for page in (boxes, answer):
        assert 'id="who" name="who" value="Ada"' in page.text


def eventually(keeper: IndexCache, name: str) -> bool:
    """Return whether a cache gets the index of a version."""
    return until(lambda: keeper.index().version.name == name)


@pytest.fixture
def served(small: EmbeddedStore) -> Iterator[tuple[Flask, Slow]]:
    app, slow = create_app(UnlimitedStore(small)), Slow()
    slow.go.set()
    cache = keeper_of(app)
    cache.read = slow
    yield app, slow
    slow.go.set()


def test_a_page_announces_a_newer_version_being_indexed(small: EmbeddedStore, served: tuple[Flask, Slow]) -> None:
    app, slow = served
    with running(app) as site:
        assert "being indexed" not in site.get("/network").words
        slow.go.clear()
        write(small, "Bela")
        page = site.get("/network")
        assert page.status == 200
        assert "This page shows version 000001 of the data. Version 000002 is being indexed" in page.words
        assert "Bela" not in page.words.partition("being indexed")[2]
        assert "being indexed" not in site.get("/articles").words
        slow.go.set()
        assert eventually(keeper_of(app), "000002")
        assert "being indexed" not in site.get("/network").words
