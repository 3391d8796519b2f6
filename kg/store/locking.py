"""Locks on a store's files: one writer at a time, and no pruning of a version while it is being read."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import BusyError, StoreError

_POLL_SECONDS = 0.02


class WriterLock:
    """The writers' lock of a store. It is lost if its file is removed or replaced, since others lock the new file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    @contextmanager
    def hold(self, wait: float) -> Iterator[None]:
        """Hold the lock. Raises BusyError if another writer does not release it within `wait` seconds."""
        deadline = time.monotonic() + wait
        while True:
            try:
                # The umask applies to 0o666: whoever may write the store has to be able to lock it.
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            except OSError as error:
                public = f"The store cannot be written: {error.strerror}."
                raise StoreError(f"The store cannot be written: {error}.", public) from error
            try:
                self._wait_for(descriptor, deadline, wait)
                # The file may have been removed during the wait, and another process may have locked a new one.
                if _is_file_at(descriptor, self._path):
                    self._descriptor = descriptor
                    yield
                    return
            finally:
                if self._descriptor == descriptor:
                    self._descriptor = -1
                os.close(descriptor)

    def must_be_held(self) -> None:
        """Raise StoreError if the lock's file was removed while it was held: another writer may be active."""
        if self._descriptor >= 0 and not _is_file_at(self._descriptor, self._path):
            raise StoreError(f"{self._path} was removed while it was held, so nothing is written.")

    def _wait_for(self, descriptor: int, deadline: float, wait: float) -> None:
        while True:
            try:
                # Not lockf, whose locks belong to the process: two of its threads would both hold one, and closing any
                # descriptor of the file would release it. Polled, since flock has no timeout.
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    sentence = f"Another writer has held the store for more than {wait:.3g} s."
                    raise BusyError(sentence, "wait", wait) from None
                time.sleep(_POLL_SECONDS)


class Pin:
    """A shared lock on a version's record that prevents pruning of the version for as long as the object lives."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __del__(self) -> None:
        os.close(self._descriptor)


def pin(record: Path) -> Pin | None:
    """Keep a version from being pruned while the result lives; None if its record is gone or it is being pruned."""
    try:
        descriptor = os.open(record, os.O_RDONLY)
    except FileNotFoundError:
        return None
    version_pin = Pin(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    return version_pin if _is_file_at(descriptor, record) else None


@contextmanager
def unpinned(record: Path) -> Iterator[bool]:
    """Yield whether no answer is being read from a version, and prevent new readers until the block ends."""
    # Opened for writing though nothing is written: NFS turns an exclusive flock into a byte-range lock, which needs it.
    descriptor = os.open(record, os.O_RDWR)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_unpinned = True
        except BlockingIOError:
            is_unpinned = False
        yield is_unpinned
    finally:
        os.close(descriptor)


def _is_file_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False
