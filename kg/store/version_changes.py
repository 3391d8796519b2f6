"""The triples in which a version differs from its base: a file among its own, for what is derived from versions.

It is not needed to read a version. Lost, cut or missing, it costs those that use it more work.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kg.datasets import GraphNames
from kg.errors import UnknownVersionError
from kg.store.folder import VERSIONS
from kg.store.interfaces import Store, Version

FILE = "changes"
MAX_VERSIONS = 100
"""Versions between two whose changes are put together."""
MAX_CHANGES = 50_000
"""Triples beyond which a version is as good as another one, and no file is written."""

Cells = tuple[str, str, str]
"""The terms of a triple in N-Triples."""


@dataclass(frozen=True)
class VersionChanges:
    """What the default graph of a version has more and less than that of its base."""

    base: str
    base_digest: str
    added: frozenset[Cells]
    removed: frozenset[Cells]

    def after(self, earlier: Self) -> Self:
        """Return these changes together with those of the base."""
        added = (earlier.added - self.removed) | (self.added - earlier.removed)
        removed = (earlier.removed - self.added) | (self.removed - earlier.added)
        return type(self)(earlier.base, earlier.base_digest, added, removed)


def write_changes(folder: Path, base: Version, added: Iterable[str], removed: Iterable[str]) -> None:
    """Write the changes of the version in a folder; the triples are N-Triples without the full stop."""
    head = json.dumps([base.name, base.digest])
    lines = [head, *(f"+{triple}" for triple in sorted(added)), *(f"-{triple}" for triple in sorted(removed))]
    (folder / FILE).write_bytes(zlib.compress("\n".join(lines).encode(), 1))


def read_changes(folder: Path) -> VersionChanges | None:
    """Return the changes of the version in a folder, None if they are not known."""
    try:
        head, *lines = zlib.decompress((folder / FILE).read_bytes()).decode().split("\n")
        base, digest = json.loads(head)
        changes: dict[str, set[Cells]] = {"+": set(), "-": set()}
        for line in lines:
            subject, predicate, value = line[1:].split(" ", 2)
            changes[line[0]].add((subject, predicate, value))
    except (OSError, zlib.error, ValueError, KeyError):
        return None
    return VersionChanges(base, digest, frozenset(changes["+"]), frozenset(changes["-"]))


def changes_since(folder: Path, version: Version, name: str, digest: str) -> VersionChanges | None:
    """Return what has changed from the version of a name and digest to another one, in the store in a folder.

    None if that is not known: the one did not come from the other, or versions between them are no longer kept.
    """
    if (version.name, version.digest) == (name, digest):
        return VersionChanges(name, digest, frozenset(), frozenset())
    changes, last = None, version.name
    for _ in range(MAX_VERSIONS):
        own = read_changes(folder / VERSIONS / last)
        if own is None:
            return None
        changes, last = own if changes is None else changes.after(own), own.base
        if (own.base, own.base_digest) == (name, digest):
            return changes
    return None


def versions_of_same_facts(store: Store, names: GraphNames, version: Version) -> Iterator[Version]:
    """Yield a version, and the kept ones that it came from by changes of collections alone, the newest first."""
    while True:
        yield version
        if not version.base or not all(map(names.is_beside_facts, version.changed)):
            return
        try:
            version = store.version(version.base)
        except UnknownVersionError:
            return
