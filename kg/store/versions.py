"""The folder of a store: immutable versions, and a pointer to the current one that is replaced in one step.

    FOLDER/store.json           what kind of store this is
    FOLDER/current              the pointer: {"current": NAME, "last": NAME}
    FOLDER/lock                 held by whoever writes
    FOLDER/versions/NAME/       a version, in the engine's files
    FOLDER/versions/NAME.json   when and why it was written, what it counts, and digests of its files
    FOLDER/versions/.work-*     a version in the making; after a crash, a leftover

What is synced, and when: a version's files and its record, then their folder, then the pointer's new content, then the
pointer's folder; last the record gets the name of an acknowledged one (see `records`). So the pointer never names what
a loss of power could take back, and what was never acknowledged is known by its name: the next writer removes that,
and nothing else. Where the pointer is missing, unreadable or older than the versions, nothing is read, written or
removed: DamagedStoreError says so, and `repair` mends it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from kg.errors import DamagedStoreError, StoreError, UnknownVersionError
from kg.files import sync
from kg.store.folder import DESCRIPTION, LOCK, VERSIONS, StoreFolder
from kg.store.interfaces import Version
from kg.store.locking import Pin, WriterLock, pin, unpinned
from kg.store.pointer import (
    NOTHING,
    POINTER,
    Pointer,
    is_version_name,
    read_pointer,
    version_name,
    write_pointer,
)
from kg.store.records import PENDING, REMOVED, Records
from kg.store.sizes import Sizes
from kg.store.version_files import digests, sync_tree

EMPTY = Version(NOTHING, "1970-01-01T00:00:00Z", "nothing yet")
"""The version of a store that nothing has been written to."""
_TRIES = 5
"""How often the current version is looked up while others write and prune."""


class Versions:
    """The versions in a folder. Reading never waits; what changes the folder is called with the lock held."""

    def __init__(self, folder: Path, keep: int = 0) -> None:
        self.folder = folder
        self.keep = keep
        """How many versions are left by each write; 0 for all."""
        self._place = StoreFolder(folder)
        self._versions = folder / VERSIONS
        self.records = Records(self._versions)
        self._sizes = Sizes()
        self._lock = WriterLock(folder / LOCK)
        self._known: Version | None = None
        """The version that was current when that was last asked."""

    def pointer(self) -> Pointer:
        """Return what is current, or raise DamagedStoreError for a pointer that is missing, unreadable or too old."""
        mark = self._place.replaced()
        if mark is not None:
            self._must_be_known()
            self._place.accept(mark)
        pointer = read_pointer(self.folder)
        while self._is_old(pointer):
            again = read_pointer(self.folder)
            if again == pointer:
                raise DamagedStoreError(
                    f"{self.folder / POINTER} says that {pointer.last} is the last version, and a later one is there: "
                    "it is an old pointer. `kg fsck --repair` chooses the newest whole version."
                )
            pointer = again
        return pointer

    def current(self) -> Version:
        """Return the current version, or raise DamagedStoreError where its record or its files are missing."""
        name = self.pointer().current
        for _ in range(_TRIES):
            found = EMPTY if name == NOTHING else self._complete(name)
            if found is not None:
                self._known = found
                return found
            name = self.pointer().current  # another may have been written meanwhile, and that one pruned
        raise DamagedStoreError(
            f"{self.folder / POINTER} names version {name}, and its record or its files are missing in "
            f"{self._versions}. `kg fsck --repair` chooses the newest whole version."
        )

    def names(self) -> tuple[str, ...]:
        """Return the names of the acknowledged versions that are kept, oldest first; of an empty store, the empty one.

        Costs a reading of the folder, and none of the records.
        """
        last, found = int(self.pointer().last), self.records.listing()
        if last and not found.folders:
            raise DamagedStoreError(f"{self._versions} holds no version, and {version_name(last)} was written there.")
        kept = (name for name in (found.recorded | found.pending) & found.folders if int(name) <= last)
        return tuple(sorted(kept, key=int)) or (EMPTY.name,)

    def kept(self) -> tuple[Version, ...]:
        """Return the acknowledged versions that are kept, oldest first; of an empty store, the empty version."""
        kept = []
        for name in self.names():
            with suppress(UnknownVersionError):  # it was pruned meanwhile
                kept.append(EMPTY if name == NOTHING else self.records.read(name))
        return tuple(kept)

    def version(self, name: str) -> Version:
        """Return a kept version, or raise UnknownVersionError."""
        pointer = self.pointer()
        if name == pointer.current:
            return self.current()
        if is_version_name(name) and name != NOTHING and int(name) <= int(pointer.last):
            with suppress(UnknownVersionError):
                return self.records.read(name)
        raise UnknownVersionError(f"The store keeps no version {name!r}; the current one is {pointer.current}.")

    def path(self, name: str) -> Path:
        """Return where a version's files lie."""
        return self._versions / name

    def pin(self, name: str) -> Pin | None:
        """Keep a version from being pruned for as long as the result lives, or raise UnknownVersionError."""
        if name == NOTHING:
            return None
        with suppress(OSError):  # a file system without locks
            held = pin(self.records.path(name)) or pin(self._versions / f"{name}{PENDING}")
            if held is None:
                raise UnknownVersionError(f"The store keeps no version {name!r} any more.")
            return held
        return None

    def workplace(self) -> Path:
        """Return a path beside the versions that nobody has used: an abandoned handle may outlive its folder."""
        self._versions.mkdir(exist_ok=True)
        return self._versions / f".work-{os.getpid()}-{time.monotonic_ns()}"

    def publish(self, work: Path, version: Version) -> Version:
        """Make the closed files at `work` the current version, under a new name; a crash leaves the one before."""
        pointer = self.pointer()
        version = replace(version, name=version_name(int(pointer.last) + 1))
        for path in work.glob("LOG*"):
            path.unlink()  # the engine's diary: 140 kB that nobody reads
        sync_tree(work)
        known = {} if pointer.current == NOTHING else self.records.files(pointer.current)
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

    def prune(self, keep: int, most: int | None = None) -> tuple[Version, ...]:
        """Remove all but the newest `keep` versions, the current one and those being read; return the removed.

        No more than the oldest `most` are removed.
        """
        names, current = self.names(), self.pointer().current
        old = [name for name in names[: max(len(names) - keep, 0)] if name not in (current, NOTHING)]
        removed = tuple(version for name in old[:most] if (version := self._withdraw(name)) is not None)
        if removed:
            sync(self._versions)
            self._remove_withdrawn()
        return removed

    def clean(self) -> None:
        """Remove what an interrupted writer has left: work in the making, and a version never acknowledged.

        DamagedStoreError, and nothing is removed, where the pointer cannot be relied on.
        """
        last, found = int(self.pointer().last), self.records.listing()
        if last and not found.folders:
            raise DamagedStoreError(f"{self._versions} holds no version, and {version_name(last)} was written there.")
        for name in found.pending:
            if int(name) <= last:
                self.records.acknowledge(name)
        unacknowledged = version_name(last + 1)
        if unacknowledged in found.pending | found.folders:
            (self._versions / f"{unacknowledged}{PENDING}").unlink(missing_ok=True)
            self.discard(self.path(unacknowledged))
        for entry in found.work:
            self.discard(self._versions / entry)
        for name in (DESCRIPTION, POINTER):
            for path in self.folder.glob(f"{name}.*.new"):
                path.unlink(missing_ok=True)
        if found.removed:
            self._remove_withdrawn()

    def discard(self, work: Path) -> None:
        """Remove a file or folder that is no version."""
        if work.is_dir():
            shutil.rmtree(work, ignore_errors=True)
        else:
            work.unlink(missing_ok=True)

    @contextmanager
    def lock(self, wait: float, *, damaged: bool = False) -> Iterator[None]:
        """Hold the writers' lock, or raise BusyError if another has not let it go in `wait` seconds.

        A store whose pointer cannot be relied on is locked to be repaired only.
        """
        if not damaged:
            self.pointer()  # so that no lock is made in a folder that is not the store's any more
        with self._lock.hold(wait):
            yield

    def size(self) -> int:
        """Return the bytes of all versions, what they share counted once."""
        return self._sizes.total(self._versions, self.records.listing().folders)

    def damaged(self, name: str) -> list[str]:
        """Return which of a version's files are missing, added or not what they were when it was written."""
        written, found = self.records.files(name), digests(self.path(name), {})
        return sorted(file for file in written.keys() | found.keys() if written.get(file) != found.get(file))

    def _complete(self, name: str) -> Version | None:
        """Return a version whose record and folder are there, None where one is missing."""
        with suppress(UnknownVersionError):
            version = self.records.read(name)
            return version if self.path(name).is_dir() else None
        return None

    def _is_old(self, pointer: Pointer) -> bool:
        """Tell whether a version was acknowledged after the last that a pointer knows of."""
        if self.records.path(version_name(int(pointer.last) + 1)).exists():
            return True
        return pointer.last == NOTHING and bool(self.records.listing().recorded)

    def _must_be_known(self) -> None:
        """Raise DamagedStoreError if files that took the place of the store's are not the same store's."""
        self.records.forget()
        self._sizes.forget()
        known = self._known
        if known is None or known.name == NOTHING:
            return
        with suppress(UnknownVersionError):
            if self.records.read(known.name).digest == known.digest:
                return
        raise DamagedStoreError(
            f"{self.folder} was replaced by another store, which does not hold version {known.name} as it was; restart."
        )

    def _withdraw(self, name: str) -> Version | None:
        """Make a version none any more and return it; None if it is being read, or a prune has just removed it."""
        try:
            version = self.records.read(name)
            with unpinned(self.records.path(name)) as free:
                if free:
                    self.records.withdraw(name)
                return version if free else None
        except OSError as error:
            raise StoreError(f"Version {name} cannot be removed: {error}.") from error

    def _remove_withdrawn(self) -> None:
        for name in self.records.listing().removed:
            self.discard(self.path(name))
            (self._versions / f"{name}{REMOVED}").unlink(missing_ok=True)
