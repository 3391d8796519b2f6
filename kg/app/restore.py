"""The use case `restore`: makes a backup the newest version of a store, or a new store if there is none."""

from __future__ import annotations

from pathlib import Path

from kg.errors import RequestError
from kg.store import Version, open_store


def restore_backup(backup: Path, store: Path) -> Version:
    """Make a backup the newest version of the store in a folder, or a new store if the folder is missing or empty.

    Raises RequestError if there is no backup, if the folder is not a store and has other files, or if a damaged backup
    would become a new store; StoreError if a backup for an existing store is damaged or of another store.
    """
    copy = open_store(backup)
    if (store / "store.json").exists():
        return open_store(store).restore(backup)
    if faults := copy.verify():
        raise RequestError(f"The backup {backup} is damaged: {faults[0]}")
    if store.is_dir():
        for file in store.iterdir():
            raise RequestError(f"{store} is not a store and holds {file.name}: expected a store, or an empty folder.")
        store.rmdir()  # a backup creates its folder itself, and only under an unused name
    return copy.back_up(store)
