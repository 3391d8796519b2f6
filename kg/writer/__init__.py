"""Writes as data, and who carries them out: this process, or one of its own within limits."""

from kg.writer.local_writer import LocalWriter
from kg.writer.process_writer import ProcessWriter
from kg.writer.write_requests import (
    AddDataset,
    AddToGraph,
    Document,
    PatchGraph,
    Preconditions,
    RemoveGraph,
    ReplaceGraph,
    RunUpdate,
    Writer,
    WriteRequest,
    Written,
)

__all__ = [
    "AddDataset",
    "AddToGraph",
    "Document",
    "LocalWriter",
    "PatchGraph",
    "Preconditions",
    "ProcessWriter",
    "RemoveGraph",
    "ReplaceGraph",
    "RunUpdate",
    "WriteRequest",
    "Writer",
    "Written",
]
