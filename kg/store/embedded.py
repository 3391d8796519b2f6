"""The embedded store: immutable versions in a folder, queried and written through the engine in this process."""

from __future__ import annotations

import shutil
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from kg.datasets import GraphNames
from kg.durable_files import replace_synced
from kg.errors import (
    BusyError,
    DamagedStoreError,
    NotAcceptableError,
    RequestError,
    StoreError,
    UnknownGraphError,
    UnknownVersionError,
)
from kg.formats import Format, Holds
from kg.prefixes import prefixes
from kg.sparql.protocol import Query
from kg.store.answers import Evaluation, dataset_answer, graph_answer, read_evaluation
from kg.store.backup import back_up, restore
from kg.store.engine_thread import stream, translating
from kg.store.folder import BUILD, DESCRIPTION, UNFINISHED, Pointer, describe, must_hold_no_remains, read_description
from kg.store.interfaces import Answer, Version
from kg.store.snapshots import Snapshot
from kg.store.transaction import GraphOwnership, Transaction
from kg.store.verification import repair_pointer, verify
from kg.store.versions import EMPTY, Versions
from kg.terms import to_graph

# Each has about 16 files open (`kg.workers.descriptor_budget`); pinned versions stay open in addition to these.
_OPEN = 4
"""The number of versions that stay open for readers."""
_FORMAT = 1


