"""Versions that have the same facts: readers' collections alone, with their provenance, differ between them."""

from __future__ import annotations

from collections.abc import Iterator

from kg.datasets import GraphNames
from kg.errors import UnknownVersionError
from kg.store.interfaces import Store, Version


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
