"""Verifying the versions of a store against their records, and repairing its pointer."""

from __future__ import annotations

import pyoxigraph as ox

from kg.errors import DamagedStoreError, StoreError, UnknownVersionError
from kg.store.engine_thread import call, translating
from kg.store.folder import LOCK, START, Pointer, write_pointer
from kg.store.interfaces import Version
from kg.store.transaction import GraphOwnership
from kg.store.union import UnionStore
from kg.store.update_run import count_triples
from kg.store.version_records import Listing
from kg.store.versions import EMPTY, Versions
from kg.terms import graph_names


def verify(versions: Versions, ownership: GraphOwnership) -> list[str]:
    """Return a sentence for each fault of a store: in its pointer, its folder, and the versions that it keeps."""
    fault = _pointer_fault(versions)
    faults = [*([fault] if fault else []), *_folder_faults(versions)]
    for name in _whole_names(versions.records.listing()):
        faults += _version_faults(versions, name, ownership)
    return faults


def _version_faults(versions: Versions, name: str, ownership: GraphOwnership) -> list[str]:
    try:
        damaged = versions.damaged(name)
        version = versions.records.read(name)
    except UnknownVersionError:  # it was pruned since the folder was listed
        return []
    except StoreError as error:
        return [str(error)]
    sentences = [f"Version {name}: {file} is not what was written." for file in damaged]
    return sentences or _content_faults(versions, version, ownership)


def _content_faults(versions: Versions, version: Version, ownership: GraphOwnership) -> list[str]:
    with translating():
        # Digests alone do not show whether the written content was right.
        store = ox.Store.read_only(str(versions.path(version.name)))
    counts = call(lambda: {name: count_triples(store, name) for name in graph_names(store)})
    faults = [
        f"Version {version.name}: the graph {name} holds {counts.get(name, 0)} triples, and {count} were written."
        for name, count in {**dict.fromkeys(counts, 0), **version.counts}.items()
        if counts.get(name) != count
    ]
    graphs = UnionStore(store, None)
    if ownership.in_default is None:
        return faults
    by_graph = (graphs.triples(ox.NamedNode(name)) for name in filter(ownership.in_default, counts))
    if set[ox.Triple]().union(*by_graph) != graphs.triples(ox.DefaultGraph()):
        faults.append(f"Version {version.name}: the default graph is not the union of the graphs that it unites.")
    return faults


def _pointer_fault(versions: Versions) -> str | None:
    """Return why the current version cannot be read, or None if it can."""
    try:
        versions.current()
    except StoreError as error:
        return str(error)
    return None


def _whole_names(listing: Listing) -> list[str]:
    """Return the names of the versions that have a record and files, oldest first, regardless of the pointer."""
    return sorted((listing.recorded | listing.pending) & listing.folders, key=int)


def _folder_faults(versions: Versions) -> list[str]:
    """Return a sentence for each version that lacks its record or its files, except one in the making."""
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
    """Point at the newest intact version and return it, if the pointer is unusable; otherwise return None.

    Versions are numbered in the order in which they were acknowledged, and one is intact if its files have the digests
    in its record. If a rollback had made an older one current, that information is lost with the pointer. No version
    is removed, and no name is used again. Raises DamagedStoreError if no version is intact.
    """
    # Checked first: locking creates the file, whose presence shows that there has been a writer before.
    was_locked = (versions.folder / LOCK).exists()
    with versions.lock(wait, damaged=True):
        if _pointer_fault(versions) is None:
            return None
        listing = versions.records.listing()
        name = next((name for name in reversed(_whole_names(listing)) if _is_whole(versions, name)), None)
        if name is None:
            return _start_anew(versions, listing, was_locked=was_locked)
        names = listing.recorded | listing.pending | listing.removed | listing.folders
        write_pointer(versions.folder, Pointer(name, max(names, key=int)))
        versions.clean()
        return versions.current()


def _start_anew(versions: Versions, listing: Listing, *, was_locked: bool) -> Version:
    """Write the first pointer of a store without versions. Raises DamagedStoreError if it has ever had versions."""
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
