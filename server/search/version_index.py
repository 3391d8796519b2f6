"""The index of one version: statements, timeline, network, agents, disagreements and searched texts, in a database."""

from __future__ import annotations

import gc
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kg.store import VersionChanges
from kg.store.interfaces import Version
from kg.workers.served_store import ServedStore
from server.search.agent_index import PATHS as AGENT_PATHS
from server.search.agent_index import AgentsByClass, open_agents, renew_agents
from server.search.changed_things import (
    ColumnsAround,
    UntraceableChangeError,
    changed_things,
    number_by_side,
    require_few,
)
from server.search.disagreement_index import PATHS as ISSUE_PATHS
from server.search.disagreement_index import DisputedTopics, renew_disputed_topics
from server.search.index_database import Database, ThingIds
from server.search.network import PATHS as NETWORK_PATHS
from server.search.network import assign_side_letters
from server.search.network_tables import StoredNetwork, renew_network
from server.search.property_columns import Columns, property_iri
from server.search.statement_facets import SUPPORT
from server.search.statement_index import PATHS as STATEMENT_PATHS
from server.search.statement_index import StatementIndex, displaced_statements, renew_statements, renew_support
from server.search.text_paragraphs import PATHS as ARTICLE_TEXT_PATHS
from server.search.text_paragraphs import ArticleTexts, renew_article_texts, require_at_hand
from server.search.text_search import PATHS as TEXT_PATHS
from server.search.text_search import TextSearch, renew_text_search
from server.search.timeline_tables import PATHS as TIMELINE_PATHS
from server.search.timeline_tables import Timeline, renew_timeline
from server.search.tsv_cells import is_iri

# During a build young objects are collected in small steps, and old ones never.
GC_THRESHOLDS = (20_000, 5, 1_000_000_000)
SCHEMA = Path(__file__).with_name("index.sql").read_text("utf-8")
PATHS = {
    *(*STATEMENT_PATHS, *TIMELINE_PATHS, *NETWORK_PATHS, *AGENT_PATHS),
    *(*ISSUE_PATHS, *TEXT_PATHS, *ARTICLE_TEXT_PATHS),
}
"""The paths that a thing's records are read from, except for the support of statements."""
RENEWALS = (renew_statements, renew_timeline, renew_network, renew_agents, renew_disputed_topics, renew_text_search)
Texts = Mapping[str, str]
"""The texts at hand, which pages may show, by digest."""
NO_TEXTS: Texts = MappingProxyType({})


@dataclass(frozen=True)
class Index:
    """The index of one version; `took` is the CPU time of its build in seconds."""

    version: Version
    statements: StatementIndex
    agents: AgentsByClass
    disputed_topics: DisputedTopics
    texts: TextSearch
    article_texts: ArticleTexts
    timeline: Timeline
    network: StoredNetwork
    took: float


def read_index(store: ServedStore, version: Version, texts: Texts = NO_TEXTS) -> Index:
    """Return the index of a version, in memory. Raises the store's errors if it cannot be read."""
    # Any thread may use it, since `Database` lends it to one at a time.
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    took = write_index(connection, store, version, texts)
    return open_index(Database([connection]), version, took)


def open_index(database: Database, version: Version, took: float) -> Index:
    """Return the index of a version that a database holds."""
    return Index(
        version,
        StatementIndex(database),
        open_agents(database),
        DisputedTopics(database),
        TextSearch(database),
        ArticleTexts(database),
        Timeline(database),
        StoredNetwork(database),
        took,
    )


def write_index(database: sqlite3.Connection, store: ServedStore, version: Version, texts: Texts = NO_TEXTS) -> float:
    """Write the index of a version into an empty database, and return the CPU seconds that it took.

    Raises the store's errors if the version cannot be read, and sqlite3.Error if the index cannot be written.
    """
    start = time.thread_time()
    database.executescript(SCHEMA)
    columns = Columns(store, version)
    _renew(database, columns, columns, texts)
    return time.thread_time() - start


def update_index(
    database: sqlite3.Connection,
    store: ServedStore,
    version: Version,
    changes: VersionChanges,
    texts: Texts = NO_TEXTS,
) -> float:
    """Turn the index of one version into that of another, which differs from it by these changes.

    It then has the same records as an index built from nothing, under other numbers. Returns the CPU seconds it took.
    Raises UntraceableChangeError if it cannot be determined what the changes affect, and the errors of `write_index`.
    """
    start = time.thread_time()
    require_at_hand(database, texts)
    sides = _number_by_side(database, store, version, changes)
    things = database.execute("SELECT count(*) FROM thing").fetchone()[0]
    columns, of_support = (
        ColumnsAround(store, version, require_few(changed_things(store, version, changes, paths), things), paths, sides)
        for paths in (PATHS, SUPPORT.values.paths)
    )
    if displaced := displaced_statements(database, columns):
        columns.add(displaced)
    _renew(database, columns, of_support, texts)
    return time.thread_time() - start


def _number_by_side(
    database: sqlite3.Connection, store: ServedStore, version: Version, changes: VersionChanges
) -> Counter[str]:
    """Return how many participations are on each side. Raises UntraceableChangeError if the main sides change."""
    before: Counter[str] = Counter(dict(database.execute("SELECT * FROM side")))
    side = f"<{property_iri('side')}>"
    if all(triple[1] != side for triple in changes.added | changes.removed):
        return before
    after = number_by_side(store, version)
    letters = [
        assign_side_letters({cell: number for cell, number in sides.items() if is_iri(cell)})
        for sides in (before, after)
    ]
    if before.keys() != after.keys() or letters[0] != letters[1]:
        raise UntraceableChangeError("There are other sides than before, or others that most are on.")
    return after


def _renew(database: sqlite3.Connection, columns: Columns, of_support: Columns, texts: Texts) -> None:
    thresholds = gc.get_threshold()
    # The columns have no reference cycles: a collection would visit millions of objects, and stall every other thread.
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        # A single transaction: otherwise the connection commits each statement on its own.
        database.execute("BEGIN")
        things = ThingIds(database)
        for renew in RENEWALS:
            renew(database, columns, things)
        renew_support(database, of_support, things)
        renew_article_texts(database, columns, things, texts)
        database.execute("COMMIT")
        columns.clear_gradually()
    finally:
        gc.set_threshold(*thresholds)
