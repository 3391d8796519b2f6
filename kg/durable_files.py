"""Small files that survive a crash: replaced in one step, synced, locked by their folder, and their changes noticed."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FileMark = tuple[int, ...]
"""What changes when a file is replaced or written to; empty if there is no file."""


def replace_content(path: Path, text: str) -> None:
    """Replace what a file holds as `replace_synced` does, and keep its permissions; a symbolic link stays one."""
    target = path.resolve()
    replace_synced(target, text, stat.S_IMODE(target.stat().st_mode))


def replace_synced(path: Path, text: str, mode: int | None = None) -> None:
    """Replace a small file in one step, so that a reader or a crash sees the old content or the new."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666 if mode is None else mode)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - of a descriptor, which has the mode from the start
        if mode is not None:
            os.fchmod(descriptor, mode)  # of which the process's umask has taken something away
        file.write(text.encode())
        file.flush()
        # Before the rename: the disk may take the new name down first, and a loss of power then leaves an empty file.
        os.fsync(descriptor)
    new.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have the disk keep what a file holds, or which files a folder holds."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Keep other processes and threads out that lock the same folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Goes with the descriptor, and so with a process that crashes: no lock is left behind.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def file_mark(path: Path | str) -> FileMark:
    """Return a file's mark. Raises OSError if there is one that cannot be looked at."""
    try:
        status = os.stat(path)  # noqa: PTH116 -- of a text too: objects of pathlib cost more than the call
    except FileNotFoundError:
        return ()
    # The inode too: a file that is replaced within a tick of the clock has another one.
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
