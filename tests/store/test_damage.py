"""A store whose folder was damaged, moved or replaced is an error and never an empty one; nothing of it is removed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import formats
from kg.datasets import GraphNames
from kg.errors import DamagedStoreError, RequestError, StoreError, UnknownVersionError
from kg.store import EmbeddedStore, Query, Triple, open_store
from tests.store.conftest import triples

Ask = Callable[..., list[tuple[str, ...]]]
Turtle = Callable[[str], list[Triple]]
Damage = Callable[[Path], object]
MINE = "http://e.x/mine"
ALL = "SELECT ?s ?o { ?s ?p ?o }"
WRITES = 5


def write(store: EmbeddedStore, triples: list[Triple]) -> str:
    with store.write(wait=0.1) as transaction:
        transaction.replace_graph(MINE, triples)
        return transaction.commit("a write").name


def tree(folder: Path) -> dict[str, bytes]:
    """Return what lies in a folder: each file with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pointer(current: object, last: object) -> Damage:
    return lambda folder: (folder / "current").write_text(json.dumps({"current": current, "last": last}))


def content(name: str, text: str) -> Damage:
    return lambda folder: (folder / name).write_text(text)


def removed(name: str) -> Damage:
    def damage(folder: Path) -> None:
        shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink()

    return damage


def moved(folder: Path) -> None:
    folder.rename(folder.with_name("moved"))


def replaced_by_nothing(folder: Path) -> None:
    moved(folder)
    folder.mkdir()


def replaced_by_another(folder: Path) -> None:
    moved(folder)
    EmbeddedStore.open(folder, GraphNames("http://e.x/")).write().commit("another's first")


def replaced_by_an_empty_one(folder: Path) -> None:
    moved(folder)
    EmbeddedStore.open(folder, GraphNames("http://e.x/"))


def pointer_is_a_folder(folder: Path) -> None:
    (folder / "current").unlink()
    (folder / "current").mkdir()


def no_pointer_and_no_versions(folder: Path) -> None:
    removed("current")(folder)
    removed("versions")(folder)


DAMAGES: dict[str, Damage] = {
    "no pointer": removed("current"),
    "pointer is empty": content("current", ""),
    "pointer is cut off": content("current", '{"current": "0000'),
    "pointer is a list": content("current", "[]"),
    "pointer is a folder": pointer_is_a_folder,
    "pointer of numbers": pointer(5, 5),
    "pointer of None": pointer(None, None),
    "pointer out of the folder": pointer("../../x", "000005"),
    "pointer beyond its last": pointer("000005", "000004"),
    "pointer to what is not there": pointer("000009", "000009"),
    "pointer of the start": pointer("000000", "000000"),
    "old pointer": pointer("000002", "000002"),
    "no versions": removed("versions"),
    "no record": removed("versions/000005.json"),
    "no files": removed("versions/000005"),
    "record is cut off": content("versions/000005.json", '{"name": '),
    "record of another": lambda folder: shutil.copy(folder / "versions/000004.json", folder / "versions/000005.json"),
    "no description": removed("store.json"),
    "description is empty": content("store.json", ""),
    "description is another's": content("store.json", '{"format": 1, "plain": true}'),
    "moved": moved,
    "replaced by nothing": replaced_by_nothing,
    "replaced by another": replaced_by_another,
    "replaced by an empty one": replaced_by_an_empty_one,
    "no pointer and no versions": no_pointer_and_no_versions,
}


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store that was written to five times, for tests to copy."""
    folder = tmp_path_factory.mktemp("written") / "store"
    store = EmbeddedStore.open(folder, GraphNames("http://e.x/"))
    for number in range(WRITES):
        write(store, triples(f":s :p {number} ."))
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder."""
    return Path(shutil.copytree(written, tmp_path / "store"))


@pytest.fixture(params=DAMAGES, ids=lambda name: name.replace(" ", "-"))
def damage(request: pytest.FixtureRequest) -> Damage:
    return DAMAGES[request.param]


