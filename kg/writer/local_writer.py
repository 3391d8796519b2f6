"""Writes carried out in this very process, without limits: for tests, and for who trusts the texts that come."""

from __future__ import annotations

from collections.abc import Callable

from kg.store import Transaction, Version
from kg.workers import Client, Running
from kg.writer.edit import prepare
from kg.writer.write_requests import LOCAL_CLIENT, Fetch, WriteRequest, Written

Committer = Callable[[Callable[[Transaction], None], str], Version]
"""Makes an edit, with a note, the current version, or raises why not and leaves everything as it was."""


class LocalWriter:
    """See `kg.writer.write_requests.Writer`."""

    def __init__(self, change: Committer) -> None:
        self._change = change

    def write(self, request: WriteRequest, fetch: Fetch, client: Client = LOCAL_CLIENT) -> Written:
        """Make a write the current version, however long that takes."""
        del client
        edit = prepare(request, fetch)
        return Written(self._change(edit, request.note), edit.held)

    def running(self) -> tuple[Running, ...]:
        """Return none: what runs here cannot be ended."""
        return ()

    def stop(self, number: int) -> bool:
        """Return False: what runs here cannot be ended."""
        del number
        return False
