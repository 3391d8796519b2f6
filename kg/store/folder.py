"""The folder of a store: what is in it, what shows that a store was there, and whether it still is the one opened."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kg.errors import DamagedStoreError, StoreError
from kg.store.files import sync, write_synced
from kg.store.pointer import POINTER, START, read_pointer, write_pointer

DESCRIPTION = "store.json"
LOCK = "lock"
VERSIONS = "versions"

Mark = tuple[int, ...]
"""What changes when a file is replaced or written to."""


class StoreFolder:
    """A folder that a store was opened in; asked before every use, since a folder can be moved, unmounted, replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark: Mark = ()
        self._description = b""

    def replaced(self) -> Mark | None:
        """Return the mark of a description that was not accepted yet, None where all is as before.

        DamagedStoreError where the description is gone, or is another store's than the one accepted.
        """
        mark = self._look()
        if mark == self._mark:
            return None
        text = _read(self.path / DESCRIPTION)
        if self._mark and text != self._description:
            raise DamagedStoreError(f"{self.path} holds another store than the one that was opened there; restart.")
        self._description = text
        return mark

    def accept(self, mark: Mark) -> None:
        """Take what is there for the store that was opened."""
        self._mark = mark

    def _look(self) -> Mark:
        try:
            found = (self.path / DESCRIPTION).stat()
        except OSError as error:
            raise _gone(self.path, error) from error
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def describe(folder: Path, description: Mapping[str, object]) -> None:
    """Make a folder a store of that description, or raise StoreError where it is another's or a damaged store."""
    if not (folder / DESCRIPTION).exists():
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            if not (folder / DESCRIPTION).exists():
                _start(folder, description)
    path = folder / DESCRIPTION
    found = read_description(folder)
    if found != description:
        raise StoreError(
            f"{path} says {json.dumps(found)}, and this store was to be opened as {json.dumps(description)}."
        )


def read_description(folder: Path) -> Mapping[str, object]:
    """Return what a folder says of its store, or raise DamagedStoreError."""
    path = folder / DESCRIPTION
    try:
        found = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise DamagedStoreError(f"{path} does not say what kind of store this is: {error}.") from error
    if not isinstance(found, dict):
        raise DamagedStoreError(f"{path} does not say what kind of store this is: expected an object, not {found!r}.")
    return found


def remains(folder: Path) -> list[str]:
    """Return the names of what only a store has, in a folder that has no description."""
    found = [name for name in (LOCK, VERSIONS) if (folder / name).exists()]
    if (folder / POINTER).exists() and not _was_never_written(folder):
        found.append(POINTER)
    return sorted(found)


def must_hold_no_remains(folder: Path) -> None:
    """Raise DamagedStoreError for a folder of a store whose description is missing: no other is made on top of it."""
    if found := remains(folder):
        raise DamagedStoreError(
            f"{folder} holds {', '.join(found)} of a store, and its {DESCRIPTION} is missing: put that back (each "
            "backup of the store holds it), or name another folder."
        )


def _start(folder: Path, description: Mapping[str, object]) -> None:
    """Write a new store's pointer, and last what says that the folder holds a store."""
    must_hold_no_remains(folder)
    write_pointer(folder, START)
    write_synced(folder / DESCRIPTION, json.dumps(description))
    sync(folder.parent)


def _was_never_written(folder: Path) -> bool:
    """Tell whether a pointer is what an interrupted making of a store has left."""
    try:
        return read_pointer(folder) == START
    except DamagedStoreError:
        return False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _gone(path.parent, error) from error


def _gone(folder: Path, error: OSError) -> DamagedStoreError:
    what = "is not there" if not folder.is_dir() else f"has no {DESCRIPTION} that can be read"
    return DamagedStoreError(f"The store's folder {folder} {what}: {error}.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from making a store in a folder at the same time."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
