"""Small files that survive a crash: atomic and synced replacement, locking by folder, and detection of changes."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FileMark = tuple[int, ...]
"""A value that changes when a file is replaced or written to; empty if the file does not exist."""


def replace_content(path: Path, text: str) -> None:
    """Replace a file's content as `replace_synced` does, but keep its permissions; a symbolic link remains a link."""
    target = path.resolve()
    replace_synced(target, text, stat.S_IMODE(target.stat().st_mode))


def replace_synced(path: Path, text: str, mode: int | None = None) -> None:
    """Replace a small file atomically, so that a reader or a crash finds either the old content or the new."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666 if mode is None else mode)
    try:
        with errors_naming(path), open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor has its mode at once
            if mode is not None:
                os.fchmod(descriptor, mode)  # os.open applied the umask
            file.write(text.encode())
            file.flush()
            # Before the rename: the disk may write the new name first, and a power failure then leaves an empty file.
            os.fsync(descriptor)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    sync(path.parent)


@contextmanager
def errors_naming(path: Path | str) -> Iterator[None]:
    """Have errors that name no file, such as that of a full disk while an open file is written, name this one."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def sync(path: Path) -> None:
    """Flush a file's content, or a folder's entries, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Hold an exclusive lock on a folder, against other processes and threads that lock it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # The lock is released with the descriptor, so a process that crashes leaves none behind.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def file_mark(path: Path | str) -> FileMark:
    """Return a file's mark. Raises OSError if the file exists but cannot be examined."""
    try:
        status = os.stat(path)  # noqa: PTH116 -- takes a string too: pathlib's objects cost more than the call
    except FileNotFoundError:
        return ()
    # The inode is included because a file replaced within one tick of the clock has a new one.
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
