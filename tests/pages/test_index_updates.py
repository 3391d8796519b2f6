"""An index that follows what changes is the one that is made from nothing: compared table by table."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from rdflib import RDF, BNode, Literal, URIRef
from rdflib.term import Node

from benchmarks.generated import Generated
from kg.app.schema import read_schema
from kg.datasets import GraphNames
from kg.namespaces import CQ
from kg.store import EmbeddedStore, Transaction, Triple, Version, changes_since
from kg.store.version_changes import FILE as CHANGES
from kg.workers.served_store import ServedStore, UnlimitedStore
from server.search import changed_things, index_file
from server.search.changed_things import UntraceableChangeError
from server.search.index_cache import IndexCache
from server.search.index_file import FILE, FORMAT, IndexFile
from server.search.property_columns import Column, Columns
from server.search.record_paths import CLASS
from server.search.statement_facets import SUPPORT
from server.search.version_index import NO_TEXTS, PATHS, Index, Texts, update_index, write_index
from tests.app.test_incremental_builds import CHANGES as DOCUMENT_CHANGES
from tests.app.test_incremental_builds import NAMES as CORPUS_NAMES
from tests.app.test_incremental_builds import OF_SHAPES, corpus, rebuild
from tests.durability.test_disk_and_clock import small_disk
from tests.pages.test_index_file import never
from tests.support.index_records import Records, index_records

__all__ = ["corpus"]
EDITS = int(os.environ.get("EDITS", "15"))
"""Random edits in each run; `make stress` makes 100."""
ARTICLES = 4
NAMES = GraphNames("https://example.org/")
MADE_UP = Generated(1).names
PEOPLE = 300


def empty_database() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None)


def whole_records(store: EmbeddedStore, version: Version, texts: Texts) -> Records:
    """Return the records of an index that is made from nothing."""
    with closing(empty_database()) as database:
        write_index(database, UnlimitedStore(store), version, texts)
        return index_records(database)


class Followed:
    """An index in memory that follows the versions of a store."""

    def __init__(self, store: EmbeddedStore, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._database, self._version = empty_database(), store.current()
        write_index(self._database, UnlimitedStore(store), self._version)
        self.updated = self.from_nothing = 0

    def follow(self, texts: Texts = NO_TEXTS) -> tuple[Records, Records]:
        """Bring the index up to the current version and texts; return its records, and those of one from nothing."""
        version = self._store.current()
        changes = changes_since(self._folder, version, self._version.name, self._version.digest)
        assert changes is not None
        try:
            update_index(self._database, UnlimitedStore(self._store), version, changes, texts)
            self.updated += 1
        except UntraceableChangeError:
            self._database = empty_database()
            write_index(self._database, UnlimitedStore(self._store), version, texts)
            self.from_nothing += 1
        self._version = version
        return index_records(self._database), whole_records(self._store, version, texts)


def some_texts(change: Transaction, random: Random, before: Texts) -> Texts:
    """Return available texts: more of them than before, and sometimes others."""
    digests = {str(value) for _, _, value in change.find((None, CQ.digest, None))}
    sentences = ["The talks were held.", "Nobody à Paris\n\nsaid so.", "U.S. ships left"]
    texts = {digest: "\n".join(Random(digest).choices(sentences, k=4)) for digest in sorted(digests)}  # noqa: S311
    more = {digest: text for digest, text in texts.items() if random.random() < 0.5}
    return more if random.random() < 0.1 else {**more, **before}


Removed = list[tuple[str, list[Triple]]]


def remove_some(change: Transaction, graph: str, random: Random, removed: Removed) -> None:
    triples = random.sample(sorted(change.triples(graph)), random.choice((1, 3, 20)))
    change.remove(graph, triples, MADE_UP.owner(graph))
    removed.append((graph, triples))


def put_back(change: Transaction, _graph: str, random: Random, removed: Removed) -> None:
    for _ in range(min(len(removed), random.randrange(1, 3))):
        graph, triples = removed.pop(random.randrange(len(removed)))
        change.add(graph, triples, MADE_UP.owner(graph))


def remove_article(change: Transaction, _: str, random: Random, removed: Removed) -> None:
    graph = random.choice([name for name in change.graphs() if "/article/" in name])
    asserted = sorted(change.triples(graph))
    subjects = {subject for subject, _, _ in asserted}
    follows = [triple for triple in change.triples(MADE_UP.inferred) if subjects & {triple[0], triple[2]}]
    for name, triples in ((graph, asserted), (MADE_UP.inferred, follows)):
        change.remove(name, triples, MADE_UP.owner(name))
        removed.append((name, triples))


def give_other_values(change: Transaction, graph: str, random: Random, _removed: Removed) -> None:
    """Add values of the same property from other subjects, and other literals."""
    by_predicate = defaultdict[Node, list[Triple]](list)
    for triple in sorted(change.triples(graph)):
        by_predicate[triple[1]].append(triple)
    for _ in range(random.choice((1, 3, 20))):
        triples = random.choice([*by_predicate.values()])
        (subject, predicate, value), other = random.choice(triples), random.choice(triples)[2]
        new = Literal(f"{value} à nouveau") if isinstance(value, Literal) and random.random() < 0.5 else other
        change.remove(graph, [(subject, predicate, value)], MADE_UP.owner(graph))
        change.add(graph, [(subject, predicate, new)], MADE_UP.owner(graph))


EDITING: tuple[Callable[[Transaction, str, Random, Removed], None], ...] = (
    *(remove_some, give_other_values, remove_some, remove_article, put_back, give_other_values, put_back),
)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store of made-up articles."""
    folder = tmp_path_factory.mktemp("made-up") / "store"
    for _ in Generated(ARTICLES).fill(folder, read_schema()):
        pass
    return folder


