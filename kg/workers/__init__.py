"""Query workers: processes that answer a store's queries within limits, so that none can harm another or the server."""

from __future__ import annotations

from kg.workers.descriptors import descriptors_needed
from kg.workers.job import Client, Running, Stats
from kg.workers.limits import Limits
from kg.workers.pooled import PooledStore

__all__ = ["Client", "Limits", "PooledStore", "Running", "Stats", "descriptors_needed"]