def test_reading_or_writing_a_damaged_open_store_is_an_error_and_loses_nothing(
    folder: Path, names: GraphNames, ask: Ask, turtle: Turtle, damage: Damage
) -> None:
    store = EmbeddedStore.open(folder, names)
    assert ask(store.query, ALL) == [("http://e.x/s", "4")]
    saved = Path(shutil.copytree(folder, folder.with_name("saved"), copy_function=shutil.copy2))
    damage(folder)
    before = tree(folder.parent)
    attempts: list[Callable[[], object]] = [
        store.current,
        store.version,
        lambda: store.query(Query("ASK {}", formats.JSON, None)),
        lambda: store.graph(None, formats.NTRIPLES),
        lambda: store.dataset(formats.NQUADS),
        lambda: write(store, turtle(":s :p 9 .")),
        lambda: store.write(wait=0.1),
        lambda: store.back_up(folder.with_name("backup")),
    ]
    for attempt in attempts:
        with pytest.raises(StoreError):
            attempt()
        after = {name: text for name, text in tree(folder.parent).items() if not name.endswith(("/lock", "/LOCK"))}
        assert {name: text for name, text in before.items() if not name.endswith(("/lock", "/LOCK"))} == after
    shutil.rmtree(folder, ignore_errors=True)
    saved.rename(folder)
    assert ask(store.query, ALL) == [("http://e.x/s", "4")], "it answers again once it is there again"
    assert write(store, turtle(":s :p 9 .")) == "000006"


UNSEEN = (moved, replaced_by_nothing, replaced_by_another, replaced_by_an_empty_one)
"""After these, nothing in the folder shows a new process that there was a store."""


@pytest.mark.parametrize("damage", [damage for damage in DAMAGES.values() if damage not in UNSEEN])
def test_opening_a_damaged_store_is_an_error_and_makes_no_store_on_top_of_it(
    folder: Path, names: GraphNames, turtle: Turtle, damage: Damage
) -> None:
    damage(folder)
    before = tree(folder.parent)
    openings: list[Callable[[], EmbeddedStore]] = [lambda: EmbeddedStore.open(folder, names)]
    if damage is not DAMAGES["description is another's"]:
        openings.append(lambda: open_store(folder))
    for opened in openings:
        with pytest.raises(StoreError):
            write(opened(), turtle(":s :p 9 ."))
        assert tree(folder.parent) == before


def test_a_folder_that_moves_back_is_the_same_store_and_one_that_is_another_is_not(
    folder: Path, names: GraphNames, ask: Ask
) -> None:
    store = EmbeddedStore.open(folder, names)
    assert ask(store.query, ALL) == [("http://e.x/s", "4")]
    moved(folder)
    with pytest.raises(DamagedStoreError, match="is not there"):
        store.current()
    folder.with_name("moved").rename(folder)
    assert ask(store.query, ALL) == [("http://e.x/s", "4")]
    replaced_by_another(folder)
    with pytest.raises(DamagedStoreError, match="was replaced by another store"):
        store.current()
    assert EmbeddedStore.open(folder, names).current().note == "another's first"


def test_a_version_lacks_its_record_and_is_neither_removed_nor_passed_over(
    folder: Path, names: GraphNames, turtle: Turtle
) -> None:
    (folder / "versions" / "000002.json").unlink()
    shutil.rmtree(folder / "versions" / "000003")
    store = EmbeddedStore.open(folder, names)
    write(store, turtle(":s :p 9 ."))
    assert (folder / "versions" / "000002").is_dir()
    assert (folder / "versions" / "000003.json").is_file()
    assert store.names() == ("000001", "000004", "000005", "000006")
    with pytest.raises(UnknownVersionError):
        store.version("000002")
    assert [fault.split(":")[0] for fault in store.verify()] == ["Version 000003", "Version 000002"]


def test_a_lost_lock_file_lets_no_two_writers_write(folder: Path, names: GraphNames, turtle: Turtle) -> None:
    store = EmbeddedStore.open(folder, names)
    with store.write() as transaction:
        transaction.replace_graph(MINE, turtle(":s :p 9 ."))
        (folder / "lock").unlink()
        with pytest.raises(StoreError, match="was removed while it was held"):
            transaction.commit("unlocked")
    assert store.current().name == "000005"
    assert write(store, turtle(":s :p 9 .")) == "000006"


