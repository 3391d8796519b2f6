"""The embedded store: immutable versions in a folder, asked and written through the engine in this process."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from kg.dataset import GraphNames
from kg.errors import NotOfferedError, StoreError, UnknownGraphError
from kg.formats import Format, Holds
from kg.store.answers import answer, dataset_answer, graph_answer
from kg.store.datasets import Snapshot
from kg.store.engine import translating
from kg.store.port import Answer, Query, Version
from kg.store.transaction import Rules, VersionTransaction
from kg.store.upkeep import back_up, bring_back, faults
from kg.store.versions import EMPTY, Pointer, Versions, sync, write_synced
from kg.terms import to_graph

_OPEN = 4
"""How many versions stay open for readers."""
_FORMAT = 1


class EmbeddedStore:
    """A store in a folder; see `kg.store.port.WritableStore`. Any number of processes may have it open."""

    def __init__(self, versions: Versions, rules: Rules, prefixes: Mapping[str, str]) -> None:
        self._versions, self._rules, self._prefixes = versions, rules, prefixes
        self._snapshots: OrderedDict[str, Snapshot] = OrderedDict()
        self._opening = threading.Lock()

    @classmethod
    def open(
        cls, folder: Path, names: GraphNames, *, plain: bool = False, prefixes: Mapping[str, str] | None = None
    ) -> Self:
        """Open the store in a folder, which is made if it is not there, or raise StoreError if it is another kind.

        A plain store has a default graph of its own and no rules about who writes what. The prefixes are those that
        graphs are written with.
        """
        with translating():
            _describe(folder, names, plain=plain)
        return cls(Versions(folder), Rules(names, plain), prefixes or {})

    def current(self) -> Version:
        """Return the version that readers see now."""
        return self._versions.current()

    def versions(self) -> tuple[Version, ...]:
        """Return the versions that are kept, oldest first."""
        return self._versions.kept()

    def version(self, name: str | None = None) -> Version:
        """Return a kept version, the current one without a name, or raise UnknownVersionError."""
        return self._versions.version(name) if name is not None else self.current()

    def query(self, query: Query) -> Answer:
        """Answer a query; QuerySyntaxError, RefusedError, UnknownVersionError and RequestError say what is wrong."""
        version, snapshot = self._seen(query.version)
        return answer(query, snapshot, version.name)

    def graph(self, name: str | None, wanted: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None), or raise UnknownGraphError."""
        seen, snapshot = self._seen(version)
        if name is not None and name not in seen.counts:
            raise UnknownGraphError(f"The dataset holds no graph {name}.")
        return graph_answer(snapshot, to_graph(name), wanted, seen.name, self._prefixes)

    def dataset(self, wanted: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""
        if wanted.holds is not Holds.QUADS:
            raise NotOfferedError(f"{wanted.label} holds one graph only, and the dataset has several.")
        seen, snapshot = self._seen(version)
        names = [*([None] if self._rules.plain else []), *sorted(seen.counts)]
        return dataset_answer(snapshot, map(to_graph, names), wanted, seen.name, self._prefixes)

    def write(self, wait: float = 60) -> VersionTransaction:
        """Start from the current version, or raise StoreError if another writer has not ended in `wait` seconds."""
        return VersionTransaction(self._versions, self._rules, lambda name: self._snapshot(name).store, wait)

    def rollback(self, name: str) -> Version:
        """Make a kept version the current one, or raise UnknownVersionError."""
        with self._versions.lock(60), translating():
            version = self._versions.version(name)
            self._versions.point(Pointer(version.name, self._versions.pointer().last))
        return version

    def prune(self, keep: int) -> tuple[Version, ...]:
        """Remove all but the newest `keep` versions and the current one; return the removed."""
        with self._versions.lock(60), translating():
            kept = self._versions.kept()
            current = self._versions.pointer().current
            removed = tuple(one for one in kept[: max(len(kept) - keep, 0)] if one.name not in (current, EMPTY.name))
            for version in removed:
                self._versions.remove(version.name)
        return removed

    def back_up(self, target: Path) -> Version:
        """Copy the current version into a new folder, as a store of its own, while others read and write here."""
        return back_up(self._versions, target)

    def bring_back(self, source: Path) -> Version:
        """Make a backup's current version the newest version here; StoreError if it is damaged or another store's."""
        return bring_back(self._versions, source, 60)

    def size(self) -> int:
        """Return the bytes of the store's files; those that versions share are counted once."""
        return self._versions.size()

    def faults(self) -> list[str]:
        """Return what is wrong with the versions that are kept, a sentence each; reads all of them."""
        return faults(self._versions, self._rules)

    def _seen(self, name: str | None) -> tuple[Version, Snapshot]:
        """Return a version opened; the current one once more if it was pruned between being named and being opened."""
        version = self.version(name)
        try:
            return version, self._snapshot(version.name)
        except StoreError:
            again = self.version(name)
            if again == version:
                raise
            return again, self._snapshot(again.name)

    def _snapshot(self, name: str) -> Snapshot:
        with self._opening:
            if name not in self._snapshots:
                self._snapshots[name] = Snapshot(self._opened(name), self._rules.united)
            self._snapshots.move_to_end(name)
            while len(self._snapshots) > _OPEN:
                self._snapshots.popitem(last=False)
            return self._snapshots[name]

    def _opened(self, name: str) -> ox.Store:
        if name == EMPTY.name:
            return ox.Store()
        with translating():
            return ox.Store.read_only(str(self._versions.path(name)))


def _describe(folder: Path, names: GraphNames, *, plain: bool) -> None:
    """Write what kind of store a new folder is, or raise StoreError if it is already of another kind."""
    path = folder / "store.json"
    wanted = {"format": _FORMAT, "plain": plain, **({} if plain else asdict(names))}
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write_synced(path, json.dumps(wanted))
        sync(folder.parent)
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise StoreError(f"{path} does not say what kind of store this is: {error}.") from error
    if found != wanted:
        raise StoreError(f"{path} says {json.dumps(found)}, and this store was to be opened as {json.dumps(wanted)}.")
