"""People, organizations and groups by class, the most active first."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from server.search.index_database import Database, StoredList, ThingIds
from server.search.property_columns import Columns
from server.search.record_paths import CLASS, path
from server.search.tsv_cells import iri

AGENT_CLASSES = ("Person", "Organization", "Group")


@dataclass(frozen=True, slots=True)
class AgentCounts:
    """An agent's IRI (as a TSV cell) with the numbers of its statements and events."""

    cell: str
    statements: int
    events: int

    @property
    def iri(self) -> str:
        """Return the agent's IRI."""
        return iri(self.cell)


AgentsByClass = Mapping[str, StoredList[AgentCounts]]
"""All agents in display order, by class."""
PATHS = (*(path(f"{CLASS}{kind}") for kind in AGENT_CLASSES), path("^source"), path("^hasParticipant"))


def open_agents(database: Database) -> AgentsByClass:
    """Return the agents of an index: the results of the query `people`."""
    query = "SELECT cell, statements, events FROM agent WHERE class = :kind"
    order = "statements DESC, events DESC, cell"
    return {kind: StoredList(database, query, order, AgentCounts, kind=kind) for kind in AGENT_CLASSES}


def renew_agents(database: sqlite3.Connection, columns: Columns, _: ThingIds) -> None:
    """Rewrite an index's records of the agents that are due."""
    database.executemany("DELETE FROM agent WHERE cell = ?", ([thing] for thing in columns.due or ()))
    members = {kind: [*filter(columns.is_due, columns.members(kind))] for kind in AGENT_CLASSES}
    agents = {*chain.from_iterable(members.values())}
    statements, events = (columns.number_of_subjects(prop, agents) for prop in ("source", "hasParticipant"))
    for kind, cells in members.items():
        records = ((kind, agent, statements[agent], events[agent]) for agent in cells)
        database.executemany("INSERT INTO agent VALUES (?, ?, ?, ?)", records)
