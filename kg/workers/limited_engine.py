"""Another engine as a store with limits: what it answers is counted here, since it runs where nothing of ours does.

Limits of processor and memory are the engine's own. A request waits for no worker: threads of the server ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from kg.engines import RemoteStore
from kg.formats import Format
from kg.sparql.service_clauses import Service, find_services
from kg.store import Answer
from kg.store.service_tables import table
from kg.workers.frames import to_format, to_query
from kg.workers.limited_store import LimitedStore
from kg.workers.query_jobs import LOCAL_CLIENT, Client
from kg.workers.query_limits import QueryLimits
from kg.workers.row_counter import RowCounter, require_within


class LimitedEngine(LimitedStore):
    """A remote store whose answers have limits of time, rows and bytes."""

    def __init__(self, engine: RemoteStore, limits: QueryLimits, client: Client = LOCAL_CLIENT) -> None:
        super().__init__(engine)
        self._engine, self._limits, self._client = engine, limits, client

    @property
    def limits(self) -> QueryLimits:
        """Return the limits that requests run within."""
        return self._limits

    def on_behalf(self, client: Client) -> LimitedEngine:
        """Return the same store, asked by somebody who may leave, or who gives it less time."""
        return LimitedEngine(self._engine, self._limits, client)

    def ask(self, request: dict[str, Any]) -> Answer:
        """Have the engine answer; rows and bytes of an answer to a query are limited, of a download the time alone."""
        match request["what"]:
            case "query":
                answer = self._within(self._limits.time).query(to_query(request["query"]))
                counted = self._counted(answer.chunks, answer.format)
                # The first before anything is sent, so that what it comes to is an error and no answer that breaks off.
                return replace(answer, chunks=chain((next(counted, b""),), counted))
            case "graph":
                engine = self._within(self._limits.download)
                return engine.graph(request["name"], to_format(request["format"]), request["version"])
            case _:
                return self._within(self._limits.download).dataset(to_format(request["format"]), request["version"])

    def services(self, text: str, base: str | None) -> tuple[str, tuple[Service, ...]]:
        """Return what `kg.sparql.service_clauses.find_services` finds in a query."""
        return find_services(text, base)

    def table(self, endpoint: str, answer: bytes) -> str:
        """Return what an endpoint has answered a SERVICE with as VALUES."""
        return table(endpoint, answer)

    def _within(self, seconds: float) -> RemoteStore:
        timeout = self._client.timeout
        return self._engine.within(seconds if timeout is None else min(timeout, seconds), self._client.left)

    def _counted(self, chunks: Iterator[bytes], row: Format) -> Iterator[bytes]:
        rows, size = RowCounter(row), 0
        for chunk in chunks:
            size += len(chunk)
            require_within("size", "bytes", size, self._limits.size)
            require_within("rows", "rows", rows.count(chunk), self._limits.rows)
            yield chunk
