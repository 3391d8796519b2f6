"""The folder of a store: immutable versions, and a pointer to the current one that is replaced in one step.

    FOLDER/store.json           what kind of store this is
    FOLDER/current              the pointer: {"current": NAME, "last": NAME}
    FOLDER/lock                 locked by the process that writes
    FOLDER/build.json           what `kg build` read last, so that it need not be read again; may be missing
    FOLDER/versions/NAME/       a version, in the engine's files, and what it has changed (see `version_changes`)
    FOLDER/versions/NAME.json   when and why it was written, what it counts, and digests of its files
    FOLDER/versions/.work-*     a version in the making; after a crash, a leftover

A version's files and its record are synced first, then their folder, then the pointer's new content, then the pointer's
folder; last the record gets the name of an acknowledged one (see `records`). So the pointer never names what a loss of
power could take back, and a version that was never acknowledged is known by its name: the next writer removes that, and
nothing else. If the pointer is missing, unreadable or older than the versions, nothing is read, written or removed:
DamagedStoreError says so, and `repair` mends it.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from kg.durable_files import sync
from kg.errors import DamagedStoreError, StoreError, UnknownVersionError
from kg.store.folder import (
    BUILD,
    DESCRIPTION,
    LOCK,
    NOTHING,
    POINTER,
    VERSIONS,
    MarkedFiles,
    MarkedVersion,
    Pointer,
    StoreFolder,
    is_version_name,
    read_pointer,
    version_name,
    write_pointer,
)
from kg.store.interfaces import Version
from kg.store.locking import Pin, WriterLock, pin, unpinned
from kg.store.version_files import Sizes, digests, sync_tree
from kg.store.version_records import PENDING, REMOVED, Listing, Records

EMPTY = Version(NOTHING, "1970-01-01T00:00:00Z", "nothing yet")
"""The version of a store that nothing has been written to."""
MAX_LOOKUPS = 5
"""Lookups of the current version while others write and prune."""


class Versions:
    """The versions in a folder. Reading never waits; methods that change the folder are called with the lock held."""

    def __init__(self, folder: Path, keep: int = 0) -> None:
        self.folder = folder
        self.keep = keep
        """Versions that each write leaves; 0 for all."""
        self._store_folder = StoreFolder(folder)
        self._versions = folder / VERSIONS
        self.records = Records(self._versions)
        self._sizes = Sizes()
        self._lock = WriterLock(folder / LOCK)
        self._last_current: Version | None = None
        """The version that was current at the last lookup."""
        self._marked: MarkedVersion | None = None

    def pointer(self) -> Pointer:
        """Return the pointer. Raises DamagedStoreError if it is missing, unreadable or older than the versions."""
        mark = self._store_folder.replaced()
        if mark is not None:
            self._require_same_store()
            # Accepted only after the versions agree: accepted before, another store would be taken for this one at the
            # next call.
            self._store_folder.accept(mark)
        pointer = read_pointer(self.folder)
        while self._is_old(pointer):
            # A write publishes its version between the two looks: only a pointer that stays the same is an old one.
            reread = read_pointer(self.folder)
            if reread == pointer:
                raise DamagedStoreError(
                    f"{self.folder / POINTER} says that {pointer.last} is the last version, and a later one is there: "
                    "it is an old pointer. `kg fsck --repair` chooses the newest whole version."
                )
            pointer = reread
        return pointer

    def current(self) -> Version:
        """Return the current version. Raises DamagedStoreError if its record or its files are missing."""
        marked = self._marked
        if marked is not None and marked.files.marks() == marked.marks:
            return marked.version
        pointer = self.pointer()
        for _ in range(MAX_LOOKUPS):
            files = MarkedFiles(self.folder, pointer)
            marks = files.marks()
            # Looked at before the record is read: what changes in between is seen as a difference later, and read
            # again.
            version = EMPTY if pointer.current == NOTHING else self._complete(pointer.current)
            if version is not None:
                self._last_current = version
                # Only what was accepted before the look and still is may count as seen by it.
                if marks is not None and pointer == Pointer(**json.loads(marks[0])) == self.pointer():
                    self._marked = MarkedVersion(version, files, marks)
                return version
            pointer = self.pointer()  # others may have written a version since, and pruned this one
        raise DamagedStoreError(
            f"{self.folder / POINTER} names version {pointer.current}, and its record or its files are missing in "
            f"{self._versions}. `kg fsck --repair` chooses the newest whole version."
        )

    def names(self) -> tuple[str, ...]:
        """Return the names of the acknowledged versions, oldest first; of an empty store, that of EMPTY."""
        # A reading of the folder, and none of the records.
        last, listing = self._checked_listing()
        # A version beyond the last is about to be published, and may still fail.
        names = (name for name in (listing.recorded | listing.pending) & listing.folders if int(name) <= last)
        return tuple(sorted(names, key=int)) or (EMPTY.name,)

    def kept(self) -> tuple[Version, ...]:
        """Return the acknowledged versions that are kept, oldest first; of an empty store, the empty version."""
        versions = []
        for name in self.names():
            with suppress(UnknownVersionError):  # it was pruned since the folder was listed
                versions.append(EMPTY if name == NOTHING else self.records.read(name))
        return tuple(versions)

    def version(self, name: str) -> Version:
        """Return a kept version. Raises UnknownVersionError if there is none of that name."""
        pointer = self.pointer()
        if name == pointer.current:
            return self.current()
        if is_version_name(name) and name != NOTHING and int(name) <= int(pointer.last):
            with suppress(UnknownVersionError):
                return self.records.read(name)
        raise UnknownVersionError(f"The store keeps no version {name!r}; the current one is {pointer.current}.")

    def path(self, name: str) -> Path:
        """Return the folder of a version's files."""
        return self._versions / name

    def pin(self, name: str) -> Pin | None:
        """Keep a version from being pruned for as long as the result lives. Raises UnknownVersionError if it is gone.

        Return None for the empty version, and on a file system without locks.
        """
        if name == NOTHING:
            return None
        with suppress(OSError):
            # A writer may rename the record from pending to its own name after the first look and before the second.
            recorded = self.records.path(name)
            version_pin = pin(recorded) or pin(self._versions / f"{name}{PENDING}") or pin(recorded)
            if version_pin is None:
                raise UnknownVersionError(f"The store keeps no version {name!r} any more.")
            return version_pin
        return None

    def workplace(self) -> Path:
        """Return a path beside the versions, never the same twice: an abandoned handle may outlive its folder."""
        self._versions.mkdir(exist_ok=True)
        return self._versions / f".work-{os.getpid()}-{time.monotonic_ns()}"

    def publish(self, work: Path, version: Version) -> Version:
        """Make the closed files at `work` the current version, under a new name."""
        # If it is interrupted at any step, the version before is the current one: the order of the steps sees to that.
        pointer = self.pointer()
        # After the last one, not the current one: after a rollback, names of later versions that still exist are not
        # reused.
        version = replace(version, name=version_name(int(pointer.last) + 1))
        for path in work.glob("LOG*"):
            path.unlink()  # the engine's log of its own work: 140 kB a version
        sync_tree(work)
        known = {} if pointer.current == NOTHING else self.records.files(pointer.current)
        # The last moment to find the lock lost: another writer would give the same name to a version of its own.
        self._lock.must_be_held()
        work.rename(self.path(version.name))
        self.records.write(version, digests(self.path(version.name), known))
        self.point(Pointer(version.name, version.name))
        self.records.acknowledge(version.name)
        return self.records.read(version.name)

    def point(self, pointer: Pointer) -> None:
        """Replace the pointer in one step, synced."""
        self._lock.must_be_held()
        write_pointer(self.folder, pointer)

    def prune(self, keep: int, max_removed: int | None = None) -> tuple[Version, ...]:
        """Remove all but the newest `keep` versions, the current one and those being read; return the removed.

        No more than the oldest `max_removed` are removed.
        """
        names, current = self.names(), self.pointer().current
        old = [name for name in names[: max(len(names) - keep, 0)] if name not in (current, NOTHING)]
        removed = tuple(version for name in old[:max_removed] if (version := self._withdraw(name)) is not None)
        if removed:
            # Withdrawn names reach the disk before a file goes: a loss of power leaves no version without files.
            sync(self._versions)
            self._remove_withdrawn()
        return removed

    def clean(self) -> None:
        """Remove the files of an interrupted write: a version in the making, and one that was never acknowledged.

        Raises DamagedStoreError, and removes nothing, if the pointer cannot be relied on.
        """
        last, listing = self._checked_listing()
        for name in listing.pending:
            # The pointer counts it, so only the last step of its publication is missing.
            if int(name) <= last:
                self.records.acknowledge(name)
        # Names count up by one and one writer works at a time, so there is only this one to look for.
        unacknowledged = version_name(last + 1)
        if unacknowledged in listing.pending | listing.folders:
            (self._versions / f"{unacknowledged}{PENDING}").unlink(missing_ok=True)
            self.discard(self.path(unacknowledged))
        for entry in listing.work:
            self.discard(self._versions / entry)
        for name in (DESCRIPTION, POINTER, BUILD):
            for path in self.folder.glob(f"{name}.*.new"):
                path.unlink(missing_ok=True)
        if listing.removed:
            self._remove_withdrawn()

    def discard(self, work: Path) -> None:
        """Remove a file or folder that is no version."""
        if work.is_dir():
            shutil.rmtree(work, ignore_errors=True)
        else:
            work.unlink(missing_ok=True)

    @contextmanager
    def lock(self, wait: float, *, damaged: bool = False) -> Iterator[None]:
        """Hold the writers' lock. Raises BusyError if another writer has not released it in `wait` seconds.

        A store whose pointer cannot be relied on is locked only for its repair, with `damaged`.
        """
        if not damaged:
            self.pointer()  # raises in a folder that is not the store's any more, before a lock's file is made there
        with self._lock.hold(wait):
            yield

    def size(self) -> int:
        """Return the bytes of all versions; the files that they share are counted once."""
        return self._sizes.total(self._versions, self.records.listing().folders)

    def damaged(self, name: str) -> list[str]:
        """Return the names of a version's files that are missing, added or changed since it was written."""
        written, present = self.records.files(name), digests(self.path(name), {})
        return sorted(file for file in written.keys() | present.keys() if written.get(file) != present.get(file))

    def _checked_listing(self) -> tuple[int, Listing]:
        """Return the number of the last version, and the listing. Raises DamagedStoreError if no version is there."""
        last, listing = int(self.pointer().last), self.records.listing()
        if last and not listing.folders:
            raise DamagedStoreError(f"{self._versions} holds no version, and {version_name(last)} was written there.")
        return last, listing

    def _complete(self, name: str) -> Version | None:
        """Return a version whose record and folder are there, None if one of them is missing."""
        with suppress(UnknownVersionError):
            version = self.records.read(name)
            return version if self.path(name).is_dir() else None
        return None

    def _is_old(self, pointer: Pointer) -> bool:
        """Tell whether a version was acknowledged after the last one that a pointer names."""
        if self.records.path(version_name(int(pointer.last) + 1)).exists():
            return True
        # The pointer of an empty store needs more than a look for version 000001, which may have been pruned.
        return pointer.last == NOTHING and bool(self.records.listing().recorded)

    def _require_same_store(self) -> None:
        """Raise DamagedStoreError if the store's folder was replaced by that of another store."""
        self.records.forget()
        self._sizes.forget()
        known = self._last_current
        if known is None or known.name == NOTHING:
            return
        with suppress(UnknownVersionError):
            if self.records.read(known.name).digest == known.digest:
                return
        raise DamagedStoreError(
            f"{self.folder} was replaced by another store, which does not hold version {known.name} as it was; restart."
        )

    def _withdraw(self, name: str) -> Version | None:
        """Take a version out of the store and return it; None if it is being read, or another prune has removed it."""
        try:
            version = self.records.read(name)
            with unpinned(self.records.path(name)) as is_unpinned:
                if is_unpinned:
                    self.records.withdraw(name)
                return version if is_unpinned else None
        except OSError as error:
            raise StoreError(f"Version {name} cannot be removed: {error}.") from error

    def _remove_withdrawn(self) -> None:
        for name in self.records.listing().removed:
            self.discard(self.path(name))
            (self._versions / f"{name}{REMOVED}").unlink(missing_ok=True)
