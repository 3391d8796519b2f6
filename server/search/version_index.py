"""The index of one version: statements, timeline, network, agents, disagreements and searched texts, in a database."""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from kg.store.interfaces import Version
from kg.workers import ServedStore
from server.search.agent_index import SCHEMA as AGENT_SCHEMA
from server.search.agent_index import AgentsByClass, open_agents, write_agents
from server.search.disagreement_index import SCHEMA as ISSUE_SCHEMA
from server.search.disagreement_index import Issue, open_issues, write_issues
from server.search.index_database import Database
from server.search.network_tables import SCHEMA as NETWORK_SCHEMA
from server.search.network_tables import StoredNetwork, write_network
from server.search.property_columns import Columns
from server.search.statement_index import SCHEMA as STATEMENT_SCHEMA
from server.search.statement_index import StatementIndex, write_statements
from server.search.text_search import SCHEMA as TEXT_SCHEMA
from server.search.text_search import TextSearch, write_text_search
from server.search.timeline_tables import SCHEMA as TIMELINE_SCHEMA
from server.search.timeline_tables import Timeline, write_timeline

GC_THRESHOLDS = (20_000, 5, 1_000_000_000)
"""Garbage collector thresholds during a build: young objects in small steps, old objects never."""
SCHEMAS = (STATEMENT_SCHEMA, TIMELINE_SCHEMA, NETWORK_SCHEMA, AGENT_SCHEMA, ISSUE_SCHEMA, TEXT_SCHEMA)


@dataclass(frozen=True)
class Index:
    """The index of one version; `took` is the CPU time of its build in seconds."""

    version: Version
    statements: StatementIndex
    agents: AgentsByClass
    issues: Sequence[Issue]
    texts: TextSearch
    timeline: Timeline
    network: StoredNetwork
    took: float


def read_index(store: ServedStore, version: Version) -> Index:
    """Return the index of a version, in memory. Raises the store's errors if it cannot be read."""
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    took = write_index(connection, store, version)
    return open_index(Database([connection]), version, took)


def open_index(database: Database, version: Version, took: float) -> Index:
    """Return the index of a version that a database holds."""
    return Index(
        version,
        StatementIndex(database),
        open_agents(database),
        open_issues(database),
        TextSearch(database),
        Timeline(database),
        StoredNetwork(database),
        took,
    )


def write_index(database: sqlite3.Connection, store: ServedStore, version: Version) -> float:
    """Write the index of a version into an empty database, and return the CPU seconds that it took.

    Raises the store's errors if it cannot be read, and sqlite3.Error if it cannot be written.
    """
    thresholds = gc.get_threshold()
    # The columns have no reference cycles: a collection would walk millions of objects, and stall every other thread.
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        return _write(database, store, version)
    finally:
        gc.set_threshold(*thresholds)


def _write(database: sqlite3.Connection, store: ServedStore, version: Version) -> float:
    start, columns = time.thread_time(), Columns(store, version)
    for schema in SCHEMAS:
        database.executescript(schema)
    database.execute("BEGIN")
    for write in (write_statements, write_timeline, write_network, write_agents, write_issues, write_text_search):
        write(database, columns)
    database.execute("COMMIT")
    columns.clear_gradually()
    return time.thread_time() - start
