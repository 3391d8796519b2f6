"""The in-memory index of one version: statements, timeline, network, agents, disagreements and searched texts."""

from __future__ import annotations

import gc
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from kg.store.interfaces import Store, Version
from server.search.agent_index import AgentsByClass, read_agents
from server.search.disagreement_index import Issue, read_issues
from server.search.network import Network, NetworkFilter
from server.search.network_builder import read_network
from server.search.property_columns import Columns
from server.search.statement_index import StatementIndex, read_statements
from server.search.text_search import TextSearch, read_text_search
from server.search.timeline import Timeline, read_timeline

MAX_CACHED_NETWORK_PARTS = 8
"""Filtered networks that are cached."""
LARGE_INDEX_SECONDS = 1.0
"""CPU seconds of a build from which on an index counts as large and is exempt from garbage collection."""
GC_THRESHOLDS = (20_000, 5, 1_000_000_000)
"""Garbage collector thresholds during a build: young objects in small steps, old objects never."""


@dataclass(frozen=True)
class Index:
    """The index of one version; `took` is the CPU time of its build in seconds."""

    version: Version
    statements: StatementIndex
    timeline: Timeline
    network: Network
    agents: AgentsByClass
    issues: Sequence[Issue]
    texts: TextSearch
    took: float
    _parts: OrderedDict[NetworkFilter, Network] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def detachable_parts(self) -> list[object]:
        """Return the parts of the index, so that they can be freed one by one."""
        return [
            *vars(self.statements).values(),
            *vars(self.network).values(),
            *vars(self.timeline).values(),
            *vars(self.texts).values(),
        ]

    def network_part(self, chosen: NetworkFilter) -> Network:
        """Return the filtered network; the most recently used ones are cached."""
        with self._lock:
            if chosen not in self._parts:
                self._parts[chosen] = self.network.part(chosen)
            self._parts.move_to_end(chosen)
            while len(self._parts) > MAX_CACHED_NETWORK_PARTS:
                self._parts.popitem(last=False)
            return self._parts[chosen]


def read_index(store: Store, version: Version) -> Index:
    """Return the index of a version. Raises the store's errors if it cannot be read.

    The index has no reference cycles, so reference counting frees it. The garbage collector must not walk its millions
    of objects, during the build or later, since that would stall every other thread.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        index = _read(store, version)
        if index.took > LARGE_INDEX_SECONDS:
            # Collect what is young, and take all that is left out of later collections.
            gc.collect(1)
            gc.freeze()
    finally:
        gc.set_threshold(*thresholds)
    return index


def _read(store: Store, version: Version) -> Index:
    start, columns = time.thread_time(), Columns(store, version)
    statements, timeline, network = read_statements(columns), read_timeline(columns), read_network(columns)
    agents, issues, texts = read_agents(columns), read_issues(columns), read_text_search(columns)
    columns.clear_gradually()
    return Index(version, statements, timeline, network, agents, issues, texts, time.thread_time() - start)
