"""Marks of a store's folder: while they are the same, the current version is the one that was read last.

Every request asks for the current version. Here that costs five calls of the system and no objects of pathlib, which
cost several times as much as the calls.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.durable_files import FileMark, file_mark
from kg.store.folder import DESCRIPTION, VERSIONS
from kg.store.interfaces import Version
from kg.store.pointer import POINTER, Pointer, version_name

MAX_POINTER_BYTES = 4096
FolderMarks = tuple[bytes, FileMark, FileMark, FileMark]
"""The pointer's content (a pointer of the same size may replace it within a tick of the clock), and marks of files."""


@dataclass(frozen=True)
class MarkedVersion:
    """A version that was current, and the marks of the files that said so, from before it was read."""

    version: Version
    pointer: Pointer
    marks: FolderMarks

    def is_current_in(self, folder: Path) -> bool:
        """Tell whether the folder has the same marks now as then."""
        return folder_marks(folder, self.pointer) == self.marks


def folder_marks(folder: Path, pointer: Pointer) -> FolderMarks | None:
    """Return the marks of a folder with that pointer; None if a file is missing, or a later version is there."""
    root = os.fspath(folder)
    with suppress(OSError):
        content = _content(f"{root}/{POINTER}")
        versions = f"{root}/{VERSIONS}/"
        files = file_mark(f"{root}/{DESCRIPTION}"), file_mark(f"{versions}{pointer.current}.json")
        later = file_mark(f"{versions}{version_name(int(pointer.last) + 1)}.json")
        folder_stat = os.stat(f"{versions}{pointer.current}")  # noqa: PTH116 -- see above
        if all(files) and stat.S_ISDIR(folder_stat.st_mode) and not later:
            return content, *files, (folder_stat.st_dev, folder_stat.st_ino)
    return None


def _content(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, MAX_POINTER_BYTES)
    finally:
        os.close(descriptor)
