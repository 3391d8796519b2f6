"""The shortest paths between two nodes, searched from both ends, so that few of the other nodes are visited."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

Neighbours = Callable[[Collection[int]], set[int]]


def shortest_paths(
    start: int, goal: int, neighbours: Neighbours, in_order: Callable[[int], list[int]]
) -> Iterator[list[int]]:
    """Yield every shortest path, as its nodes from the start to the goal; none if there is no path.

    `in_order` returns the neighbours of a node in the order in which paths, read from the goal, prefer them.
    """
    steps = _steps_on_paths(start, goal, neighbours)

    def walk_back(here: int) -> Iterator[list[int]]:
        if not steps[here]:
            yield [here]
            return
        for there in in_order(here):
            if steps.get(there) == steps[here] - 1:
                yield from ([*path, here] for path in walk_back(there))

    return walk_back(goal) if goal in steps else iter(())


def _steps_on_paths(start: int, goal: int, neighbours: Neighbours) -> dict[int, int]:
    """Return the distances of nodes from the start: of all on shortest paths, and of some that are not.

    It is empty if there is no path.
    """
    levels = [[{start}], [{goal}]]
    seen = [{start}, {goal}]
    while not levels[0][-1] & levels[1][-1]:
        # From the end that has reached fewer nodes, since levels grow with each step.
        side = len(levels[0][-1]) > len(levels[1][-1])
        next_level = neighbours(levels[side][-1]) - seen[side]
        if not next_level:
            return {}
        levels[side].append(next_level)
        seen[side] |= next_level
    forth, back = levels
    steps = {node: step for step, level in enumerate(forth) for node in level}
    reached, step = forth[-1] & back[-1], len(forth) - 1
    for level in reversed(back[:-1]):
        reached, step = neighbours(reached) & level, step + 1
        steps.update(dict.fromkeys(reached, step))
    return steps