def test_after_any_edits_of_any_graph_an_index_has_the_records_of_one_from_nothing(
    made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed_things, "MAX_SHARE", 1)
    folder = Path(shutil.copytree(made_up, tmp_path / "store"))
    store, random, removed = EmbeddedStore.open(folder, MADE_UP), Random(EDITS), Removed()  # noqa: S311 -- no secret
    followed, texts, paragraphs = Followed(store, folder), NO_TEXTS, 0
    for number in range(EDITS):
        edit = EDITING[number % len(EDITING)]
        with store.write() as change:
            asserted = [name for name in change.graphs() if "/article/" in name]
            graph = random.choice([*asserted, MADE_UP.inferred, MADE_UP.inferred, MADE_UP.authority])
            edit(change, graph, random, removed)
            texts = some_texts(change, random, texts)
            change.commit(edit.__name__)
        updated, whole = followed.follow(texts)
        paragraphs += len(whole["paragraphs"])
        for table, records in whole.items():
            assert updated[table] == records, (number, edit.__name__, graph, table)
    assert followed.updated > EDITS * 0.6, "most changes are followed"
    assert paragraphs > EDITS


@pytest.mark.usefixtures("corpus")
def test_after_builds_of_changes_an_index_has_the_records_of_one_from_nothing(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed_things, "MAX_SHARE", 1)
    random, folder = Random(EDITS), tmp_path / "store"  # noqa: S311 -- no secret
    rebuild(corpus, folder)
    followed = Followed(EmbeddedStore.open(folder, CORPUS_NAMES), folder)
    for change in DOCUMENT_CHANGES:
        if change not in OF_SHAPES:
            change(corpus, random)
            rebuild(corpus, folder)
            updated, whole = followed.follow()
            for table, records in whole.items():
                assert updated[table] == records, (change.__name__, table)
    assert followed.updated > 5


