"""People, organizations and groups by class, the most active first."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import chain

from server.search.index_database import Database, StoredList
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


SCHEMA = """
CREATE TABLE agent (class TEXT, rank INTEGER, cell TEXT, statements INTEGER, events INTEGER, PRIMARY KEY (class, rank))
WITHOUT ROWID;
"""


def open_agents(database: Database) -> AgentsByClass:
    """Return the agents of an index: the results of the query `people`."""
    return {kind: StoredList(database, "agent", AgentCounts, **{"class": kind}) for kind in AGENT_CLASSES}


def write_agents(database: sqlite3.Connection, columns: Columns) -> None:
    """Write the agents of a version into an index."""
    statement_counts = Counter(chain.from_iterable(columns["source"].values()))
    event_counts = Counter(chain.from_iterable(columns["hasParticipant"].values()))

    def order(agent: AgentCounts) -> tuple[int, int, str]:
        return -agent.statements, -agent.events, agent.cell

    for kind in AGENT_CLASSES:
        members = (AgentCounts(agent, statement_counts[agent], event_counts[agent]) for agent in columns.members(kind))
        records = ((kind, rank, *astuple(agent)) for rank, agent in enumerate(sorted(members, key=order)))
        database.executemany("INSERT INTO agent VALUES (?, ?, ?, ?, ?)", records)
