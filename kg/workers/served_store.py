"""What a server asks of its store beyond what readers do: for whom a query is, its limits, and what runs now."""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from typing import Self

from kg.datasets import GraphNames
from kg.formats import Format
from kg.sparql.service_clauses import Service, find_services
from kg.store import Answer, Query, Store, Version
from kg.store.service_tables import table
from kg.workers.query_jobs import Client, PoolStats, Running
from kg.workers.query_limits import QueryLimits

# Callers that take the smaller of two limits need no case of their own for a store without any.
UNLIMITED = QueryLimits(time=math.inf, cpu=math.inf, rows=sys.maxsize, size=sys.maxsize, download=math.inf)


class ServedStore(ABC):
    """A store that a server answers from; see `kg.store.interfaces.Store`. Its versions are read in this process."""

    def __init__(self, records: Store, limits: QueryLimits = UNLIMITED) -> None:
        self._records, self.limits = records, limits

    @abstractmethod
    def on_behalf(self, client: Client) -> ServedStore:
        """Return the same store, asked by somebody who may leave, or who gives it less time."""

    @abstractmethod
    def query(self, query: Query) -> Answer:
        """Answer a query; its errors are the embedded store's, and LimitError and WorkerError."""

    @abstractmethod
    def graph(self, name: str | None, format_: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None), or raise UnknownGraphError."""

    @abstractmethod
    def dataset(self, format_: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""

    def graph_names(self) -> GraphNames | None:
        """Return the names of the graphs, None for a plain store."""
        return self._records.graph_names()

    def engine_name(self) -> str:
        """Return what the table of engines calls the engine of others that answers; empty for one of ours."""
        return self._records.engine_name()

    def current(self) -> Version:
        """Return the version that readers see now."""
        return self._records.current()

    def versions(self) -> tuple[Version, ...]:
        """Return the versions that are kept, oldest first."""
        return self._records.versions()

    def names(self) -> tuple[str, ...]:
        """Return the names of the versions that are kept, oldest first; no record is read."""
        return self._records.names()

    def version(self, name: str | None = None) -> Version:
        """Return a kept version, the current one without a name, or raise UnknownVersionError."""
        return self._records.version(name)

    def size(self) -> int | None:
        """Return the bytes of the store's files, None if another engine has them."""
        return self._records.size()

    def services(self, text: str, base: str | None) -> tuple[str, tuple[Service, ...]]:
        """Return what `kg.sparql.service_clauses.find_services` finds in a query."""
        return find_services(text, base)

    def table(self, endpoint: str, answer: bytes) -> str:
        """Return what an endpoint has answered a SERVICE with as VALUES, see `kg.store.service_tables.table`."""
        return table(endpoint, answer)

    def running(self) -> tuple[Running, ...]:
        """Return the requests under way that can be stopped, oldest first."""
        return ()

    def stop(self, number: int) -> bool:  # noqa: ARG002 -- for stores whose requests have numbers
        """End a request under way; False if there is none of that number."""
        return False

    def failure(self) -> str | None:
        """Return why no query will be answered any more, or None."""
        return None

    def stats(self) -> PoolStats | None:
        """Return the figures of the pool of workers, None without workers."""
        return None


class UnlimitedStore(ServedStore):
    """A store whose queries run in this process, always to their end."""

    def on_behalf(self, client: Client) -> Self:  # noqa: ARG002 -- nothing ends a query
        """Return this store."""
        return self

    def query(self, query: Query) -> Answer:
        """Answer a query; the errors are those of the store itself."""
        return self._records.query(query)

    def graph(self, name: str | None, format_: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None), or raise UnknownGraphError."""
        return self._records.graph(name, format_, version)

    def dataset(self, format_: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""
        return self._records.dataset(format_, version)
