"""The store: immutable versions of the dataset, and queries over them."""

from __future__ import annotations

from kg.store.embedded import EmbeddedStore
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

__all__ = [
    "Answer",
    "Change",
    "EmbeddedStore",
    "Query",
    "QueryForm",
    "RequestDataset",
    "Store",
    "Transaction",
    "Triple",
    "Version",
    "WritableStore",
]
