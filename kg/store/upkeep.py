"""Looking after a store: a backup of it, its return, and a look at whether it is whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.engine import call, translating
from kg.store.port import Version
from kg.store.transaction import Rules
from kg.store.union import UnitedStore
from kg.store.updating import counted
from kg.store.versions import EMPTY, Pointer, Versions, sync, write_synced


def back_up(versions: Versions, target: Path) -> Version:
    """Copy the current version into a folder that does not exist yet, as a store of its own; writers need not stop.

    What says that the folder holds a store is written last: a copy that was interrupted is none.
    """
    version = versions.current()
    if target.exists():
        raise StoreError(f"{target} is there already; a backup is made in a new folder.")
    with translating():
        target.mkdir(parents=True)
        if version is not EMPTY:
            copies = Versions(target)
            work = copies.workplace()
            ox.Store.read_only(str(versions.path(version.name))).backup(work)
            copies.point(Pointer(EMPTY.name, f"{int(version.name) - 1:06}"))
            copies.publish(work, version)
        write_synced(target / "store.json", (versions.folder / "store.json").read_text("utf-8"))
        sync(target.parent)
    return version


def bring_back(versions: Versions, source: Path, wait: float) -> Version:
    """Make a backup's current version the newest version here, or raise StoreError for a backup of another store."""
    if (source / "store.json").read_bytes() != (versions.folder / "store.json").read_bytes():
        raise StoreError(f"{source} is a backup of another kind of store, or of another corpus.")
    copies = Versions(source)
    version = copies.current()
    if damaged := copies.damaged(version.name):
        raise StoreError(f"The backup {source} is damaged: {', '.join(damaged)}.")
    with versions.lock(wait), translating():
        versions.clean()
        work = versions.workplace()
        ox.Store.read_only(str(copies.path(version.name))).backup(work)
        note = f"brought back from a backup: {version.note}"
        return versions.publish(work, replace(version, note=note, base="", changed=()))


def faults(versions: Versions, rules: Rules) -> list[str]:
    """Return what is wrong with the versions that are kept, a sentence each: files, counts, or the union."""
    found = []
    for version in versions.kept():
        if version is not EMPTY:
            damaged = [
                f"Version {version.name}: {name} is not what was written." for name in versions.damaged(version.name)
            ]
            found += damaged or _content_faults(versions, version, rules)
    return found


def _content_faults(versions: Versions, version: Version, rules: Rules) -> list[str]:
    with translating():
        store = ox.Store.read_only(str(versions.path(version.name)))
    counts = call(lambda: {name: counted(store, name) for name in _graphs(store)})
    found = [
        f"Version {version.name}: the graph {name} holds {counts.get(name, 0)} triples, and {count} were written."
        for name, count in {**dict.fromkeys(counts, 0), **version.counts}.items()
        if counts.get(name) != count
    ]
    if rules.united is not None and not _is_union(store, [name for name in counts if rules.united(name)]):
        found.append(f"Version {version.name}: the default graph is not the union of the graphs that it unites.")
    return found


def _graphs(store: ox.Store) -> list[str]:
    return [graph.value for graph in store.named_graphs()]


def _is_union(store: ox.Store, united: list[str]) -> bool:
    graphs = UnitedStore(store, None)
    union = set[ox.Triple]().union(*(graphs.held(ox.NamedNode(name)) for name in united))
    return union == graphs.held(ox.DefaultGraph())
