"""A store within limits wherever it is: workers answer for a folder, an engine of others for itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.engines import StorePlace
from kg.workers.limited_engine import LimitedEngine
from kg.workers.pooled_store import PooledStore
from kg.workers.query_limits import QueryLimits
from kg.workers.served_store import ServedStore


@contextmanager
def open_within_limits(place: StorePlace, limits: QueryLimits) -> Iterator[ServedStore]:
    """Open a store whose answers have limits, and end its workers afterwards. Raises as `StorePlace.open` does."""
    if place.engine is not None:
        yield LimitedEngine(place.engine.open(), limits)
        return
    with PooledStore.open(Path(place.name), limits) as pooled:
        yield pooled
