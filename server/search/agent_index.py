"""Everybody who acts or speaks, by kind, those of whom there is most to tell first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from server.search.property_columns import Columns

KINDS = ("Person", "Organization", "Group")


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody: the IRI as a cell, how many statements they make, and in how many events they took part."""

    cell: str
    statements: int
    events: int


Agents = Mapping[str, Sequence[Agent]]
"""By kind, all of them in order."""


def read_agents(columns: Columns) -> Agents:
    """Return the agents of a version: what the query `people` finds."""
    said = Counter(chain.from_iterable(columns["source"].values()))
    took = Counter(chain.from_iterable(columns["hasParticipant"].values()))

    def order(agent: Agent) -> tuple[int, int, str]:
        return -agent.statements, -agent.events, agent.cell

    return {
        kind: sorted((Agent(each, said[each], took[each]) for each in columns.members(kind)), key=order)
        for kind in KINDS
    }
