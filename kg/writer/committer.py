"""Commits edits of a store: validated against the schema if it holds a corpus, as they are in a plain store."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from kg.app import read_schema
from kg.app.write_edit import DEFAULT_TURN, WriteTurn, write_plain, write_validated
from kg.app.write_provenance import software_version
from kg.datasets import GraphNames
from kg.store import EmbeddedStore, Transaction, Version


class Committer:
    """Commits edits of one store; the schema is read once."""

    def __init__(self, store: EmbeddedStore, names: GraphNames | None) -> None:
        self._store, self._names = store, names
        self._schema = cache(read_schema)

    def __call__(self, edit: Callable[[Transaction], None], note: str, turn: WriteTurn = DEFAULT_TURN) -> Version:
        """Make an edit the current version; if it raises an error, the store is as it was."""
        if self._names is None:
            return write_plain(self._store, edit, note, turn)
        return write_validated(self._store, self._names, self._schema(), edit, note, turn)

    def prepare(self) -> None:
        """Read the schema and prepare its shapes and rules now, rather than during the first write."""
        if self._names is not None:
            self._schema().change_validator.prepare()
            _ = self._schema().reasoner, software_version()
