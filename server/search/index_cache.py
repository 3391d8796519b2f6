"""Cache of the current version's index: found in the store's index file, or built once in a background thread.

Building an index takes time in proportion to the corpus. If the last build was quick, a page waits for the current
version's index; otherwise it shows the version whose index is ready, says so, and starts the next build.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

from flask import Flask, Response, current_app

from kg.datasets import GraphNames
from kg.durable_files import FileMark
from kg.errors import BusyError, CommuniqueError, LimitError, UnknownVersionError
from kg.store import versions_of_same_facts
from kg.store.interfaces import Version
from kg.workers.served_store import ServedStore
from server.http.errors import HttpError, answer, unavailable
from server.search.index_file import IndexFile
from server.search.version_index import NO_TEXTS, Index, Texts, read_index
from server.site import Settings

EXTENSION_KEY = "communique.indexing"
# In CPU seconds: if the last build took no longer, a page waits for the next one.
MAX_READ_SECONDS_TO_WAIT = 0.25
# A version that exceeded the query limits would exceed them again.
RETRY_SECONDS = 60
LIMIT_EXCEEDED_TEXT = "This needs an index, which cannot be built within the limits on queries."
DAMAGED_TEXT = "The index of the pages is damaged; it is being rebuilt from the store, which is intact. Try again."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PendingIndex:
    """A version whose index is being built."""

    version: Version
    index: Future[Index]


class IndexCache:
    """Builds and returns indexes of a store's versions; safe for any number of threads."""

    def __init__(
        self,
        store: ServedStore,
        read: Callable[[ServedStore, Version], Index] = read_index,
        names: GraphNames | None = None,
        file: IndexFile | None = None,
        texts: Texts = NO_TEXTS,
    ) -> None:
        self._store, self._names, self._file, self.texts = store, names, file, texts
        self.read = file.read if file else read
        # One thread, so that at most one index beside the current one needs memory.
        self._threads = ThreadPoolExecutor(1, "indexing")
        self._lock = Lock()
        self._ready: Index | None = None
        self._reading: PendingIndex | None = None
        self._seen: tuple[FileMark, str] | None = None
        """The mark of the file that was last examined, and the digest of the version that was current then."""
        self._beyond: tuple[Version, LimitError, float] | None = None
        """The version that exceeded the query limits, the error, and the time of the attempt."""

    def index(self) -> Index:
        """Return the current version's index, or an earlier version's while a slow build runs.

        Waits if no index is ready yet. Raises the store's errors, such as LimitError, if the index cannot be built.
        """
        version = self._store.current()
        while True:
            self._reuse_for(version)
            self._open_file(version)
            with self._lock:
                ready = self._ready
                if ready is not None and ready.version == version:
                    return ready
                self._refuse(version)
                if self._reading is None:
                    self._reading = PendingIndex(version, self._threads.submit(self._run, version))
                reading = self._reading
            # Outside the lock: this queries the store, and other threads must be able to get a ready index meanwhile.
            if ready is not None and ready.took > MAX_READ_SECONDS_TO_WAIT and self._keeps(ready.version):
                return ready
            if reading.version == version:
                try:
                    return reading.index.result()
                except UnknownVersionError:
                    if (current := self._store.current()) == version:
                        raise
                    version = current  # it was replaced while it was read, and is no longer kept
                    continue
            # The build is of another version: when it is done, this one may be ready, or its build can begin.
            wait([reading.index])

    def index_of(self, version: Version, seconds: float) -> Index | None:
        """Return the index of exactly this version; None if it is not ready in `seconds`, or no longer current.

        Raises the store's errors, such as LimitError, if the index cannot be built.
        """
        deadline = time.monotonic() + seconds
        while (index := self.index()).version != version:
            with self._lock:
                reading = self._reading
            seconds_left = deadline - time.monotonic()
            if seconds_left <= 0 or self._store.current() != version:
                return None
            if reading is not None:
                wait([reading.index], seconds_left)
        return index

    def discard(self) -> None:
        """Forget the ready index, whose file has turned out to be damaged: the next page has it rebuilt."""
        with self._lock:
            self._ready = None
        if self._file is not None:
            self._file.refuse()

    def _open_file(self, version: Version) -> None:
        # Another process may have written a newer index than the ready one.
        if self._file is None or (self._ready is not None and self._ready.version == version):
            return
        seen = (self._file.mark(), version.digest)
        if seen == self._seen:
            return
        facts = versions_of_same_facts(self._store, self._names, version) if self._names else (version,)
        index = self._file.open(facts)
        if index is None and self._ready is None:
            # A server that is starting shows an earlier version until the index of the current one is built.
            index = next(
                filter(None, (self._file.open([earlier]) for earlier in reversed(self._store.versions()))), None
            )
        with self._lock:
            self._seen = seen
            self._ready = index or self._ready

    def _reuse_for(self, version: Version) -> None:
        # An index has nothing of readers' collections: it serves every version that differs only in these.
        ready = self._ready
        if self._names is None or ready is None or ready.version == version:
            return
        if ready.version in versions_of_same_facts(self._store, self._names, version):
            with self._lock:
                # Another thread may have replaced it with a newer one.
                self._ready = replace(ready, version=version) if self._ready is ready else self._ready

    def _keeps(self, version: Version) -> bool:
        try:
            return self._store.version(version.name) == version
        except UnknownVersionError:
            return False

    def _refuse(self, version: Version) -> None:
        if self._beyond is not None:
            beyond, error, when = self._beyond
            if beyond == version and time.monotonic() < when + RETRY_SECONDS:
                raise error

    def _run(self, version: Version) -> Index:
        """Build an index, and record the result before the waiting threads continue."""
        index: Index | None = None
        try:
            index = self.read(self._store, version)
        except CommuniqueError as error:
            # Only a limit would be reached again by the next attempt; a busy server may answer it.
            if isinstance(error, LimitError) and not isinstance(error, BusyError):
                self._beyond = (version, error, time.monotonic())
            if not isinstance(error, UnknownVersionError):
                log.error("Version %s cannot be indexed: %s", version.name, error)  # noqa: TRY400 -- it says all
            raise
        finally:
            with self._lock:
                self._reading = None
                self._ready = self._ready if index is None else index
        return index