def test_all_that_an_index_is_read_from_is_on_a_path(made_up: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_names = set[str]()
    read, members = Columns.__getitem__, Columns.members

    def column(columns: Columns, name: str) -> Column:
        read_names.add(name)
        return read(columns, name)

    def members_of(columns: Columns, kind: str) -> list[str]:
        read_names.add(f"{CLASS}{kind}")
        return members(columns, kind)

    monkeypatch.setattr(Columns, "__getitem__", column)
    monkeypatch.setattr(Columns, "members", members_of)
    store = EmbeddedStore.open(made_up, MADE_UP)
    with closing(empty_database()) as database:
        write_index(database, UnlimitedStore(store), store.current())
    on_paths = {name for path in (*PATHS, *SUPPORT.values.paths) for step in path for name in step.names}
    assert read_names <= on_paths
    assert len(read_names) > 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> EmbeddedStore:
    """Return a store of many people, so that one more is a small change, with its index."""
    opened = EmbeddedStore.open(folder, NAMES)
    add_people(opened, *(f"person-{number}" for number in range(PEOPLE)))
    IndexFile(folder).read(UnlimitedStore(opened), opened.current())
    return opened


def add_people(store: EmbeddedStore, *names: str, node: Callable[[str], Node] = URIRef) -> Version:
    """Add people, as a new version."""
    with store.write() as change:
        for name in names:
            person = node(NAMES.base + name)
            change.add(f"{NAMES.base}graph/a", [(person, RDF.type, CQ.Person), (person, CQ.name, Literal(name))])
        return change.commit("added people")


@pytest.fixture
def must_follow(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a test fail if it builds another index of the store from nothing."""
    assert store.current().name == "000001"
    monkeypatch.setattr(index_file, "write_index", never)


def names(index: Index) -> set[str]:
    """Return the names of the people in an index but for the many, whom a search for their name finds."""
    agents = (agent.iri.removeprefix(NAMES.base) for agent in index.agents["Person"])
    few = {name for name in agents if not name.startswith("person-")}
    assert all([hit.thing for hit in index.texts.search(name).hits] == [f"<{NAMES.base}{name}>"] for name in few)
    return few


@pytest.fixture
def from_nothing(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the versions whose index was made from nothing, but for the first of the store."""
    assert store.current().name == "000001"
    made: list[str] = []

    def noted(database: sqlite3.Connection, store: ServedStore, version: Version, texts: Texts) -> float:
        made.append(version.name)
        return write_index(database, store, version, texts)

    monkeypatch.setattr(index_file, "write_index", noted)
    return made


@pytest.mark.usefixtures("must_follow")
def test_the_file_of_a_new_version_is_a_copy_with_what_has_changed(store: EmbeddedStore, folder: Path) -> None:
    before = IndexFile(folder).open([store.current()])
    assert before is not None
    version = add_people(store, "Ada")
    index = IndexFile(folder).read(UnlimitedStore(store), version)
    assert (names(index), names(before)) == ({"Ada"}, set())
    opened = IndexFile(folder).open([version])
    assert opened is not None
    assert names(opened) == {"Ada"}
    assert sorted(path.name for path in folder.glob("pages*")) == [FILE, f"{FILE}.lock"]


@pytest.mark.usefixtures("must_follow")
def test_an_index_follows_several_versions_at_once_and_notes_of_readers(store: EmbeddedStore, folder: Path) -> None:
    add_people(store, "Ada", "Bela")
    with store.write() as change:
        change.add(NAMES.collection("a"), [(URIRef("urn:note"), RDF.value, Literal(1))])
        change.commit("a note")
    with store.write() as change:
        person = URIRef(f"{NAMES.base}Ada")
        change.remove(f"{NAMES.base}graph/a", [(person, RDF.type, CQ.Person), (person, CQ.name, Literal("Ada"))])
        change.commit("Ada has left")
    version = add_people(store, "Cato")
    assert names(IndexFile(folder).read(UnlimitedStore(store), version)) == {"Bela", "Cato"}


def lose_changes(store: EmbeddedStore, folder: Path) -> None:
    (folder / "versions" / store.current().name / CHANGES).unlink()


def cut_changes(store: EmbeddedStore, folder: Path) -> None:
    file = folder / "versions" / store.current().name / CHANGES
    os.truncate(file, file.stat().st_size - 3)


def cut_index(_: EmbeddedStore, folder: Path) -> None:
    os.truncate(folder / FILE, (folder / FILE).stat().st_size - 5000)


def overwrite_tables(_: EmbeddedStore, folder: Path) -> None:
    with (folder / FILE).open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * ((folder / FILE).stat().st_size - 8192))


def age_index(_: EmbeddedStore, folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE)) as database:
        database.execute("UPDATE index_version SET format = ?", [FORMAT - 1])
        database.commit()


