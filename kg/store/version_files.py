"""The engine's files of versions: syncing, digests, sizes, and whether this process has them open."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock

from kg.durable_files import sync

File = tuple[int, int]
"""A file's device and inode, which identify files that versions share."""


class Sizes:
    """The total size of versions; each is measured once, since it never changes, and shared files are counted once."""

    def __init__(self) -> None:
        self._of_version: dict[str, list[File]] = {}
        self._shared: Counter[File] = Counter()
        self._bytes: dict[File, int] = {}
        self._total = 0
        self._lock = Lock()

    def total(self, folder: Path, names: Iterable[str]) -> int:
        """Return the total bytes of the named versions in a folder."""
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


def sync_tree(folder: Path) -> None:
    """Sync a folder and those of its files that no other version shares."""
    for path in folder.iterdir():
        # A shared file was synced with the version that wrote it.
        if path.is_file() and path.stat().st_nlink == 1:
            sync(path)
    sync(folder)


def digests(folder: Path, known: dict[str, str]) -> dict[str, str]:
    """Return the SHA-256 of the engine's data files; a shared file with a known digest is not read again."""
    by_name = {}
    for path in sorted((*folder.glob("*.sst"), *folder.glob("MANIFEST-*"), *folder.glob("CURRENT"))):
        # The engine never modifies a .sst file, and versions share them by hard links.
        shared = path.stat().st_nlink > 1 and path.name in known
        by_name[path.name] = known[path.name] if shared else sha256(path.read_bytes()).hexdigest()
    return by_name


def log_size(folder: Path) -> int:
    """Return the size of the engine's write-ahead log in bytes."""
    return sum(path.stat().st_size for path in folder.glob("*.log"))


def is_open(folder: Path) -> bool:
    """Return whether this process has files of a folder open; always False unless the system is Linux."""
    descriptors = Path("/proc/self/fd")
    inside = f"{folder.resolve()}{os.sep}"
    return descriptors.is_dir() and any(_target(path).startswith(inside) for path in descriptors.iterdir())


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # it was closed since the folder was listed
        return ""
