"""Things in batches of a limited size, such as those that one query asks about, and grouped by their keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_Element = TypeVar("_Element")
_Key = TypeVar("_Key")


def in_batches(elements: Iterable[_Element], size: int) -> Iterator[list[_Element]]:
    """Yield lists of at most `size` elements, in their order."""
    # Python has this as `itertools.batched` only since 3.12.
    remaining = iter(elements)
    while batch := [*islice(remaining, size)]:
        yield batch


def grouped(pairs: Iterable[tuple[_Key, _Element]]) -> dict[_Key, list[_Element]]:
    """Return the second of each pair by the first, both in their order."""
    groups: dict[_Key, list[_Element]] = {}
    for key, element in pairs:
        groups.setdefault(key, []).append(element)
    return groups