def name_nobody(store: EmbeddedStore, _: Path) -> None:
    add_people(store, "Nobody", node=lambda _: BNode())


def prune(store: EmbeddedStore, _: Path) -> None:
    add_people(store, "Bela")
    store.prune(1)


def change_much(store: EmbeddedStore, _: Path) -> None:
    add_people(store, *(f"person-{number}" for number in range(PEOPLE, 2 * PEOPLE)))


@pytest.mark.parametrize(
    "fault",
    [lose_changes, cut_changes, cut_index, overwrite_tables, age_index, name_nobody, prune, change_much],
)
def test_an_index_that_cannot_follow_is_made_from_nothing(
    store: EmbeddedStore, folder: Path, from_nothing: list[str], fault: Callable[[EmbeddedStore, Path], None]
) -> None:
    add_people(store, "Ada")
    fault(store, folder)
    version = store.current()
    index = IndexFile(folder).read(UnlimitedStore(store), version)
    assert names(index) >= {"Ada"}
    assert from_nothing == [version.name]
    opened = IndexFile(folder).open([version])
    assert opened is not None
    assert names(opened) == names(index)


def test_an_index_does_not_follow_back_to_a_version_before(
    store: EmbeddedStore, folder: Path, from_nothing: list[str]
) -> None:
    first = store.current()
    IndexFile(folder).read(UnlimitedStore(store), add_people(store, "Ada"))
    assert names(IndexFile(folder).read(UnlimitedStore(store), first)) == set()
    assert from_nothing == [first.name]


def test_an_index_that_was_found_damaged_is_not_copied(
    store: EmbeddedStore, folder: Path, from_nothing: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    file = IndexFile(folder)
    cache = IndexCache(UnlimitedStore(store), names=NAMES, file=file)
    cache.index()
    with caplog.at_level(logging.WARNING):
        cache.discard()
    version = add_people(store, "Ada")
    assert names(file.read(UnlimitedStore(store), version)) == {"Ada"}
    assert from_nothing == [version.name]


KILLED = """
import os, signal, sys
from pathlib import Path
from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server.search import index_file

version_index = sys.modules["server.search.version_index"]
renew = version_index.renew_network
def killed(*args):
    renew(*args)
    os.kill(os.getpid(), signal.SIGKILL)
version_index.RENEWALS = (*version_index.RENEWALS[:2], killed)
store = EmbeddedStore.open(Path(sys.argv[1]), GraphNames("https://example.org/"))
index_file.IndexFile(Path(sys.argv[1])).read(UnlimitedStore(store), store.current())
"""
"""Updates an index and is killed in the middle."""


def test_a_process_killed_while_it_follows_leaves_the_index_before_and_the_next_one_goes_on(
    store: EmbeddedStore, folder: Path, from_nothing: list[str]
) -> None:
    first = store.current()
    version = add_people(store, "Ada")
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (folder / f"{FILE}.new").exists()
    previous = IndexFile(folder).open([first])
    assert previous is not None
    assert names(previous) == set()
    assert names(IndexFile(folder).read(UnlimitedStore(store), version)) == {"Ada"}
    assert not (folder / f"{FILE}.new").exists()
    assert not from_nothing


def test_a_copy_for_which_there_is_no_room_is_in_memory_and_leaves_the_one_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with small_disk(tmp_path / "disk", 8 * 2**20) as disk:
        store = EmbeddedStore.open(disk / "store", NAMES)
        first = add_people(store, *(f"person-{number}" for number in range(PEOPLE)))
        file = IndexFile(disk / "store")
        file.read(UnlimitedStore(store), first)
        version = add_people(store, "Ada")
        filling = disk / "filling"
        filling.write_bytes(b"x" * (shutil.disk_usage(disk).free - 2**14))
        assert names(file.read(UnlimitedStore(store), version)) == {"Ada"}
        assert "is kept in memory" in caplog.text
        assert file.open([first]) is not None
        filling.unlink()
        assert names(file.read(UnlimitedStore(store), version)) == {"Ada"}
        assert file.open([version]) is not None
