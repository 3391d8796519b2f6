"""The folder of a store: its description, its pointer, remains without them, and the marks of its files.

Every request looks up the current version: while the marks of the folder are unchanged, it is the one that was read
last. This costs five system calls and no objects of pathlib, which cost several times as much as the calls.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.durable_files import FileMark, file_mark, locked_folder, replace_synced, sync
from kg.errors import DamagedStoreError, StoreError

DESCRIPTION = "store.json"
LOCK = "lock"
VERSIONS = "versions"
UNFINISHED = "unfinished"
"""The folder of an unfinished build's results."""
BUILD = "build.json"
"""The record of the last build, which may be missing or belong to another version than the current one."""
POINTER = "current"
NOTHING = "000000"
"""The name of the version of an empty store."""
# Bounded, because Python's int() raises an error of its own beyond 4,300 digits.
_VERSION_NAME = re.compile(r"[0-9]{6,15}")
_REPAIR = "`kg fsck --repair` puts it back"
MAX_POINTER_BYTES = 4096
FolderMarks = tuple[bytes, FileMark, FileMark, FileMark]
"""The pointer's content (one of the same size may replace it within a tick of the clock), and the marks of files."""


@dataclass(frozen=True)
class Pointer:
    """The pointer's content: the current version, and the last acknowledged one, so that no name is used twice."""

    current: str
    last: str


START = Pointer(NOTHING, NOTHING)
"""The pointer of an empty store."""


def version_name(number: int) -> str:
    """Return the name of the version with a number."""
    return f"{number:06}"


def is_version_name(text: object) -> bool:
    """Return whether a value can be the name of a version."""
    return isinstance(text, str) and bool(_VERSION_NAME.fullmatch(text)) and version_name(int(text)) == text


def read_pointer(folder: Path) -> Pointer:
    """Read a store's pointer. Raises DamagedStoreError if it is missing or does not name versions."""
    path = folder / POINTER
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise DamagedStoreError(f"{path} is missing, so nothing says which version is current: {_REPAIR}.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise DamagedStoreError(f"{path} does not name a version: {error}; {_REPAIR}.") from error
    if not _is_pointer(content):
        raise DamagedStoreError(f"{path} does not name a version, it holds {json.dumps(content)[:200]}; {_REPAIR}.")
    return Pointer(**content)


def write_pointer(folder: Path, pointer: Pointer) -> None:
    """Replace a store's pointer atomically, and sync it."""
    replace_synced(folder / POINTER, json.dumps(asdict(pointer)))


def _is_pointer(content: object) -> bool:
    if not isinstance(content, dict) or content.keys() != {"current", "last"}:
        return False
    current, last = content["current"], content["last"]
    return is_version_name(current) and is_version_name(last) and int(current) <= int(last)


def folder_marks(folder: str, pointer: Pointer) -> FolderMarks | None:
    """Return the marks of the files that determine the current version for as long as a store's pointer is the same.

    Return None if one is missing or there is a later version.
    """
    versions = f"{folder}/{VERSIONS}/"
    with suppress(OSError):
        content = _content(f"{folder}/{POINTER}")
        description, record = file_mark(f"{folder}/{DESCRIPTION}"), file_mark(f"{versions}{pointer.current}.json")
        folder_stat = os.stat(f"{versions}{pointer.current}")  # noqa: PTH116 -- see above
        is_whole = description and record and stat.S_ISDIR(folder_stat.st_mode)
        if is_whole and not file_mark(f"{versions}{version_name(int(pointer.last) + 1)}.json"):
            return content, description, record, (folder_stat.st_dev, folder_stat.st_ino)
    return None


def _content(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, MAX_POINTER_BYTES)
    finally:
        os.close(descriptor)


def describe(folder: Path, description: Mapping[str, object]) -> None:
    """Make a folder a store with this description. Raises StoreError if it is another kind of store, or damaged."""
    if not (folder / DESCRIPTION).exists():
        # Checked again with the lock held: two processes may create the same store at once.
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
    with description_required(path):
        data = path.read_bytes()
    try:
        description = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DamagedStoreError(f"{path} does not say what kind of store this is: {error}.") from error
    if not isinstance(description, dict):
        fault = f"expected an object, not {description!r}"
        raise DamagedStoreError(f"{path} does not say what kind of store this is: {fault}.")
    return description


def must_hold_no_remains(folder: Path) -> None:
    """Raise DamagedStoreError if a folder holds a store without its description, so that none is created over it."""
    names = [name for name in (LOCK, VERSIONS) if (folder / name).exists()]
    if (folder / POINTER).exists() and not _was_never_written(folder):
        names.append(POINTER)
    if names:
        raise DamagedStoreError(
            f"{folder} holds {', '.join(sorted(names))} of a store, and its {DESCRIPTION} is missing: put that back "
            "(each backup of the store holds it), or name another folder."
        )


def _start(folder: Path, description: Mapping[str, object]) -> None:
    """Write the files of a new store."""
    must_hold_no_remains(folder)
    # The description comes last: without it, the folder is not a store, so a crash in between leaves no partial one.
    write_pointer(folder, START)
    replace_synced(folder / DESCRIPTION, json.dumps(description))
    sync(folder.parent)


def _was_never_written(folder: Path) -> bool:
    """Return whether a pointer is the first one, which a crash during `_start` can leave alone in the folder."""
    try:
        return read_pointer(folder) == START
    except DamagedStoreError:
        return False


@contextmanager
def description_required(path: Path) -> Iterator[None]:
    """Raise DamagedStoreError if the description at a path cannot be read."""
    try:
        yield
    except OSError as error:
        folder = path.parent
        fault = "is not there" if not folder.is_dir() else f"has no {DESCRIPTION} that can be read"
        raise DamagedStoreError(f"The store's folder {folder} {fault}: {error}.") from error
