"""The common base of stores whose requests run in other processes within limits, and are passed as data."""

from __future__ import annotations

import json
from abc import abstractmethod
from base64 import b64encode
from typing import Any

from kg.errors import FetchError, MemoryLimitError, SizeLimitError, TimeLimitError, WorkerError
from kg.formats import Format
from kg.sparql.service_clauses import Service
from kg.store import Answer, Query
from kg.workers.frames import from_query
from kg.workers.served_store import ServedStore


class LimitedStore(ServedStore):
    """A store whose requests are answered in other processes; each may end with a LimitError or a WorkerError."""

    @abstractmethod
    def ask(self, request: dict[str, Any]) -> Answer:
        """Answer a request given as a JSON object. Raises as `query`, `graph` and `dataset` do."""

    def query(self, query: Query) -> Answer:
        """Answer a query. Raises as the embedded store does, and LimitError and WorkerError."""
        return self.ask({"what": "query", "query": from_query(query)})

    def graph(self, name: str | None, format_: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None). Raises UnknownGraphError if there is none."""
        return self.ask({"what": "graph", "name": name, "format": format_.name, "version": version})

    def dataset(self, format_: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""
        return self.ask({"what": "dataset", "format": format_.name, "version": version})

    def services(self, text: str, base: str | None) -> tuple[str, tuple[Service, ...]]:
        """Have a worker find a query's SERVICE clauses: in this process, a long text would block other threads."""
        answer = self.ask({"what": "services", "text": text, "base": base})
        fields = json.loads(b"".join(answer.chunks))
        return fields["text"], tuple(Service(**service) for service in fields["services"])

    def table(self, endpoint: str, answer: bytes) -> str:
        """Return an endpoint's answer to a SERVICE as VALUES; a worker parses it, since it is not trusted.

        Raises FetchError if the worker that parses it exceeds its limits or dies.
        """
        encoded = b64encode(answer).decode("ascii")
        try:
            table = self.ask({"what": "table", "name": endpoint, "endpoint": endpoint, "answer": encoded})
            return b"".join(table.chunks).decode()
        except (TimeLimitError, MemoryLimitError, SizeLimitError, WorkerError) as error:
            raise FetchError(f"SERVICE <{endpoint}>: its answer could not be read: {error}") from error
