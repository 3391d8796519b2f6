"""Looking after a store that may not be there any more: a backup comes back."""

from __future__ import annotations

from pathlib import Path

from kg.errors import RequestError
from kg.pipeline.stores import open_store
from kg.store import Version


def restored(backup: Path, store: Path) -> Version:
    """Make a backup the newest version of the store in a folder, or a store where the folder is not there or empty.

    RequestError where there is no backup, StoreError for a damaged one or one of another store.
    """
    found = open_store(backup)
    if (store / "store.json").exists():
        return open_store(store).bring_back(backup)
    if faults := found.faults():
        raise RequestError(f"The backup {backup} is damaged: {faults[0]}")
    if store.is_dir():
        _must_be_empty(store)
        store.rmdir()
    return found.back_up(store)


def _must_be_empty(folder: Path) -> None:
    for file in folder.iterdir():
        raise RequestError(f"{folder} holds {file.name} and no store: name another folder, or empty this one.")
