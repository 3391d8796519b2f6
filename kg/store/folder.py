"""The folder of a store: its description, what remains without one, and whether it is still the opened store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kg.durable_files import FileMark, file_mark, locked_folder, replace_synced, sync
from kg.errors import DamagedStoreError, StoreError
from kg.store.pointer import POINTER, START, read_pointer, write_pointer

DESCRIPTION = "store.json"
LOCK = "lock"
VERSIONS = "versions"
UNFINISHED = "unfinished"
"""The folder of what a build has done that has not ended."""
BUILD = "build.json"
"""A record of what was built last, which may be missing or be of another version than the current one."""


class StoreFolder:
    """A folder that a store was opened in. It is looked at before every use: it can be moved, unmounted or replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark: FileMark = ()
        self._description = b""

    def replaced(self) -> FileMark | None:
        """Return the mark of a description that was not accepted yet, None if it is the accepted one.

        Raises DamagedStoreError if the description is gone, or is of another store than the one accepted.
        """
        path = self.path / DESCRIPTION
        with _description_required(path):
            mark = file_mark(path)
            if mark and mark == self._mark:
                return None
            text = path.read_bytes()
        # A file of the same content may be a restored one: only another content is another store.
        if self._mark and text != self._description:
            raise DamagedStoreError(f"{self.path} holds another store than the one that was opened there; restart.")
        self._description = text
        return mark

    def accept(self, mark: FileMark) -> None:
        """Take the description of that mark for the one of the store that was opened."""
        self._mark = mark


def describe(folder: Path, description: Mapping[str, object]) -> None:
    """Make a folder a store of that description. Raises StoreError if it is another kind of store, or damaged."""
    if not (folder / DESCRIPTION).exists():
        # Looked at again with the lock held: two processes may make the same store at once.
        folder.mkdir(parents=True, exist_ok=True)
        with locked_folder(folder):
            if not (folder / DESCRIPTION).exists():
                _start(folder, description)
    path = folder / DESCRIPTION
    written = read_description(folder)
    if written != description:
        raise StoreError(
            f"{path} says {json.dumps(written)}, and this store was to be opened as {json.dumps(description)}."
        )


def read_description(folder: Path) -> Mapping[str, object]:
    """Return the description of the store in a folder. Raises DamagedStoreError if it cannot be read."""
    path = folder / DESCRIPTION
    with _description_required(path):
        data = path.read_bytes()
    try:
        description = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DamagedStoreError(f"{path} does not say what kind of store this is: {error}.") from error
    if not isinstance(description, dict):
        fault = f"expected an object, not {description!r}"
        raise DamagedStoreError(f"{path} does not say what kind of store this is: {fault}.")
    return description


def remains(folder: Path) -> list[str]:
    """Return the names of the files that only a store has, in a folder that has no description."""
    names = [name for name in (LOCK, VERSIONS) if (folder / name).exists()]
    if (folder / POINTER).exists() and not _was_never_written(folder):
        names.append(POINTER)
    return sorted(names)


def must_hold_no_remains(folder: Path) -> None:
    """Raise DamagedStoreError if a folder holds a store without its description: no other is made on top of it."""
    if names := remains(folder):
        raise DamagedStoreError(
            f"{folder} holds {', '.join(names)} of a store, and its {DESCRIPTION} is missing: put that back (each "
            "backup of the store holds it), or name another folder."
        )


def _start(folder: Path, description: Mapping[str, object]) -> None:
    """Write the files of a new store."""
    must_hold_no_remains(folder)
    # The description comes last: without it the folder is no store, so a crash in between leaves nothing half-made.
    write_pointer(folder, START)
    replace_synced(folder / DESCRIPTION, json.dumps(description))
    sync(folder.parent)


def _was_never_written(folder: Path) -> bool:
    """Tell whether a pointer is the first one, which a crash of `_start` can leave alone in the folder."""
    try:
        return read_pointer(folder) == START
    except DamagedStoreError:
        return False


@contextmanager
def _description_required(path: Path) -> Iterator[None]:
    """Raise DamagedStoreError if the description at a path cannot be read."""
    try:
        yield
    except OSError as error:
        folder = path.parent
        fault = "is not there" if not folder.is_dir() else f"has no {DESCRIPTION} that can be read"
        raise DamagedStoreError(f"The store's folder {folder} {fault}: {error}.") from error
