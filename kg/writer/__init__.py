"""Writes as data, and who carries them out: this process, or one of its own within limits."""

from __future__ import annotations

from kg.writer.change import Change
from kg.writer.local import LocalWriter
from kg.writer.request import (
    Document,
    Fetch,
    Merge,
    MergeDataset,
    Patch,
    Preconditions,
    Remove,
    Replace,
    Update,
    Writer,
    WriteRequest,
    Written,
)
from kg.writer.writer import ProcessWriter

__all__ = [
    "Change",
    "Document",
    "Fetch",
    "LocalWriter",
    "Merge",
    "MergeDataset",
    "Patch",
    "Preconditions",
    "ProcessWriter",
    "Remove",
    "Replace",
    "Update",
    "WriteRequest",
    "Writer",
    "Written",
]
