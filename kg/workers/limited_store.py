"""What stores have in common whose requests run elsewhere within limits: requests as data, records read here."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from base64 import b64encode
from typing import Any

from kg.datasets import GraphNames
from kg.errors import FetchError, MemoryLimitError, SizeLimitError, TimeLimitError, WorkerError
from kg.formats import Format
from kg.sparql.service_clauses import Service
from kg.store import Answer, Query, Store, Version
from kg.workers.frames import from_query
from kg.workers.query_jobs import Client
from kg.workers.query_limits import QueryLimits


class LimitedStore(ABC):
    """A store whose requests are answered in other processes; see `kg.store.interfaces.Store`, and LimitError."""

    def __init__(self, records: Store) -> None:
        self._records = records

    @property
    @abstractmethod
    def limits(self) -> QueryLimits:
        """Return the limits that requests run within."""

    @abstractmethod
    def on_behalf(self, client: Client) -> LimitedStore:
        """Return the same store, asked by somebody who may leave, or who gives it less time."""

    @abstractmethod
    def ask(self, request: dict[str, Any]) -> Answer:
        """Answer a request that is given as JSON holds it; its errors are those of `query`, `graph` and `dataset`."""

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

    def query(self, query: Query) -> Answer:
        """Answer a query; its errors are the embedded store's, and LimitError and WorkerError."""
        return self.ask({"what": "query", "query": from_query(query)})

    def graph(self, name: str | None, row: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None), or raise UnknownGraphError."""
        return self.ask({"what": "graph", "name": name, "format": row.name, "version": version})

    def dataset(self, row: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""
        return self.ask({"what": "dataset", "format": row.name, "version": version})

    def services(self, text: str, base: str | None) -> tuple[str, tuple[Service, ...]]:
        """Return what `kg.sparql.service_clauses.find_services` finds in a query; a worker reads its tokens."""
        answer = self.ask({"what": "services", "text": text, "base": base})
        fields = json.loads(b"".join(answer.chunks))
        return fields["text"], tuple(Service(**service) for service in fields["services"])

    def table(self, endpoint: str, answer: bytes) -> str:
        """Return what an endpoint has answered a SERVICE with as VALUES, see `kg.sparql.service_clauses.table`.

        Raises FetchError where the worker that reads it comes to its limits, or to its end.
        """
        encoded = b64encode(answer).decode("ascii")
        try:
            table = self.ask({"what": "table", "name": endpoint, "endpoint": endpoint, "answer": encoded})
            return b"".join(table.chunks).decode()
        except (TimeLimitError, MemoryLimitError, SizeLimitError, WorkerError) as error:
            raise FetchError(f"SERVICE <{endpoint}>: its answer could not be read: {error}") from error
