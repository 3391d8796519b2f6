"""Answers immediate queries (see `kg.sparql.immediate_queries`) in the calling thread, without a worker.

An answer is given up when it becomes long, or on any error: then a worker answers, which reports errors properly. So
the caller, an event loop for example, is held up for a millisecond or two at most. The version has to be open already:
opening one takes up to tenths of a second, and is done in a thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import cast

import pyoxigraph as ox

from kg.errors import CommuniqueError
from kg.sparql.protocol import STORED, Query, QueryForm
from kg.store.answers import answer_format
from kg.store.engine_thread import Sink
from kg.store.interfaces import Answer
from kg.store.serialization import write_results

MAX_BYTES = 16 * 1024
"""The longest answer, which takes the engine about a millisecond."""
log = logging.getLogger(__name__)


class ImmediateAnswers:
    """Answers queries on the version that was opened last; `open_version` opens one by its name."""

    def __init__(self, open_version: Callable[[str], ox.Store]) -> None:
        self._open_version = open_version
        self._wanted: tuple[str, str] | None = None
        """The name and the digest of the version that is open, or is being opened, or could not be opened."""
        self._store: ox.Store | None = None

    def answer(self, query: Query, form: QueryForm) -> Answer | None:
        """Return the answer to a query of a form that `immediate_form` returns; None if a worker has to give it."""
        if query.version is None or query.dataset != STORED or query.labels or query.explain:
            return None
        version = query.version, query.digest
        if version != self._wanted:
            self._begin_to_open(version)
        return None if self._store is None else short_answer(query, form, self._store)

    def _begin_to_open(self, version: tuple[str, str]) -> None:
        """Open a version in a thread, instead of the one that is open."""
        self._wanted, self._store = version, None
        with suppress(RuntimeError):  # the system allows no further thread: workers answer
            Thread(target=self._open, args=(version,), name="open-version", daemon=True).start()

    def _open(self, version: tuple[str, str]) -> None:
        try:
            store = self._open_version(version[0])
        except CommuniqueError as error:
            log.warning("Version %s was not opened for immediate answers: %s", version[0], error)
            return
        # Another version may have been requested meanwhile.
        if self._wanted == version:
            self._store = store


def short_answer(query: Query, form: QueryForm, store: ox.Store) -> Answer | None:
    """Return the answer to an immediate query on a version; None if it is long, or the query or the store faulty."""
    sink = _ShortSink()
    try:
        format_ = answer_format(form, query)
        results = cast("ox.QuerySolutions", store.query(query.text, base_iri=query.base))
        write_results(results, sink, format_)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 -- a panic of the engine is no Exception, and must not end the caller's loop
        return None
    return Answer(form, format_, iter((bytes(sink.body),)), query.version or "")


class _TooLongError(RuntimeError):
    """An answer is too long to be given at once."""


class _ShortSink(Sink[None]):
    """Collects a short answer."""

    def __init__(self) -> None:
        super().__init__()
        self.body = bytearray()

    def begin(self, head: None) -> None:
        """Do nothing."""

    def write(self, data: bytes) -> int:
        """Collect a piece. Raises _TooLongError beyond `MAX_BYTES`."""
        self.body += self.fitted(data)
        if len(self.body) > MAX_BYTES:
            raise _TooLongError
        return len(data)

    def hand_over(self, chunk: bytes) -> None:
        """Collect what an engine's serializer has left."""
        self.body += chunk
