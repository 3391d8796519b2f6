"""The interface of a server's store, beyond that for readers: clients, limits, and running requests."""

from __future__ import annotations

import math
import sys
from copy import copy
from typing import Self

from kg.datasets import GraphNames
from kg.formats import Format
from kg.sparql.service_clauses import Service, find_services
from kg.store import Answer, Query, QueryForm, Store, Version
from kg.store.service_tables import table
from kg.workers.query_jobs import LOCAL_CLIENT, Client, PoolStats, Running
from kg.workers.query_limits import QueryLimits

# So that callers that take the smaller of two limits need no special case for a store without limits.
UNLIMITED = QueryLimits(time=math.inf, cpu=math.inf, rows=sys.maxsize, size=sys.maxsize, download=math.inf)


class ServedStore:
    """A store that a server answers from; see `kg.store.interfaces.Store`. Its versions are read in this process.

    Its queries run in this process too, and without limits, unless a subclass has them answered elsewhere.
    """

    def __init__(self, records: Store, limits: QueryLimits = UNLIMITED) -> None:
        self._records, self.limits, self.client = records, limits, LOCAL_CLIENT

    def on_behalf(self, client: Client) -> Self:
        """Return the same store for requests of a client, which may disconnect or have a timeout."""
        store = copy(self)
        store.client = client
        return store

    def query(self, query: Query) -> Answer:
        """Answer a query. Raises as the store itself does, and with limits LimitError and WorkerError."""
        return self._records.query(query)

    def answer_at_once(self, query: Query, form: QueryForm) -> Answer | None:  # noqa: ARG002 -- for stores that can
        """Return the short answer to an immediate query; None if it has to be given by `query`."""
        return None

    def graph(self, name: str | None, format_: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None), or raise UnknownGraphError."""
        return self._records.graph(name, format_, version)

    def dataset(self, format_: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""
        return self._records.dataset(format_, version)

    def graph_names(self) -> GraphNames | None:
        """Return the names of the graphs, None for a plain store."""
        return self._records.graph_names()

    def engine_name(self) -> str:
        """Return the name of an external engine in the table of engines; empty for our own."""
        return self._records.engine_name()

    def current(self) -> Version:
        """Return the version that readers see now."""
        return self._records.current()

    def versions(self) -> tuple[Version, ...]:
        """Return the versions that are kept, oldest first."""
        return self._records.versions()

    def names(self) -> tuple[str, ...]:
        """Return the names of the versions that are kept, oldest first, without reading their records."""
        return self._records.names()

    def version(self, name: str | None = None) -> Version:
        """Return a kept version, by default the current one. Raises UnknownVersionError if there is none."""
        return self._records.version(name)

    def size(self) -> int | None:
        """Return the total size of the store's files in bytes, None if an external engine has them."""
        return self._records.size()

    def services(self, text: str, base: str | None) -> tuple[str, tuple[Service, ...]]:
        """Return the SERVICE clauses of a query, see `kg.sparql.service_clauses.find_services`."""
        return find_services(text, base)

    def table(self, endpoint: str, answer: bytes) -> str:
        """Return an endpoint's answer to a SERVICE as VALUES, see `kg.store.service_tables.table`."""
        return table(endpoint, answer)

    def running(self) -> tuple[Running, ...]:
        """Return the running and waiting requests that can be stopped, oldest first."""
        return ()

    def stop(self, number: int) -> bool:  # noqa: ARG002 -- for stores whose requests have numbers
        """Stop a request; return False if there is none with that number."""
        return False

    def failure(self) -> str | None:
        """Return why no more queries can be answered, or None if they can."""
        return None

    def stats(self) -> PoolStats | None:
        """Return the statistics of the pool of workers, or None without workers."""
        return None


class UnlimitedStore(ServedStore):
    """A store whose queries run in this process, without limits."""
