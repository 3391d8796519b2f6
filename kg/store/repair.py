"""What is wrong with a store's folder, and how a pointer that is missing, unreadable or old is put right."""

from __future__ import annotations

from kg.errors import DamagedStoreError, StoreError, UnknownVersionError
from kg.store.folder import LOCK
from kg.store.interfaces import Version
from kg.store.pointer import START, Pointer, write_pointer
from kg.store.records import Listing
from kg.store.versions import EMPTY, Versions


def pointer_fault(versions: Versions) -> str | None:
    """Say what keeps the current version from being read, None where nothing does."""
    try:
        versions.current()
    except StoreError as error:
        return str(error)
    return None


def whole_names(found: Listing) -> list[str]:
    """Return the names of the versions that have a record and files, oldest first, whatever the pointer says."""
    return sorted((found.recorded | found.pending) & found.folders, key=int)


def folder_faults(versions: Versions) -> list[str]:
    """Return which versions lack their record or their files, a sentence each; one in the making lacks nothing."""
    found = versions.records.listing()
    without_files = found.recorded - found.folders
    known = found.recorded | found.pending | found.removed
    last = max((int(name) for name in known), default=0)
    without_record = [name for name in found.folders - known if int(name) <= last]
    return [
        *(f"Version {name}: its files are missing." for name in sorted(without_files, key=int)),
        *(f"Version {name}: its record is missing, so it cannot be read." for name in sorted(without_record, key=int)),
    ]


def repair_pointer(versions: Versions, wait: float) -> Version | None:
    """Point at the newest whole version if the pointer cannot be relied on; None where it can, and nothing is done.

    The newest, since versions are numbered in the order in which they were acknowledged, and whole, since each of its
    files is as its record tells. Whether a rollback had made an older one current is lost with the pointer. No version
    is removed, and no name is given a second time. DamagedStoreError where no version is whole.
    """
    was_locked = (versions.folder / LOCK).exists()
    with versions.lock(wait, damaged=True):
        if pointer_fault(versions) is None:
            return None
        found = versions.records.listing()
        name = next((each for each in reversed(whole_names(found)) if _is_whole(versions, each)), None)
        if name is None:
            return _start(versions, found, was_locked=was_locked)
        names = found.recorded | found.pending | found.removed | found.folders
        write_pointer(versions.folder, Pointer(name, max(names, key=int)))
        versions.clean()
        return versions.current()


def _start(versions: Versions, found: Listing, *, was_locked: bool) -> Version:
    """Let a store begin that nobody has written to; one that somebody has is not made an empty one."""
    if was_locked or found != Listing(*(frozenset[str]() for _ in range(5))):
        raise DamagedStoreError(
            f"No version in {versions.folder} is whole, so there is none to point at: move the folder away, and bring "
            "a backup back with `kg restore`, or build it anew."
        )
    write_pointer(versions.folder, START)
    return EMPTY


def _is_whole(versions: Versions, name: str) -> bool:
    try:
        return not versions.damaged(name)
    except (StoreError, UnknownVersionError, OSError):
        return False
