"""Opening a store that is there, without knowing beforehand which corpus it holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from kg.dataset import GraphNames
from kg.errors import RequestError, StoreError
from kg.store.embedded import EmbeddedStore

Prefixes = Callable[[str], Mapping[str, str]]
"""The prefixes to write graphs with, for a corpus's base."""


def names_of(folder: Path) -> GraphNames | None:
    """Return the names of the graphs of the store in a folder, None for a plain store.

    RequestError where the folder holds no store, StoreError where what it holds cannot be read.
    """
    path = folder / "store.json"
    try:
        found = json.loads(path.read_text("utf-8"))
        return None if found["plain"] else GraphNames(found["base"])
    except (FileNotFoundError, NotADirectoryError):
        raise RequestError(
            f"There is no store in {str(folder)!r}: `kg build` makes one, --store names another."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} does not say what kind of store this is: {error}.") from error


def open_found(folder: Path, prefixes: Prefixes = lambda _: {}) -> EmbeddedStore:
    """Open the store that is in a folder; errors as those of `names_of`."""
    names = names_of(folder)
    if names is None:
        return EmbeddedStore.open(folder, GraphNames(""), plain=True)
    return EmbeddedStore.open(folder, names, prefixes=prefixes(names.base))
