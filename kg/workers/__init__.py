"""Query workers: processes that answer a store's queries within limits, isolated from each other and the server."""

from kg.workers.descriptor_budget import descriptors_needed
from kg.workers.limited_engine import LimitedEngine
from kg.workers.limited_store import LimitedStore
from kg.workers.pooled_store import PooledStore
from kg.workers.query_jobs import Client, Running
from kg.workers.query_limits import QueryLimits
from kg.workers.relayed_store import RelayedStore, StoreLink, StoreResponder
from kg.workers.served_store import ServedStore, UnlimitedStore

__all__ = [
    "Client",
    "LimitedEngine",
    "LimitedStore",
    "PooledStore",
    "QueryLimits",
    "RelayedStore",
    "Running",
    "ServedStore",
    "StoreLink",
    "StoreResponder",
    "UnlimitedStore",
    "descriptors_needed",
]
