"""The index: what pages look up in memory, read once a version and kept ready."""

from __future__ import annotations

from server.search.index import Index
from server.search.keeper import Keeper, indexed, keeper, register

__all__ = ["Index", "Keeper", "indexed", "keeper", "register"]
