"""An external engine as a store with limits: its answers are counted here, since it runs outside our control.

Limits on processor time and memory are the engine's own. Requests do not wait for a worker: they run in the server's
threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from kg.engines import RemoteStore
from kg.formats import Format
from kg.store import Answer, Query
from kg.workers.query_limits import QueryLimits
from kg.workers.row_counter import RowCounter, require_within
from kg.workers.served_store import ServedStore


class LimitedEngine(ServedStore):
    """A remote store whose answers are limited in time, rows and bytes."""

    def __init__(self, engine: RemoteStore, limits: QueryLimits) -> None:
        super().__init__(engine, limits)
        self._engine = engine

    def query(self, query: Query) -> Answer:
        """Answer a query, with limits on rows and bytes."""
        answer = self._within(self.limits.time).query(query)
        counted = self._counted(answer.chunks, answer.format)
        # The first chunk is read before anything is sent, so that a failure is an error rather than a truncated answer.
        return replace(answer, chunks=chain((next(counted, b""),), counted))

    def graph(self, name: str | None, format_: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None); only the time is limited."""
        return self._within(self.limits.download).graph(name, format_, version)

    def dataset(self, format_: Format, version: str | None = None) -> Answer:
        """Answer with every named graph in a format that holds quads; only the time is limited."""
        return self._within(self.limits.download).dataset(format_, version)

    def _within(self, seconds: float) -> RemoteStore:
        return self._engine.within(self.client.time_limit(seconds), self.client.left)

    def _counted(self, chunks: Iterator[bytes], format_: Format) -> Iterator[bytes]:
        rows, size = RowCounter(format_), 0
        for chunk in chunks:
            size += len(chunk)
            require_within("size", "bytes", size, self.limits.size)
            require_within("rows", "rows", rows.count(chunk), self.limits.rows)
            yield chunk
