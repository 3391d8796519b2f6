"""Opening a store that is there, without knowing beforehand which corpus it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kg.datasets import GraphNames
from kg.errors import DamagedStoreError, RequestError
from kg.store.embedded import EmbeddedStore
from kg.store.folder import DESCRIPTION, must_hold_no_remains, read_description

Prefixes = Callable[[str], Mapping[str, str]]
"""The prefixes to write graphs with, for a corpus's base."""


def names_of(folder: Path) -> GraphNames | None:
    """Return the names of the graphs of the store in a folder, None for a plain store.

    RequestError where the folder holds no store, StoreError where what it holds is damaged or cannot be read.
    """
    if not (folder / DESCRIPTION).exists():
        must_hold_no_remains(folder)
        raise RequestError(f"There is no store in {str(folder)!r}: `kg build` makes one, --store names another.")
    found = read_description(folder)
    base, plain = found.get("base"), found.get("plain")
    if plain is not True and not (plain is False and isinstance(base, str)):
        raise DamagedStoreError(f"{folder / DESCRIPTION} does not say what kind of store this is: {dict(found)}.")
    return GraphNames(base) if isinstance(base, str) and not plain else None


def open_found(folder: Path, prefixes: Prefixes = lambda _: {}, keep: int = 0) -> EmbeddedStore:
    """Open the store that is in a folder, whose writes leave `keep` versions; errors as those of `names_of`."""
    names = names_of(folder)
    if names is None:
        return EmbeddedStore.open(folder, GraphNames(""), plain=True, keep=keep)
    return EmbeddedStore.open(folder, names, prefixes=prefixes(names.base), keep=keep)
