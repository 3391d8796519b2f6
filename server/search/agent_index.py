"""People, organizations and groups by class, the most active first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from server.search.property_columns import Columns
from server.search.tsv_cells import iri

AGENT_CLASSES = ("Person", "Organization", "Group")


@dataclass(frozen=True, slots=True)
class AgentCounts:
    """An agent's IRI (as a TSV cell) with the number of its statements and events."""

    cell: str
    statements: int
    events: int

    @property
    def iri(self) -> str:
        """Return the agent's IRI."""
        return iri(self.cell)


AgentsByClass = Mapping[str, Sequence[AgentCounts]]
"""All agents in display order, by class."""


def read_agents(columns: Columns) -> AgentsByClass:
    """Return the agents of a version: the results of the query `people`."""
    statement_counts = Counter(chain.from_iterable(columns["source"].values()))
    event_counts = Counter(chain.from_iterable(columns["hasParticipant"].values()))

    def order(agent: AgentCounts) -> tuple[int, int, str]:
        return -agent.statements, -agent.events, agent.cell

    return {
        kind: sorted(
            (AgentCounts(agent, statement_counts[agent], event_counts[agent]) for agent in columns.members(kind)),
            key=order,
        )
        for kind in AGENT_CLASSES
    }
