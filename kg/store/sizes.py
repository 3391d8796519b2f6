"""The bytes that the versions of a store take. Each version is measured once, since none ever changes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock

File = tuple[int, int]
"""A file's device and inode: what versions share is one file."""


class Sizes:
    """Adds up the files of the versions as these come and go; files that versions share count once."""

    def __init__(self) -> None:
        self._of_version: dict[str, list[File]] = {}
        self._shared: Counter[File] = Counter()
        self._bytes: dict[File, int] = {}
        self._total = 0
        self._lock = Lock()

    def total(self, folder: Path, names: Iterable[str]) -> int:
        """Return the bytes of the versions of these names in a folder."""
        names = frozenset(names)
        with self._lock:
            for name in self._of_version.keys() - names:
                self._remove(name)
            for name in sorted(names - self._of_version.keys()):
                self._add(name, folder / name)
            return self._total

    def forget(self) -> None:
        """Drop the measurements of all versions."""
        with self._lock:
            self._of_version, self._shared, self._bytes, self._total = {}, Counter(), {}, 0

    def _add(self, name: str, folder: Path) -> None:
        files = self._of_version.setdefault(name, [])
        with suppress(FileNotFoundError), os.scandir(folder) as entries:  # a prune may remove the folder
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                file = status.st_dev, status.st_ino
                files.append(file)
                if not self._shared[file]:
                    self._bytes[file] = status.st_size
                    self._total += status.st_size
                self._shared[file] += 1

    def _remove(self, name: str) -> None:
        for file in self._of_version.pop(name):
            self._shared[file] -= 1
            if not self._shared[file]:
                del self._shared[file]
                self._total -= self._bytes.pop(file)
