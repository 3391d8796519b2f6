"""Helpers that split an iterable into batches of limited size, and that group pairs by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_Element = TypeVar("_Element")
_Key = TypeVar("_Key")


def in_batches(elements: Iterable[_Element], size: int) -> Iterator[list[_Element]]:
    """Yield lists of at most `size` elements, in order."""
    # `itertools.batched` is only available from Python 3.12.
    remaining = iter(elements)
    while batch := [*islice(remaining, size)]:
        yield batch


def grouped(pairs: Iterable[tuple[_Key, _Element]]) -> dict[_Key, list[_Element]]:
    """Return lists of the second elements of pairs by the first; the order of both is preserved."""
    groups: dict[_Key, list[_Element]] = {}
    for key, element in pairs:
        groups.setdefault(key, []).append(element)
    return groups
