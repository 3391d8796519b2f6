"""The triples in which a version differs from its base, in a file of the version, for data derived from versions.

The file is not needed to read a version. If it is missing or truncated, its users have more work.
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
"""The maximum versions between two whose changes are combined."""
MAX_CHANGES = 50_000
"""The maximum number of changed triples; beyond it, no file is written."""

Cells = tuple[str, str, str]
"""The terms of a triple in N-Triples."""


@dataclass(frozen=True)
class VersionChanges:
    """The triples added to and removed from the default graph of a version, compared with its base."""

    base: str
    base_digest: str
    added: frozenset[Cells]
    removed: frozenset[Cells]

    def after(self, earlier: Self) -> Self:
        """Return these changes combined with those of the base."""
        added = (earlier.added - self.removed) | (self.added - earlier.removed)
        removed = (earlier.removed - self.added) | (self.removed - earlier.added)
        return type(self)(earlier.base, earlier.base_digest, added, removed)


def write_changes(folder: Path, base: Version, added: Iterable[str], removed: Iterable[str]) -> None:
    """Write the changes of the version in a folder; the triples are N-Triples without the final full stop."""
    head = json.dumps([base.name, base.digest])
    lines = [head, *(f"+{triple}" for triple in sorted(added)), *(f"-{triple}" for triple in sorted(removed))]
    (folder / FILE).write_bytes(zlib.compress("\n".join(lines).encode(), 1))


def read_changes(folder: Path) -> VersionChanges | None:
    """Return the changes of the version in a folder, or None if they are not known."""
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
    """Return the changes from the version with a name and digest to `version`, in the store in a folder.

    Return None if they are unknown: `version` does not descend from the other, or versions in between were pruned.
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
    """Yield a version and its kept ancestors, newest first, as long as only collections were changed."""
    while True:
        yield version
        if not version.base or not all(map(names.is_beside_facts, version.changed)):
            return
        try:
            version = store.version(version.base)
        except UnknownVersionError:
            return
