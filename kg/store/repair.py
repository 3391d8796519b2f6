"""The faults of a store's folder, and the repair of a pointer that is missing, unreadable or old."""

from __future__ import annotations

from kg.errors import DamagedStoreError, StoreError, UnknownVersionError
from kg.store.folder import LOCK, START, Pointer, write_pointer
from kg.store.interfaces import Version
from kg.store.records import Listing
from kg.store.versions import EMPTY, Versions


def pointer_fault(versions: Versions) -> str | None:
    """Return why the current version cannot be read, None if it can be."""
    try:
        versions.current()
    except StoreError as error:
        return str(error)
    return None


def whole_names(listing: Listing) -> list[str]:
    """Return the names of the versions that have a record and files, oldest first, whatever the pointer says."""
    return sorted((listing.recorded | listing.pending) & listing.folders, key=int)


def folder_faults(versions: Versions) -> list[str]:
    """Return a sentence for each version that lacks its record or its files; one in the making is no fault."""
    listing = versions.records.listing()
    without_files = listing.recorded - listing.folders
    known = listing.recorded | listing.pending | listing.removed
    last = max((int(name) for name in known), default=0)
    without_record = [name for name in listing.folders - known if int(name) <= last]
    return [
        *(f"Version {name}: its files are missing." for name in sorted(without_files, key=int)),
        *(f"Version {name}: its record is missing, so it cannot be read." for name in sorted(without_record, key=int)),
    ]


def repair_pointer(versions: Versions, wait: float) -> Version | None:
    """Point at the newest whole version, and return it, if the pointer cannot be relied on; otherwise return None.

    Versions are numbered in the order in which they were acknowledged, and one is whole if its files have the digests
    of its record. Whether a rollback had made an older one current is lost with the pointer. No version is removed,
    and no name is given a second time. Raises DamagedStoreError if no version is whole.
    """
    # Looked at first: locking makes the file, which tells that a writer has been here before.
    was_locked = (versions.folder / LOCK).exists()
    with versions.lock(wait, damaged=True):
        if pointer_fault(versions) is None:
            return None
        listing = versions.records.listing()
        name = next((name for name in reversed(whole_names(listing)) if _is_whole(versions, name)), None)
        if name is None:
            return _start(versions, listing, was_locked=was_locked)
        names = listing.recorded | listing.pending | listing.removed | listing.folders
        write_pointer(versions.folder, Pointer(name, max(names, key=int)))
        versions.clean()
        return versions.current()


def _start(versions: Versions, listing: Listing, *, was_locked: bool) -> Version:
    """Write the first pointer of a store without versions. Raises DamagedStoreError if it has had versions."""
    if was_locked or listing != Listing(*(frozenset[str]() for _ in range(5))):
        raise DamagedStoreError(
            f"No version in {versions.folder} is whole, so there is none to point at: move the folder "
            "away, and restore a backup with `kg restore`, or build it again."
        )
    write_pointer(versions.folder, START)
    return EMPTY


def _is_whole(versions: Versions, name: str) -> bool:
    try:
        return not versions.damaged(name)
    except (StoreError, UnknownVersionError, OSError):
        return False
