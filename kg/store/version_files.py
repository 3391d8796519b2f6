"""The engine's files of versions: syncing, digests, sizes, and whether this process has them open."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from kg.durable_files import sync


def file_sizes(folder: Path) -> dict[tuple[int, int], int]:
    """Return the bytes of a folder's files by device and inode, which identify files that versions share."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:  # a prune may remove the folder
        statuses = [entry.stat(follow_symlinks=False) for entry in entries]
        return {(status.st_dev, status.st_ino): status.st_size for status in statuses}
    return {}


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
