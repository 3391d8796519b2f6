"""Tells versions that differ in facts from those that differ in readers' notes alone, which no page mentions."""

from __future__ import annotations

from kg.datasets import GraphNames
from kg.store import versions_of_same_facts
from kg.store.interfaces import Version
from server.site import site


def differs_in_facts(version: Version) -> bool:
    """Tell whether the current version has other facts than this one, rather than other notes of readers alone."""
    store = site().store
    same = versions_of_same_facts(store, GraphNames(site().base), store.current())
    return all(other.name != version.name for other in same)
