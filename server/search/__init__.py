"""The index: what pages look up in memory, read once a version and kept ready."""

from __future__ import annotations

from server.search.index_cache import Keeper, indexed, keeper, register
from server.search.version_index import Index

__all__ = ["Index", "Keeper", "indexed", "keeper", "register"]
