"""The nodes that can be reached in a graph, given a function that returns a node's neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

_Node = TypeVar("_Node")


def reachable(starts: Iterable[_Node], neighbours: Callable[[_Node], Iterable[_Node]]) -> set[_Node]:
    """Return the starts and everything that leads on from them; cycles come to an end."""
    reached = {*starts}
    waiting = [*reached]
    while waiting:
        further = {*neighbours(waiting.pop())} - reached
        reached |= further
        waiting += further
    return reached
