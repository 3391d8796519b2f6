"""The folder of a store: immutable versions, and a pointer to the current one that is replaced atomically.

    FOLDER/store.json           what kind of store this is
    FOLDER/current              the pointer: {"current": NAME, "last": NAME}
    FOLDER/lock                 locked by the process that writes
    FOLDER/build.json           what `kg build` read last, so that it need not be read again; may be missing
    FOLDER/versions/NAME/       a version, in the engine's files, and what it has changed (see `version_changes`)
    FOLDER/versions/NAME.json   when and why it was written, its triple counts, and digests of its files
    FOLDER/versions/.work-*     a version in the making; after a crash, a leftover
    FOLDER/unfinished/          finished articles of a build that has not ended (see `kg.app.builds.finished_articles`)
    FOLDER/pages.index*         the search index of a server's pages (see `server.search.index_file`)

A version's files and its record are synced first, then their folder, then the pointer's new content, then the pointer's
folder; finally the record gets the name of an acknowledged one (see `version_records`). So the pointer never names a
version that a power failure could undo, and a version that was never acknowledged is recognised by its name: the next
writer removes it, and nothing else. If the pointer is missing, unreadable or older than the versions, nothing is read,
written or removed: DamagedStoreError is raised, and `repair` fixes it.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from kg.durable_files import FileMark, file_mark, sync
from kg.errors import DamagedStoreError, StoreError, UnknownVersionError
from kg.store.folder import (
    BUILD,
    DESCRIPTION,
    LOCK,
    NOTHING,
    POINTER,
    VERSIONS,
    FolderMarks,
    Pointer,
    description_required,
    folder_marks,
    is_version_name,
    read_pointer,
    version_name,
    write_pointer,
)
from kg.store.interfaces import Version
from kg.store.locking import Pin, WriterLock, pin, unpinned
from kg.store.version_files import digests, file_sizes, sync_tree
from kg.store.version_records import PENDING, REMOVED, Listing, Records

EMPTY = Version(NOTHING, "1970-01-01T00:00:00Z", "nothing yet")
"""The version of an empty store."""
MAX_MEASURED = 4096
"""Versions whose files' sizes are cached."""
MAX_LOOKUPS = 5
"""Attempts to look up the current version while others write and prune."""


