"""Backing up a store as a separate one, and restoring a backup as its newest version."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kg.durable_files import replace_synced, sync
from kg.errors import StoreError
from kg.store.engine_thread import translating
from kg.store.folder import DESCRIPTION, NOTHING, START, Pointer, version_name, write_pointer
from kg.store.interfaces import Version
from kg.store.versions import EMPTY, Versions


def back_up(versions: Versions, target: Path) -> Version:
    """Copy the current version into a new folder, as a separate store; writers need not stop."""
    if target.exists():
        raise StoreError(f"{target} already exists; a backup is made in a new folder.")
    with translating():
        target.parent.mkdir(parents=True, exist_ok=True)
        # Made under another name and renamed when complete, so that an interrupted backup is not taken for a store.
        unfinished = target.with_name(f".{target.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        try:
            version = _copy(versions, unfinished)
            unfinished.rename(target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        sync(target.parent)
    return version


def _copy(versions: Versions, folder: Path) -> Version:
    replace_synced(folder / DESCRIPTION, (versions.folder / DESCRIPTION).read_text("utf-8"))
    version = versions.current()
    if version is EMPTY:
        write_pointer(folder, START)
        return version
    # Publishing increments the last name, so this gives the copy the same name as the original version.
    write_pointer(folder, Pointer(NOTHING, version_name(int(version.name) - 1)))
    version_pin, copies = versions.pin(version.name), Versions(folder)
    work = copies.workplace()
    ox.Store.read_only(str(versions.path(version.name))).backup(work)
    del version_pin  # until here, it kept the version from being pruned
    copies.publish(work, version)
    return version


def restore(versions: Versions, source: Path, wait: float) -> Version:
    """Make a backup's current version the newest version. Raises StoreError if the backup is of another store."""
    # The description has the base: with another base, every graph would have another owner.
    if (source / DESCRIPTION).read_bytes() != (versions.folder / DESCRIPTION).read_bytes():
        raise StoreError(f"{source} is a backup of another kind of store, or of another corpus.")
    copies = Versions(source)
    version = copies.current()
    if damaged := copies.damaged(version.name):
        raise StoreError(f"The backup {source} is damaged: {', '.join(damaged)}.")
    with versions.lock(wait), translating():
        versions.clean()
        work = versions.workplace()
        ox.Store.read_only(str(copies.path(version.name))).backup(work)
        note = f"restored from a backup: {version.note}"
        # The backup's `base` and `changed` refer to another history, in which version names may mean something else.
        return versions.publish(work, replace(version, note=note, base="", changed=()))
