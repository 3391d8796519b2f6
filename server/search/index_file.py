"""The file of an index, beside the versions of a store: used if it is complete and of a kept version, or rebuilt.

All page processes of a store open it read-only. It can be rebuilt from the store at any time, so that a fault in it
costs only time.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.durable_files import FileMark, file_mark, sync
from kg.errors import LimitError
from kg.store import changes_since
from kg.store.interfaces import Version
from kg.workers.served_store import ServedStore
from server.search.changed_things import UntraceableChangeError
from server.search.index_database import Database
from server.search.version_index import NO_TEXTS, Index, Texts, open_index, read_index, update_index, write_index

FILE, LOCK = "pages.index", "pages.index.lock"
# Raised with every change of what the file contains, or of what that means.
FORMAT = 6
SCHEMA = "CREATE TABLE index_version (format INTEGER, name TEXT, digest TEXT, texts TEXT, took REAL);"
SQLITE_HEADER_BYTES = 100
# As many threads of a process can query the file at a time.
CONNECTIONS = 4
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class IndexedVersion:
    """The version that a file is the index of, the texts in it, and the CPU seconds that its build took."""

    name: str
    digest: str
    texts: str
    took: float

    def is_of(self, version: Version) -> bool:
        """Return whether this is the index of a version."""
        return (self.name, self.digest) == (version.name, version.digest)


class IndexFileError(Exception):
    """The file of an index cannot be used; the message gives the reason."""


class IndexFile:
    """The index file of the store in a folder, with the texts at hand."""

    def __init__(self, folder: Path, texts: Texts = NO_TEXTS) -> None:
        self.path, self._lock, self._texts = folder / FILE, folder / LOCK, texts
        self._texts_digest = hashlib.sha256(" ".join(sorted(texts)).encode()).hexdigest()
        self._refused: FileMark | None = None
        """The mark of a file that cannot be used, which has been logged."""

    def mark(self) -> FileMark:
        """Return a value that changes when the file is replaced; empty if no file can be examined."""
        try:
            return file_mark(self.path)
        except OSError:
            return ()

    def open(self, versions: Iterable[Version]) -> Index | None:
        """Return the file's index as that of the first of these versions, if it is of one of them."""
        mark = self.mark()
        if not mark or mark == self._refused:
            return None
        # A list, since it is gone through twice, and may be an iterator that queries the store.
        candidates = [*versions]
        try:
            self._must_be_whole()
            connections = self._connections()
            indexed = _indexed_version(connections[0])
        except (OSError, sqlite3.Error, IndexFileError) as error:
            self._refused = mark
            log.warning("The index of the pages in %s cannot be used and is built again: %s", self.path, error)
            return None
        # Another server may have other texts at hand, which this one may not show.
        if indexed.texts != self._texts_digest or not any(map(indexed.is_of, candidates)):
            return None
        return open_index(Database(connections), candidates[0], indexed.took)

    def read(self, store: ServedStore, version: Version) -> Index:
        """Return the index of a version, building it unless another process has done so meanwhile.

        It is in memory if the file cannot be written. Raises the store's errors if the version cannot be read.
        """
        try:
            with self._locked():
                return self.open([version]) or self._made(store, version)
        except (OSError, sqlite3.Error) as error:
            log.warning("The index of the pages cannot be written to %s and is kept in memory: %s", self.path, error)
            return read_index(store, version, self._texts)

    def refuse(self) -> None:
        """Do not use the current file again: it has turned out to be damaged."""
        self._refused = self.mark()
        log.warning("The index of the pages in %s is damaged and is built again.", self.path)

    def _made(self, store: ServedStore, version: Version) -> Index:
        new = self.path.with_name(f"{FILE}.new")
        try:
            took = self._updated(new, store, version)
            if took is None:
                took = self._written(new, store, version)
            # Before the rename: a power failure must not leave the name with half of the file.
            sync(new)
            new.replace(self.path)
        finally:
            new.unlink(missing_ok=True)
        sync(self.path.parent)
        return open_index(Database(self._connections()), version, took)

    def _written(self, new: Path, store: ServedStore, version: Version) -> float:
        """Write the index of a version as a new file, and return the CPU seconds that it took."""
        new.unlink(missing_ok=True)  # left by a process that was killed, or by a failed update
        with _unshared(new) as database:
            database.executescript(SCHEMA)
            took = write_index(database, store, version, self._texts)
            self._record(database, version, took)
        return took

    def _updated(self, new: Path, store: ServedStore, version: Version) -> float | None:
        """Write the index of a version to a new file, as an updated copy of the existing index.

        Returns the CPU seconds that it took; None if there is no such index, or the changes cannot be determined.
        """
        mark = self.mark()
        if not mark or mark == self._refused:
            return None
        try:
            self._must_be_whole()
            # The system's own copy takes a quarter of the processor time of SQLite's backup (decision 0039).
            shutil.copyfile(self.path, new)
            with _unshared(new) as database:
                before = _indexed_version(database)
                changes = changes_since(self.path.parent, version, before.name, before.digest)
                if changes is None:
                    return None
                took = update_index(database, store, version, changes, self._texts)
                database.execute("DELETE FROM index_version")
                self._record(database, version, took)
        except (UntraceableChangeError, LimitError) as error:
            log.info("The index of the pages in %s is built from nothing: %s", self.path, error)
        except (sqlite3.DatabaseError, IndexFileError) as error:
            log.warning("The index of the pages in %s cannot be used and is built again: %s", self.path, error)
        else:
            return took
        return None

    def _record(self, database: sqlite3.Connection, version: Version, took: float) -> None:
        record = (FORMAT, version.name, version.digest, self._texts_digest, took)
        database.execute("INSERT INTO index_version VALUES (?, ?, ?, ?, ?)", record)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep out other processes that would build the same index."""
        # A separate file: the index is replaced while others wait, and a lock would stay with the old file.
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _must_be_whole(self) -> None:
        """Raise IndexFileError if the file's length is not that in its header (SQLite's Database File Format, 1.3)."""
        with self.path.open("rb") as file:
            header, size = file.read(SQLITE_HEADER_BYTES), os.fstat(file.fileno()).st_size
        page, pages = int.from_bytes(header[16:18], "big"), int.from_bytes(header[28:32], "big")
        # 1 stands for 65,536, which the two bytes of the field cannot hold.
        expected = (65536 if page == 1 else page) * pages
        if len(header) < SQLITE_HEADER_BYTES or size != expected:
            raise IndexFileError(f"it has {size} bytes of {expected}.")

    def _connections(self) -> list[sqlite3.Connection]:
        """Open the file; all connections are to the same one, even if it is replaced meanwhile."""
        while True:
            mark = self.mark()
            connections = [self._connect() for _ in range(CONNECTIONS)]
            if self.mark() == mark:
                return connections

    def _connect(self) -> sqlite3.Connection:
        # Immutable: SQLite looks for no journal and takes no lock, so that the file system may be read-only.
        address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)


@contextmanager
def _unshared(path: Path) -> Iterator[sqlite3.Connection]:
    # Nobody sees the file before it is complete: nothing of it need survive an interruption.
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        yield database


def _indexed_version(database: sqlite3.Connection) -> IndexedVersion:
    """Return the version that a file is the index of. Raises IndexFileError if the file has another format."""
    records = database.execute("SELECT * FROM index_version").fetchall()
    if len(records) != 1 or records[0][0] != FORMAT:
        raise IndexFileError(f"it has the format {records[0][0] if records else 'none'}, not {FORMAT}.")
    return IndexedVersion(*records[0][1:])