def register_index_cache(app: Flask, store: ServedStore, settings: Settings) -> None:
    """Attach an index cache to an application; without the store's folder, its indexes are in memory."""
    app.extensions[EXTENSION_KEY] = _index_cache(store, settings)
    app.register_error_handler(sqlite3.DatabaseError, _discard_damaged)


def renew_index_cache(app: Flask, store: ServedStore, settings: Settings) -> None:
    """Attach a new cache if the texts at hand have changed: an index has the words of its texts."""
    if get_index_cache(app).texts.keys() != settings.texts.keys():
        app.extensions[EXTENSION_KEY] = _index_cache(store, settings)


def _index_cache(store: ServedStore, settings: Settings) -> IndexCache:
    texts = settings.texts
    file = IndexFile(settings.folder, texts) if settings.folder else None
    names = GraphNames(settings.base) if settings.base else None
    return IndexCache(store, partial(read_index, texts=texts), names, file, texts)


def _discard_damaged(error: sqlite3.DatabaseError) -> Response:
    log.error("A page cannot be looked up in its index: %s", error)
    get_index_cache(current_app).discard()
    return answer(unavailable(DAMAGED_TEXT))


def current_index() -> Index:
    """Return the index that a page shows; see `IndexCache.index`. Raises HttpError 503 if it cannot be built."""
    with _unavailable_beyond_limits():
        return get_index_cache(current_app).index()


def version_index(version: Version, seconds: float) -> Index | None:
    """Return a version's own index, if any; see `IndexCache.index_of`. Raises the errors of `current_index`."""
    with _unavailable_beyond_limits():
        return get_index_cache(current_app).index_of(version, seconds)


@contextmanager
def _unavailable_beyond_limits() -> Iterator[None]:
    try:
        yield
    except BusyError:
        raise
    except LimitError as error:
        raise HttpError(503, f"{LIMIT_EXCEEDED_TEXT} {error}", headers={"Retry-After": str(RETRY_SECONDS)}) from error


def get_index_cache(app: Flask) -> IndexCache:
    """Return an application's index cache."""
    cache: IndexCache = app.extensions[EXTENSION_KEY]
    return cache
