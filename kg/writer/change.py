"""How a store is written: checked where it holds a corpus, whose schema and shapes are read once, plainly elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from kg.app import knowledge
from kg.app.changes import ALONE, Turn, change_checked, change_plainly
from kg.app.recording import software_version
from kg.dataset import GraphNames
from kg.store import Transaction, Version, WritableStore


class Change:
    """Makes edits of one store."""

    def __init__(self, store: WritableStore, names: GraphNames | None) -> None:
        self._store, self._names = store, names
        self._known = cache(knowledge)

    def __call__(self, edit: Callable[[Transaction], None], note: str, turn: Turn = ALONE) -> Version:
        """Make an edit the current version, or raise why not and leave everything as it was."""
        if self._names is None:
            return change_plainly(self._store, edit, note, turn)
        return change_checked(self._store, self._names, self._known(), edit, note, turn)

    def prepare(self) -> None:
        """Read the schema and make its shapes and rules ready now, which the first write does otherwise."""
        if self._names is not None:
            self._known().change_validator.prepare()
            _ = self._known().reasoner, software_version()
