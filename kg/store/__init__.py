"""The store: immutable versions of the dataset, and queries over them."""

from __future__ import annotations

from kg.store.answers import check_query
from kg.store.embedded import EmbeddedStore
from kg.store.limits import Limits
from kg.store.payload import Payload, read_dataset, read_graph
from kg.store.port import (
    Answer,
    Change,
    Query,
    QueryForm,
    RequestDataset,
    Store,
    Transaction,
    Triple,
    Version,
    WritableStore,
)
from kg.store.request import undeclared

__all__ = [
    "Answer",
    "Change",
    "EmbeddedStore",
    "Limits",
    "Payload",
    "Query",
    "QueryForm",
    "RequestDataset",
    "Store",
    "Transaction",
    "Triple",
    "Version",
    "WritableStore",
    "check_query",
    "read_dataset",
    "read_graph",
    "undeclared",
]
