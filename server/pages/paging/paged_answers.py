"""Answers whose pages readers turn without scripts, cached so that the next page evaluates nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from flask import current_app

from kg.bounded_cache import BoundedCache
from kg.errors import LimitError, StoreError
from kg.store.interfaces import Answer

KEPT_ANSWERS_EXTENSION = "communique.kept_answers"
MAX_ANSWERS = 100
# Of one answer, and of all: each process that renders pages caches its own.
MAX_ANSWER_BYTES, MAX_BYTES = 2 * 2**20, 16 * 2**20
KeptAnswers = BoundedCache[tuple[Answer, bytes]]


class PagedAnswer(Iterator[bytes]):
    """The chunks of an answer, from the cache by its tag, or as they come; without a tag it is not cached."""

    def __init__(self, tag: str | None, ask: Callable[[], Answer]) -> None:
        self._kept: KeptAnswers = current_app.extensions[KEPT_ANSWERS_EXTENSION]
        self._started, self._tag = time.monotonic(), tag
        entry = self._kept.get(tag) if tag else None
        self.answer = replace(entry[0], chunks=iter((entry[1],))) if entry else ask()
        self._collected: list[bytes] | None = None if entry or tag is None else []
        self._size = 0

    def __next__(self) -> bytes:
        try:
            chunk = next(self.answer.chunks)
        except StopIteration:
            self._keep()
            raise
        self._size += len(chunk)
        if self._size > MAX_ANSWER_BYTES:
            self._collected = None
        elif self._collected is not None:
            self._collected.append(chunk)
        return chunk

    def end(self) -> None:
        """Read the rest, if it is short and comes within the time that the page has taken so far, and close the answer.

        An answer that is closed early is evaluated again for the next page, and has cost the store a worker.
        """
        limit = 2 * time.monotonic() - self._started
        # The page has its rows already.
        with suppress(LimitError, StoreError):
            while self._collected is not None and time.monotonic() < limit and next(self, None) is not None:
                pass
        getattr(self.answer.chunks, "close", lambda: None)()

    def _keep(self) -> None:
        if self._collected is not None:
            entry = (replace(self.answer, chunks=iter(())), b"".join(self._collected))
            self._kept.put(self._tag, entry, self._size, time.monotonic() - self._started)
        self._collected = None
