"""The shortest paths between two nodes, searched from both ends, so that few of the other nodes are visited."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

Neighbours = Callable[[Collection[int]], set[int]]
Joined = Callable[[Collection[int], Collection[int]], Mapping[int, list[int]]]
"""Returns, for each of some nodes, its neighbours among others, in the order in which paths prefer them."""


def shortest_paths(start: int, goal: int, neighbours: Neighbours, joined: Joined) -> Iterator[list[int]]:
    """Yield every shortest path, as its nodes from the start to the goal; none if there is no path.

    The order of the paths is that of `joined`, read from the goal.
    """
    steps = _steps_on_paths(start, goal, neighbours)
    before: dict[int, list[int]] = {start: []}
    level = [goal]
    # A call for each level, since there may be thousands of nodes on shortest paths.
    for step in range(steps.get(goal, 0) - 1, -1, -1):
        before.update(joined(level, [node for node, distance in steps.items() if distance == step]))
        level = [*{there for here in level for there in before[here]}]

    def walk_back(here: int) -> Iterator[list[int]]:
        if here == start:
            yield [here]
        for there in before[here]:
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
