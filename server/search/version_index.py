"""What pages look up in memory of a version: who is in it, what is said, when, and what joins them."""

from __future__ import annotations

import gc
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from kg.store.interfaces import Store, Version
from server.search.agent_index import Agents, read_agents
from server.search.disagreement_index import Issue, read_issues
from server.search.label_index import Labels, read_labels
from server.search.network import Wanted, Web
from server.search.network_builder import read_web
from server.search.property_columns import Columns
from server.search.statement_index import Statements, read_statements
from server.search.timeline import Chronicle, read_chronicle

PARTS = 8
"""Parts of the network that are kept."""
LONG = 1.0
"""Seconds of computing that reading a large index takes."""
SMALL_STEPS = (20_000, 5, 1_000_000_000)
"""The collector's thresholds while an index is read: what is young is looked at in small steps, the old not at all."""


@dataclass(frozen=True)
class Index:
    """An index of one version, and the seconds of computing that reading it took, whatever else the machine did."""

    version: Version
    statements: Statements
    chronicle: Chronicle
    web: Web
    agents: Agents
    issues: Sequence[Issue]
    labels: Labels
    took: float
    _parts: OrderedDict[Wanted, Web] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def parts(self) -> list[object]:
        """Return what it holds, for who lets go of it to do so a part at a time."""
        return [*vars(self.statements).values(), *vars(self.web).values(), *vars(self.chronicle).values(), self.labels]

    def part(self, wanted: Wanted) -> Web:
        """Return a part of the network; the last few that were asked for are kept."""
        with self._lock:
            if wanted not in self._parts:
                self._parts[wanted] = self.web.part(wanted)
            self._parts.move_to_end(wanted)
            while len(self._parts) > PARTS:
                self._parts.popitem(last=False)
            return self._parts[wanted]


def read_index(store: Store, version: Version) -> Index:
    """Return the index of a version; the store's errors where it cannot be read.

    What is read has no cycles, and is freed as soon as nobody refers to it. The collector is kept from walking
    millions of objects at a time, meanwhile and later, since that would hold every other thread up.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*SMALL_STEPS)
    try:
        index = _read(store, version)
        if index.took > LONG:
            gc.collect(1)
            gc.freeze()
    finally:
        gc.set_threshold(*usual)
    return index


def _read(store: Store, version: Version) -> Index:
    start, columns = time.thread_time(), Columns(store, version)
    said, when, joined = read_statements(columns), read_chronicle(columns), read_web(columns)
    agents, issues, labels = read_agents(columns), read_issues(columns), read_labels(columns)
    columns.forget()
    return Index(version, said, when, joined, agents, issues, labels, took=time.thread_time() - start)
