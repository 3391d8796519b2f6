"""Small helpers for a store's files: replaced in one step, synced, digested, and whether they are open."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path


def write_synced(path: Path, text: str) -> None:
    """Replace a small file in one step, synced before and after."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync(path.parent)


def sync_tree(folder: Path) -> None:
    """Sync the files of a folder that no other version shares (those were synced with it), and the folder itself."""
    for path in folder.iterdir():
        if path.is_file() and path.stat().st_nlink == 1:
            sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Have the disk keep what a file holds, or which files a folder holds."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digests(folder: Path, known: dict[str, str]) -> dict[str, str]:
    """Return the SHA-256 of the engine's data files; a shared one that is known is not read again."""
    found = {}
    for path in sorted((*folder.glob("*.sst"), *folder.glob("MANIFEST-*"), *folder.glob("CURRENT"))):
        shared = path.stat().st_nlink > 1 and path.name in known
        found[path.name] = known[path.name] if shared else sha256(path.read_bytes()).hexdigest()
    return found


def is_open(folder: Path) -> bool:
    """Tell whether this process has files of a folder open, where the system can tell (Linux)."""
    descriptors = Path("/proc/self/fd")
    inside = f"{folder.resolve()}{os.sep}"
    return descriptors.is_dir() and any(_target(path).startswith(inside) for path in descriptors.iterdir())


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # closed meanwhile
        return ""
