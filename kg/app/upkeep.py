"""Looking after a store that may not be there any more: a backup comes back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.app.stores import open_store
from kg.errors import DamagedStoreError, RequestError
from kg.store import Version


@dataclass(frozen=True)
class Inspection:
    """What a look through a store came to: its faults, how many versions it keeps, and what was made current."""

    faults: tuple[str, ...]
    kept: int = 0
    repaired: Version | None = None


def inspected(store: Path, *, repair: bool = False) -> Inspection:
    """Look whether a store is whole, and put its pointer right first where `repair` says so and it cannot be relied on.

    RequestError where there is no store, DamagedStoreError for a pointer to put right where no version is whole.
    """
    try:
        opened = open_store(store)
    except DamagedStoreError as error:
        return Inspection((str(error),))
    repaired = opened.repair() if repair else None
    faults = tuple(opened.faults())
    return Inspection(faults, 0 if faults else len(opened.names()), repaired)


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
