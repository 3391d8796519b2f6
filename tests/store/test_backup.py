"""Backups come back, and damage is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.datasets import GraphNames
from kg.errors import StoreError
from kg.store import EmbeddedStore, Triple

Ask = Callable[..., list[tuple[str, ...]]]
Turtle = Callable[[str], list[Triple]]
ALL = "SELECT ?s ?o { ?s ?p ?o }"
MINE = "http://e.x/mine"


def test_a_backup_is_a_store_of_its_own_and_can_be_brought_back(
    filled: EmbeddedStore, tmp_path: Path, names: GraphNames, ask: Ask, turtle: Turtle
) -> None:
    backed_up = filled.back_up(tmp_path / "backup")
    with filled.write() as transaction:
        transaction.replace_graph(MINE, turtle(":x :p 1 ."))
        transaction.commit("changed")
    backup = EmbeddedStore.open(tmp_path / "backup", names)
    assert backup.current() == backed_up == filled.version("000001")
    assert len(ask(backup.query, ALL)) == 4
    assert filled.restore(tmp_path / "backup").name == "000003"
    assert ask(filled.query, ALL) == ask(filled.query, ALL, version="000001")
    assert filled.verify() == backup.verify() == []


def test_a_backup_goes_into_a_new_folder_and_comes_back_to_its_own_store(
    filled: EmbeddedStore, plain: EmbeddedStore, tmp_path: Path
) -> None:
    filled.back_up(tmp_path / "backup")
    with pytest.raises(StoreError, match="new folder"):
        filled.back_up(tmp_path / "backup")
    with pytest.raises(StoreError, match="another kind"):
        plain.restore(tmp_path / "backup")


def test_an_empty_store_can_be_backed_up(store: EmbeddedStore, tmp_path: Path, names: GraphNames) -> None:
    store.back_up(tmp_path / "backup")
    assert EmbeddedStore.open(tmp_path / "backup", names).current() == store.current()


def test_a_store_that_was_written_often_has_no_faults(filled: EmbeddedStore, turtle: Turtle) -> None:
    for number in range(6):
        with filled.write() as transaction:
            transaction.add(MINE, turtle(f":s :p {number}, '0{number}'^^<http://www.w3.org/2001/XMLSchema#integer> ."))
            transaction.update(f"DELETE DATA {{ GRAPH <{MINE}> {{ <http://e.x/s> <http://e.x/p> {number - 2} }} }}")
            transaction.commit("once more")
    filled.prune(4)
    assert filled.verify() == []


def test_a_damaged_file_is_found_and_a_damaged_backup_is_not_brought_back(
    filled: EmbeddedStore, tmp_path: Path, names: GraphNames
) -> None:
    filled.back_up(tmp_path / "backup")
    file = next((tmp_path / "backup").rglob("*.sst"))
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.unlink()
    file.write_bytes(damaged)
    assert [file.name in fault for fault in EmbeddedStore.open(tmp_path / "backup", names).verify()] == [True]
    with pytest.raises(StoreError, match="damaged"):
        filled.restore(tmp_path / "backup")
    assert filled.verify() == []


def test_counts_that_do_not_hold_are_found(filled: EmbeddedStore, tmp_path: Path, names: GraphNames) -> None:
    record = tmp_path / "store" / "versions" / "000001.json"
    content = json.loads(record.read_text())
    content["counts"][MINE] = 7
    record.write_text(json.dumps(content))
    assert ["7 were written" in fault for fault in EmbeddedStore.open(tmp_path / "store", names).verify()] == [True]
    assert filled.verify() != []
