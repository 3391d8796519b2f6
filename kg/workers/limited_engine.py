"""Another engine as a store with limits: what it answers is counted here, since it runs where nothing of ours does.

Limits of processor and memory are the engine's own. A request waits for no worker: threads of the server ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from kg.engines import RemoteStore
from kg.formats import Format
from kg.store import Answer, Query
from kg.workers.query_jobs import LOCAL_CLIENT, Client
from kg.workers.query_limits import QueryLimits
from kg.workers.row_counter import RowCounter, require_within
from kg.workers.served_store import ServedStore


class LimitedEngine(ServedStore):
    """A remote store whose answers have limits of time, rows and bytes."""

    def __init__(self, engine: RemoteStore, limits: QueryLimits, client: Client = LOCAL_CLIENT) -> None:
        super().__init__(engine, limits)
        self._engine, self._client = engine, client

    def on_behalf(self, client: Client) -> LimitedEngine:
        """Return the same store, asked by somebody who may leave, or who gives it less time."""
        return LimitedEngine(self._engine, self.limits, client)

    def query(self, query: Query) -> Answer:
        """Answer a query; rows and bytes of the answer are limited."""
        answer = self._within(self.limits.time).query(query)
        counted = self._counted(answer.chunks, answer.format)
        # The first before anything is sent, so that what it comes to is an error and no answer that breaks off.
        return replace(answer, chunks=chain((next(counted, b""),), counted))

    def graph(self, name: str | None, format_: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None); the time alone is limited."""
        return self._within(self.limits.download).graph(name, format_, version)

    def dataset(self, format_: Format, version: str | None = None) -> Answer:
        """Answer with every named graph in a format that holds quads; the time alone is limited."""
        return self._within(self.limits.download).dataset(format_, version)

    def _within(self, seconds: float) -> RemoteStore:
        timeout = self._client.timeout
        return self._engine.within(seconds if timeout is None else min(timeout, seconds), self._client.left)

    def _counted(self, chunks: Iterator[bytes], format_: Format) -> Iterator[bytes]:
        rows, size = RowCounter(format_), 0
        for chunk in chunks:
            size += len(chunk)
            require_within("size", "bytes", size, self.limits.size)
            require_within("rows", "rows", rows.count(chunk), self.limits.rows)
            yield chunk