class Versions:
    """The versions in a folder. Reading never waits; methods that change the folder need the lock held."""

    def __init__(self, folder: Path, keep: int = 0) -> None:
        self.folder, self._root = folder, os.fspath(folder)
        self.keep = keep
        """The number of versions that each write keeps; 0 for all."""
        self._description: tuple[FileMark, bytes] = (), b""
        """The mark and the content of the description when it was last checked."""
        self._versions = folder / VERSIONS
        self.records = Records(self._versions)
        # Cached, since a version never changes.
        self._file_sizes = lru_cache(MAX_MEASURED)(file_sizes)
        self._lock = WriterLock(folder / LOCK)
        self._last_current: Version | None = None
        """The version that was current at the last lookup."""
        self._marked: tuple[Pointer, FolderMarks, Version] | None = None
        """A version that was current, its pointer, and the marks of its files, taken before it was read."""

    def pointer(self) -> Pointer:
        """Return the pointer. Raises DamagedStoreError if it is missing, unreadable or older than the versions."""
        self._check_description()
        pointer = read_pointer(self.folder)
        while self._is_old(pointer):
            # A write may have published a version in between: only a pointer that does not change is outdated.
            reread = read_pointer(self.folder)
            if reread == pointer:
                raise DamagedStoreError(
                    f"{self.folder / POINTER} says that {pointer.last} is the last version, but a later one exists: "
                    "the pointer is out of date. `kg fsck --repair` chooses the newest whole version."
                )
            pointer = reread
        return pointer

    def current(self) -> Version:
        """Return the current version. Raises DamagedStoreError if its record or its files are missing."""
        marked = self._marked
        if marked is not None and folder_marks(self._root, marked[0]) == marked[1]:
            return marked[2]
        pointer = self.pointer()
        for _ in range(MAX_LOOKUPS):
            marks = folder_marks(self._root, pointer)
            # Taken before the record is read, so that a change in between shows up as a difference at the next look-up.
            version = EMPTY if pointer.current == NOTHING else self._complete(pointer.current)
            if version is not None:
                self._last_current = version
                # Valid only if the pointer was the same before the marks were taken and still is.
                if marks is not None and pointer == Pointer(**json.loads(marks[0])) == self.pointer():
                    self._marked = pointer, marks, version
                return version
            pointer = self.pointer()  # others may have written a version since and pruned this one
        raise DamagedStoreError(
            f"{self.folder / POINTER} names version {pointer.current}, and its record or its files are missing in "
            f"{self._versions}. `kg fsck --repair` chooses the newest whole version."
        )

    def names(self) -> tuple[str, ...]:
        """Return the names of the acknowledged versions, oldest first; for an empty store, that of EMPTY."""
        # This scans the folder, but reads no records.
        last, listing = self._checked_listing()
        # A version beyond the last is about to be published, and may still fail.
        names = (name for name in (listing.recorded | listing.pending) & listing.folders if int(name) <= last)
        return tuple(sorted(names, key=int)) or (EMPTY.name,)

    def kept(self) -> tuple[Version, ...]:
        """Return the acknowledged versions that are kept, oldest first; for an empty store, the empty version."""
        versions = []
        for name in self.names():
            with suppress(UnknownVersionError):  # it was pruned since the folder was listed
                versions.append(EMPTY if name == NOTHING else self.records.read(name))
        return tuple(versions)

    def version(self, name: str) -> Version:
        """Return a kept version. Raises UnknownVersionError if there is none with that name."""
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
            # A writer may rename the record from pending to its final name between the first attempt and the second.
            recorded = self.records.path(name)
            version_pin = pin(recorded) or pin(self._versions / f"{name}{PENDING}") or pin(recorded)
            if version_pin is None:
                raise UnknownVersionError(f"The store keeps no version {name!r} any more.")
            return version_pin
        return None

    def workplace(self) -> Path:
        """Return a unique path beside the versions: an abandoned handle may outlive its folder."""
        self._versions.mkdir(exist_ok=True)
        return self._versions / f".work-{os.getpid()}-{time.monotonic_ns()}"

    def publish(self, work: Path, version: Version) -> Version:
        """Make the closed files at `work` the current version, under a new name."""
        # The order of the steps ensures that an interruption at any point leaves the previous version current.
        pointer = self.pointer()
        # Numbered after the last one, not the current one: after a rollback, later versions may still exist.
        version = replace(version, name=version_name(int(pointer.last) + 1))
        for path in work.glob("LOG*"):
            path.unlink()  # the engine's informational log: 140 kB per version
        sync_tree(work)
        known = {} if pointer.current == NOTHING else self.records.files(pointer.current)
        # The last chance to notice that the lock is lost: another writer would give the same name to its own version.
        self._lock.must_be_held()
        work.rename(self.path(version.name))
        self.records.write(version, digests(self.path(version.name), known))
        self.point(Pointer(version.name, version.name))
        self.records.acknowledge(version.name)
        return self.records.read(version.name)

    def point(self, pointer: Pointer) -> None:
        """Replace the pointer atomically, and sync it."""
        self._lock.must_be_held()
        write_pointer(self.folder, pointer)

    def prune(self, keep: int, max_removed: int | None = None) -> tuple[Version, ...]:
        """Remove all versions but the newest `keep`, the current one and those being read; return the removed ones.

        At most the oldest `max_removed` are removed.
        """
        names, current = self.names(), self.pointer().current
        old = [name for name in names[: max(len(names) - keep, 0)] if name not in (current, NOTHING)]
        removed = tuple(version for name in old[:max_removed] if (version := self._withdraw(name)) is not None)
        if removed:
            # Synced before any file is removed, so that a power failure leaves no version without files.
            sync(self._versions)
            self._remove_withdrawn()
        return removed

    def clean(self) -> None:
        """Remove the files of an interrupted write: a version in the making, or one that was never acknowledged.

        Raises DamagedStoreError, without removing anything, if the pointer is unusable.
        """
        last, listing = self._checked_listing()
        for name in listing.pending:
            # The pointer covers it, so only the last step of its publication is missing.
            if int(name) <= last:
                self.records.acknowledge(name)
        # Names are consecutive and there is one writer at a time, so this is the only possible one.
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
        """Remove a file or folder that is not a version."""
        if work.is_dir():
            shutil.rmtree(work, ignore_errors=True)
        else:
            work.unlink(missing_ok=True)

    @contextmanager
    def lock(self, wait: float, *, damaged: bool = False) -> Iterator[None]:
        """Hold the writers' lock. Raises BusyError if another writer does not release it within `wait` seconds.

        A store whose pointer is unusable can only be locked for its repair, with `damaged`.
        """
        if not damaged:
            self.pointer()  # raises if the folder is no longer the store's, before a lock file is created there
        with self._lock.hold(wait):
            yield

    def size(self) -> int:
        """Return the total bytes of all versions; shared files are counted once."""
        sizes: dict[tuple[int, int], int] = {}
        # Only acknowledged ones, since another version may get the name of a withdrawn one.
        for name in self.records.listing().recorded:
            sizes |= self._file_sizes(self.path(name))
        return sum(sizes.values())

    def damaged(self, name: str) -> list[str]:
        """Return the names of a version's files that are missing, added or changed since it was written."""
        written, present = self.records.files(name), digests(self.path(name), {})
        return sorted(file for file in written.keys() | present.keys() if written.get(file) != present.get(file))

    def _checked_listing(self) -> tuple[int, Listing]:
        """Return the last version's number, and the listing. Raises DamagedStoreError if all versions are missing."""
        last, listing = int(self.pointer().last), self.records.listing()
        if last and not listing.folders:
            raise DamagedStoreError(f"{self._versions} holds no version, and {version_name(last)} was written there.")
        return last, listing

    def _complete(self, name: str) -> Version | None:
        """Return a version, or None if its record or its folder is missing."""
        with suppress(UnknownVersionError):
            version = self.records.read(name)
            return version if self.path(name).is_dir() else None
        return None

    def _is_old(self, pointer: Pointer) -> bool:
        """Return whether a version was acknowledged after the last one that a pointer names."""
        if self.records.path(version_name(int(pointer.last) + 1)).exists():
            return True
        # For the pointer of an empty store, looking for version 000001 is not enough: it may have been pruned.
        return pointer.last == NOTHING and bool(self.records.listing().recorded)

    def _check_description(self) -> None:
        """Raise DamagedStoreError if the folder no longer holds the store: it may be moved, unmounted or replaced."""
        path = self.folder / DESCRIPTION
        known_mark, known = self._description
        with description_required(path):
            mark = file_mark(path)
            if mark and mark == known_mark:
                return
            text = path.read_bytes()
        # A file with the same content may have been restored; only different content means another store.
        if known_mark and text != known:
            raise DamagedStoreError(
                f"{self.folder} holds a different store from the one that was opened there; restart."
            )
        self._require_same_store()
        # Only after the check: otherwise another store would be taken for this one at the next call.
        self._description = mark, text

    def _require_same_store(self) -> None:
        """Raise DamagedStoreError if the store's folder has been replaced by another store's."""
        self.records.forget()
        self._file_sizes.cache_clear()
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
        """Withdraw a version from the store and return it; None if it is being read or another prune has removed it."""
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
