"""The engine's files of a version: synced, digested, and whether this process has them open."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from kg.durable_files import sync


def sync_tree(folder: Path) -> None:
    """Sync the files of a folder that no other version shares (those were synced with it), and the folder itself."""
    for path in folder.iterdir():
        # A shared file was synced with the version that wrote it.
        if path.is_file() and path.stat().st_nlink == 1:
            sync(path)
    sync(folder)


def digests(folder: Path, known: dict[str, str]) -> dict[str, str]:
    """Return the SHA-256 of the engine's data files; a shared one that is known is not read again."""
    by_name = {}
    for path in sorted((*folder.glob("*.sst"), *folder.glob("MANIFEST-*"), *folder.glob("CURRENT"))):
        # The engine never writes to a .sst file again, and a version shares them by hard links.
        shared = path.stat().st_nlink > 1 and path.name in known
        by_name[path.name] = known[path.name] if shared else sha256(path.read_bytes()).hexdigest()
    return by_name


def log_size(folder: Path) -> int:
    """Return the bytes of the engine's log of writes, which RocksDB calls write-ahead log."""
    return sum(path.stat().st_size for path in folder.glob("*.log"))


def is_open(folder: Path) -> bool:
    """Tell whether this process has files of a folder open, where the system can tell (Linux)."""
    descriptors = Path("/proc/self/fd")
    inside = f"{folder.resolve()}{os.sep}"
    return descriptors.is_dir() and any(_target(path).startswith(inside) for path in descriptors.iterdir())


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # it was closed since the folder was listed
        return ""