def test_a_prune_that_was_interrupted_is_finished_by_the_next_writer(
    folder: Path, names: GraphNames, turtle: Turtle
) -> None:
    versions = folder / "versions"
    (versions / "000002.json").rename(versions / "000002.json.removed")
    store = EmbeddedStore.open(folder, names)
    assert store.names() == ("000001", "000003", "000004", "000005")
    assert store.verify() == []
    write(store, turtle(":s :p 9 ."))
    assert not [*versions.glob("000002*")]


REPAIRED = ["no pointer", "pointer is empty", "pointer of the start", "old pointer", "pointer to what is not there"]


@pytest.mark.parametrize("name", REPAIRED)
def test_a_repair_makes_the_newest_whole_version_current(
    folder: Path, names: GraphNames, ask: Ask, turtle: Turtle, name: str
) -> None:
    DAMAGES[name](folder)
    store = EmbeddedStore.open(folder, names)
    (fault,) = store.verify()
    assert "`kg fsck --repair`" in fault
    repaired = store.repair()
    assert repaired is not None
    assert repaired.name == "000005"
    assert store.verify() == []
    assert store.repair() is None
    assert ask(store.query, ALL) == [("http://e.x/s", "4")]
    assert write(store, turtle(":s :p 9 .")) == "000006"
    assert len(store.names()) == WRITES + 1


def test_a_repair_ignores_damaged_versions_and_gives_no_name_twice(
    folder: Path, names: GraphNames, ask: Ask, turtle: Turtle
) -> None:
    (folder / "current").unlink()
    shutil.rmtree(folder / "versions" / "000005")
    next((folder / "versions" / "000004").glob("*.sst")).unlink()
    store = EmbeddedStore.open(folder, names)
    repaired = store.repair()
    assert repaired is not None
    assert repaired.name == "000003"
    assert ask(store.query, ALL) == [("http://e.x/s", "2")]
    assert write(store, turtle(":s :p 9 .")) == "000006"
    assert (folder / "versions" / "000004.json").is_file()


def test_a_repair_without_a_whole_version_makes_no_empty_store(folder: Path, names: GraphNames) -> None:
    (folder / "current").unlink()
    shutil.rmtree(folder / "versions")
    with pytest.raises(DamagedStoreError, match="kg restore"):
        EmbeddedStore.open(folder, names).repair()
    assert not (folder / "current").exists()


def test_a_store_without_versions_can_lose_its_pointer_without_loss(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "store" / "current").unlink()
    with pytest.raises(DamagedStoreError):
        store.current()
    assert store.repair() == store.current()
    assert store.names() == ("000000",)


def test_a_folder_of_other_files_and_an_interrupted_start_become_stores(tmp_path: Path, names: GraphNames) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "tokens.json").write_text("{}")
    with pytest.raises(RequestError, match="There is no store"):
        open_store(folder)
    (folder / "current").write_text('{"current": "000000", "last": "000000"}')
    assert EmbeddedStore.open(folder, names).names() == ("000000",)


@pytest.mark.parametrize("pattern", ["*.sst", "MANIFEST-*"])
def test_files_of_the_engine_that_are_damaged_are_the_stores_fault_and_not_the_requests(
    tmp_path: Path, names: GraphNames, turtle: Turtle, pattern: str
) -> None:
    folder = tmp_path / "store"
    write(EmbeddedStore.open(folder, names), turtle(" ".join(f':s{n} :p "{n} {"x" * 100}" .' for n in range(2000))))
    file = max((folder / "versions" / "000001").glob(pattern), key=lambda path: path.stat().st_size)
    data = bytearray(file.read_bytes())
    for place in range(len(data) // 4, 3 * len(data) // 4, 100):
        data[place] ^= 255
    file.write_bytes(data)
    with pytest.raises(DamagedStoreError, match="`kg fsck`"):
        b"".join(EmbeddedStore.open(folder, names).dataset(formats.NQUADS).chunks)
