"""Writes executed in the calling process, for a server without limits."""

from __future__ import annotations

from collections.abc import Callable

from kg.store import Transaction, Version
from kg.workers.query_jobs import LOCAL_CLIENT, Client, Running
from kg.writer.prepared_write import parse_write
from kg.writer.write_requests import Fetch, WriteRequest, Written

Commit = Callable[[Callable[[Transaction], None], str], Version]
"""Commits an edit, with a note, as the current version."""


class LocalWriter:
    """Executes writes in the calling process, without limits; see `kg.writer.write_requests.Writer`."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit

    def write(self, request: WriteRequest, fetch: Fetch, client: Client = LOCAL_CLIENT) -> Written:
        """Make a write the current version, without a time limit."""
        # There is no process that could be ended if the client disconnects.
        del client
        edit = parse_write(request, fetch)
        return Written(self._commit(edit, request.note), edit.triples_before)

    def running(self) -> tuple[Running, ...]:
        """Return an empty tuple: writes in this process cannot be stopped."""
        return ()

    def stop(self, number: int) -> bool:
        """Return False: writes in this process cannot be stopped."""
        del number
        return False
