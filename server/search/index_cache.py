"""Keeps the index of the current version ready: read in the background, once, whoever asks and however many do.

A version's index takes as long to read as the corpus is large. Where that is a moment, a page waits for the current
version's; where it is longer, a page shows the version whose index is ready, says so, and has the next one read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock

from flask import Flask, current_app

from kg.errors import BusyError, CommuniqueError, LimitError, UnknownVersionError
from kg.store.interfaces import Store, Version
from server.http.errors import HttpError
from server.search.version_index import Index, read_index

EXTENSION = "communique.indexing"
PATIENCE = 0.25
"""Seconds of computing that the last index may have taken for a page to wait for the next one."""
RETRY = 60
"""Seconds after which a version that could not be read within the limits is tried again."""
BEYOND = "What this page shows is looked up in an index, and that cannot be read within the limits that queries have."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """A version whose index is being read."""

    version: Version
    index: Future[Index]


class Keeper:
    """Returns indexes of a store's versions; any number of threads may ask."""

    def __init__(self, store: Store, read: Callable[[Store, Version], Index] = read_index) -> None:
        self._store, self.read = store, read
        self._threads = ThreadPoolExecutor(1, "indexing")
        self._lock = Lock()
        self._ready: Index | None = None
        self._reading: Reading | None = None
        self._beyond: tuple[Version, LimitError, float] | None = None
        """The version that could not be read within the limits of queries, and when that was tried."""

    def index(self) -> Index:
        """Return the current version's index, or that of a version before it while a long one is being read.

        Waits where there is none yet. Raises the store's errors, LimitError among them, where it cannot be read.
        """
        version = self._store.current()
        while True:
            with self._lock:
                ready = self._ready
                if ready is not None and ready.version == version:
                    return ready
                self._refuse(version)
                reading = self._reading or self._start(version)
            if ready is not None and ready.took > PATIENCE and self._keeps(ready.version):
                return ready
            if reading.version == version:
                return reading.index.result()
            wait([reading.index])

    def _keeps(self, version: Version) -> bool:
        """Tell whether the store still keeps a version."""
        try:
            return self._store.version(version.name) == version
        except UnknownVersionError:
            return False

    def _refuse(self, version: Version) -> None:
        if self._beyond is not None:
            beyond, error, when = self._beyond
            if beyond == version and time.monotonic() < when + RETRY:
                raise error

    def _start(self, version: Version) -> Reading:
        self._reading = Reading(version, self._threads.submit(self._run, version))
        return self._reading

    def _run(self, version: Version) -> Index:
        """Read an index; it is ready, or given up, before anybody who waits for it goes on."""
        index: Index | None = None
        try:
            index = self.read(self._store, version)
        except CommuniqueError as error:
            if isinstance(error, LimitError) and not isinstance(error, BusyError):
                self._beyond = (version, error, time.monotonic())
            log.error("Version %s cannot be indexed: %s", version.name, error)  # noqa: TRY400 -- the sentence says it
            raise
        finally:
            with self._lock:
                before, self._reading = self._ready, None
                self._ready = before if index is None else index
        parts = before.parts() if before is not None else []
        del before
        while parts:
            parts.pop()
        return index


def register(app: Flask, store: Store) -> None:
    """Give an application a keeper of its store's indexes."""
    app.extensions[EXTENSION] = Keeper(store)


def indexed() -> Index:
    """Return the index that a page is to show; 503 where it cannot be read within the limits. See `Keeper.index`."""
    try:
        return keeper(current_app).index()
    except BusyError:
        raise
    except LimitError as error:
        raise HttpError(503, f"{BEYOND} {error}", headers={"Retry-After": str(RETRY)}) from error


def keeper(app: Flask) -> Keeper:
    """Return an application's keeper."""
    found: Keeper = app.extensions[EXTENSION]
    return found
