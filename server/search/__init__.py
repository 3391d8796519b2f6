"""The index that pages search: kept in the store's folder, and brought up to date with each version."""

from server.search.index_cache import (
    IndexCache,
    current_index,
    get_index_cache,
    register_index_cache,
    renew_index_cache,
    version_index,
)
from server.search.version_index import Index

__all__ = [
    "Index",
    "IndexCache",
    "current_index",
    "get_index_cache",
    "register_index_cache",
    "renew_index_cache",
    "version_index",
]
