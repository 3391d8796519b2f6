"""Locks on a store's files: one writer at a time, and versions that answers are being read from stay."""

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
    """The lock of a store's writers. A lock whose file was removed or replaced meanwhile is not held any more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    @contextmanager
    def hold(self, wait: float) -> Iterator[None]:
        """Hold the lock, or raise BusyError if another has not let it go in `wait` seconds."""
        deadline = time.monotonic() + wait
        while True:
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            except OSError as error:
                raise StoreError(f"The store cannot be written: {error}.", _unwritable(error)) from error
            try:
                self._wait_for(descriptor, deadline, wait)
                if _is_file_at(descriptor, self._path):
                    self._descriptor = descriptor
                    yield
                    return
            finally:
                if self._descriptor == descriptor:
                    self._descriptor = -1
                os.close(descriptor)

    def must_be_held(self) -> None:
        """Raise StoreError if somebody has removed the lock's file: another writer may be at work."""
        if self._descriptor >= 0 and not _is_file_at(self._descriptor, self._path):
            raise StoreError(f"{self._path} was removed while it was held, so nothing is written.")

    def _wait_for(self, descriptor: int, deadline: float, wait: float) -> None:
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    sentence = f"Another writer has held the store for more than {wait:.3g} s."
                    raise BusyError(sentence, "wait", wait) from None
                time.sleep(_POLL_SECONDS)


class Pin:
    """A shared lock on a version's record, for as long as the object lives: the version is not pruned meanwhile."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __del__(self) -> None:
        os.close(self._descriptor)


def pin(record: Path) -> Pin | None:
    """Keep a version from being pruned while the result lives; None where its record has gone."""
    try:
        descriptor = os.open(record, os.O_RDONLY)
    except FileNotFoundError:
        return None
    held = Pin(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return None  # it is being pruned
    return held if _is_file_at(descriptor, record) else None


@contextmanager
def unpinned(record: Path) -> Iterator[bool]:
    """Tell whether nobody reads a version, and let nobody begin to while the block lasts."""
    descriptor = os.open(record, os.O_RDWR)
    try:
        yield _locked_alone(descriptor)
    finally:
        os.close(descriptor)


def _locked_alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_file_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _unwritable(error: OSError) -> str:
    return f"The store cannot be written: {error.strerror}."