class EmbeddedStore:
    """A store in a folder; see `kg.store.interfaces.Store`. Any number of processes may have it open."""

    def __init__(self, versions: Versions, ownership: GraphOwnership) -> None:
        self._versions, self._ownership = versions, ownership
        self._prefixes = {} if ownership.plain else prefixes(ownership.names.base)
        self._snapshots: OrderedDict[tuple[str, str], Snapshot] = OrderedDict()
        self._opening = threading.Lock()

    @classmethod
    def open(cls, folder: Path, names: GraphNames, *, plain: bool = False, keep: int = 0) -> Self:
        """Open the store in a folder, or create one there. Raises StoreError if the folder holds another kind of store.

        A plain store has a separate default graph and no graph ownership. Each write keeps the newest `keep` versions,
        0 for all; see `prune`.
        """
        with translating():
            describe(folder, {"format": _FORMAT, "plain": plain, **({} if plain else asdict(names))})
        return cls(Versions(folder, keep), GraphOwnership(names, plain))

    def graph_names(self) -> GraphNames | None:
        """Return the names of the graphs, None for a plain store."""
        return None if self._ownership.plain else self._ownership.names

    def engine_name(self) -> str:
        """Return an empty string, because the engine is ours."""
        return ""

    def current(self) -> Version:
        """Return the version that readers see now."""
        return self._versions.current()

    def versions(self) -> tuple[Version, ...]:
        """Return the versions that are kept, oldest first."""
        return self._versions.kept()

    def names(self) -> tuple[str, ...]:
        """Return the names of the versions that are kept, oldest first, without reading their records."""
        return self._versions.names()

    def version(self, name: str | None = None) -> Version:
        """Return a kept version, by default the current one. Raises UnknownVersionError if there is none."""
        return self._versions.version(name) if name is not None else self.current()

    def query(self, query: Query) -> Answer:
        """Answer a query. Raises QuerySyntaxError, ForbiddenError, UnknownVersionError or another RequestError."""
        evaluation = self.read_evaluation(query)
        return Answer(evaluation.form, evaluation.format, stream(evaluation.work)[1], evaluation.version)

    def read_evaluation(self, query: Query) -> Evaluation:
        """Parse a query without evaluating it; raises as `query` does."""
        name, digest = query.version or "", query.digest
        snapshot = self._snapshots.get((name, digest))
        # A version never changes: if it is open under this digest and not pruned, the folder need not be checked.
        if snapshot is not None and (pin := self._versions.pin(name)):
            return read_evaluation(query, snapshot.pinned(pin), name)
        version, snapshot = self._seen(query.version)
        return read_evaluation(query, snapshot, version.name)

    def graph(self, name: str | None, format_: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None). Raises UnknownGraphError if there is none."""
        seen, snapshot = self._seen(version)
        if name is not None and name not in seen.counts:
            raise UnknownGraphError(f"The dataset holds no graph {name}.")
        return graph_answer(snapshot, to_graph(name), format_, seen.name, self._prefixes)

    def dataset(self, format_: Format, version: str | None = None) -> Answer:
        """Answer with every named graph, and in a plain store the default graph, in a format that holds quads."""
        if format_.holds is not Holds.QUADS:
            raise NotAcceptableError(f"{format_.label} holds one graph only, and the dataset has several.")
        seen, snapshot = self._seen(version)
        names = [*([None] if self._ownership.plain else []), *sorted(seen.counts)]
        return dataset_answer(snapshot, map(to_graph, names), format_, seen.name, self._prefixes)

    def write(self, wait: float = 60, *, from_empty: bool = False) -> Transaction:
        """Begin a transaction on the current version, or `from_empty`, which is compared with that version at the end.

        Raises BusyError if another writer does not finish within `wait` seconds.
        """
        return Transaction(
            self._versions, self._ownership, lambda version: self._snapshot(version).store, wait, from_empty=from_empty
        )

    def open_version(self, name: str) -> ox.Store:
        """Open a kept version for reading, whose files stay open as long as the returned store is referenced.

        Raises StoreError if it cannot be opened.
        """
        with translating():
            return ox.Store() if name == EMPTY.name else ox.Store.read_only(str(self._versions.path(name)))

    def build_record(self) -> str:
        """Return the text last passed to `keep_build_record`, or an empty string if it is lost."""
        try:
            return (self._versions.folder / BUILD).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def keep_build_record(self, text: str) -> None:
        """Store a text about the last build beside the versions; a build that finds no matching one reads all files."""
        with translating():
            replace_synced(self._versions.folder / BUILD, text)

    def unfinished(self) -> Path:
        """Return the folder of an unfinished build's files, which may not exist yet."""
        return self._versions.folder / UNFINISHED

    def drop_unfinished(self) -> None:
        """Remove the files of an unfinished build."""
        shutil.rmtree(self.unfinished(), ignore_errors=True)

    def rollback(self, name: str) -> Version:
        """Make a kept version the current one. Raises UnknownVersionError if there is none."""
        with self._versions.lock(60), translating():
            version = self._versions.version(name)
            self._versions.point(Pointer(version.name, self._versions.pointer().last))
        return version

    def prune(self, keep: int) -> tuple[Version, ...]:
        """Remove all versions but the newest `keep`, the current one and those being read; return the removed ones."""
        with self._versions.lock(60), translating():
            return self._versions.prune(keep)

    def clean(self) -> None:
        """Remove what an interrupted writer has left, unless another writer is active, which does that itself."""
        # No waiting: the other writer cleans up before it begins.
        with suppress(BusyError), self._versions.lock(0), translating():
            self._versions.clean()

    def back_up(self, target: Path) -> Version:
        """Copy the current version into a new folder, as a separate store, while others read and write here."""
        return back_up(self._versions, target)

    def restore(self, source: Path) -> Version:
        """Make a backup's current version the newest one. Raises StoreError if it is damaged or of another store."""
        return restore(self._versions, source, 60)

    def size(self) -> int:
        """Return the total size of the versions' files in bytes; shared files are counted once."""
        return self._versions.size()

    def verify(self) -> list[str]:
        """Return a sentence for each fault of the store; this reads all versions that are kept."""
        return verify(self._versions, self._ownership)

    def repair(self) -> Version | None:
        """Point at the newest intact version if the pointer is unusable, else return None; see `repair_pointer`."""
        with translating():
            return repair_pointer(self._versions, 60)

    def _seen(self, name: str | None) -> tuple[Version, Snapshot]:
        """Open a version, pinned while it is read; if the current one has been pruned, look it up again."""
        version = self.version(name)
        try:
            return version, self._pinned(version)
        except (StoreError, UnknownVersionError):
            again = self.version(name)
            # It is still the same version, so pruning is not the reason.
            if again == version:
                raise
            return again, self._pinned(again)

    def _pinned(self, version: Version) -> Snapshot:
        """Open a version that is not pruned as long as the returned snapshot is referenced."""
        # Pinned before it is opened: a prune in between would remove files that the engine has yet to read.
        pin = self._versions.pin(version.name)
        return self._snapshot(version).pinned(pin)

    def _snapshot(self, version: Version) -> Snapshot:
        key = version.name, version.digest
        # Several threads that request a new version wait here, so that it is opened only once.
        with self._opening:
            if key not in self._snapshots:
                self._snapshots[key] = Snapshot(self.open_version(version.name), self._ownership.in_default)
            self._snapshots.move_to_end(key)
            # Answers that still read an evicted snapshot keep their own reference.
            while len(self._snapshots) > _OPEN:
                self._snapshots.popitem(last=False)
            return self._snapshots[key]


def names_of(folder: Path) -> GraphNames | None:
    """Return the graph names of the store in a folder, None for a plain store.

    Raises RequestError if the folder holds no store, StoreError if its store is damaged or cannot be read.
    """
    if not (folder / DESCRIPTION).exists():
        must_hold_no_remains(folder)
        raise RequestError(f"There is no store in {str(folder)!r}: `kg build` makes one, --store names another.")
    description = read_description(folder)
    base, plain = description.get("base"), description.get("plain")
    if plain is not True and not (plain is False and isinstance(base, str)):
        raise DamagedStoreError(f"{folder / DESCRIPTION} does not say what kind of store this is: {dict(description)}.")
    return GraphNames(base) if isinstance(base, str) and not plain else None


def open_store(folder: Path, keep: int = 0) -> EmbeddedStore:
    """Open the store in a folder; writes keep the newest `keep` versions, 0 for all. Raises as `names_of` does."""
    names = names_of(folder)
    return EmbeddedStore.open(folder, names or GraphNames(""), plain=names is None, keep=keep)
