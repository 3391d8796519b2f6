"""Writes carried out in the calling process, for a server without limits."""

from __future__ import annotations

from collections.abc import Callable

from kg.store import Transaction, Version
from kg.workers import Client, Running
from kg.workers.query_jobs import LOCAL_CLIENT
from kg.writer.prepared_write import parse_write
from kg.writer.write_requests import Fetch, WriteRequest, Written

Commit = Callable[[Callable[[Transaction], None], str], Version]
"""Makes an edit, with a note, the current version."""


class LocalWriter:
    """Writes carried out in the calling process, without limits; see `kg.writer.write_requests.Writer`."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit

    def write(self, request: WriteRequest, fetch: Fetch, client: Client = LOCAL_CLIENT) -> Written:
        """Make a write the current version, without a time limit."""
        # There is no process that could be ended when the client leaves.
        del client
        edit = parse_write(request, fetch)
        return Written(self._commit(edit, request.note), edit.triples_before)

    def running(self) -> tuple[Running, ...]:
        """Return none: what runs here cannot be ended."""
        return ()

    def stop(self, number: int) -> bool:
        """Return False: what runs here cannot be ended."""
        del number
        return False
