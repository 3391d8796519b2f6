"""Opening the store that a folder holds, without knowing beforehand of which corpus it is."""

from __future__ import annotations

from pathlib import Path

from kg.datasets import GraphNames
from kg.errors import DamagedStoreError, RequestError
from kg.store.embedded import EmbeddedStore
from kg.store.folder import DESCRIPTION, must_hold_no_remains, read_description


def names_of(folder: Path) -> GraphNames | None:
    """Return the names of the graphs of the store in a folder, None for a plain store.

    Raises RequestError if the folder holds no store, StoreError if its store is damaged or cannot be read.
    """
    if not (folder / DESCRIPTION).exists():
        must_hold_no_remains(folder)
        raise RequestError(f"There is no store in {str(folder)!r}: `kg build` makes one, --store names another.")
    description = read_description(folder)
    base, plain = description.get("base"), description.get("plain")
    if plain is not True and not (plain is False and isinstance(base, str)):
        raise DamagedStoreError(f"{folder / DESCRIPTION} does not say what kind of store this is: {dict(description)}.")
    return GraphNames(base) if isinstance(base, str) and not plain else None


def open_store(folder: Path, keep: int = 0) -> EmbeddedStore:
    """Open the store in a folder; writes leave the newest `keep` versions, 0 for all. Raises as `names_of` does."""
    names = names_of(folder)
    return EmbeddedStore.open(folder, names or GraphNames(""), plain=names is None, keep=keep)
