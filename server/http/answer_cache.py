"""Answers to queries that are kept as they were sent, by their ETag, until others are worth more.

A tag is a hash of the version and of all that an answer depends on: the text, the dataset, the formats, the host, the
encoding (`server.http.caching`). So what is kept under it is never stale and never another query's; a query whose
answers differ on one version (RAND, NOW, SERVICE …) has no tag. Who may read is decided before anything is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock

from flask import Flask, Response, current_app

from kg.bounded_cache import BoundedCache
from kg.sparql.protocol import Query
from server.http.asked_queries import AskedQueries, AskedQuery, Fields
from server.http.caching import requested_representation

ANSWER_CACHE_EXTENSION = "communique.answer_cache"
CACHE_STATUS = "Cache-Status"
HIT, MISS, BYPASS = "communique; hit", "communique; fwd=miss", "communique; fwd=bypass"
"""What the header says (RFC 9211): bypass is of answers that are not kept whatever happens."""
MAX_ANSWERS = 20_000
MAX_SHARE = 1 / 8
"""The part of the cache that one answer may take."""
OVERHEAD_BYTES = 1024
"""What an entry takes beside its body."""


@dataclass(frozen=True)
class CachedAnswer:
    """The body of a 200, in its encoding, and the fields of its header that describe it."""

    body: bytes
    fields: Fields

    def response(self) -> Response:
        """Return it as a response."""
        return Response(self.body, headers=[*self.fields, (CACHE_STATUS, HIT)])


class AnswerCache:
    """Answers within so many bytes, those that are being read on their way in included."""

    def __init__(self, max_bytes: int, asked_queries: AskedQueries | None = None) -> None:
        self.asked_queries = asked_queries
        """The queries that are evaluated again on new versions, None if none are."""
        self._answers = BoundedCache[CachedAnswer](MAX_ANSWERS, max_bytes)
        self.max_answer_bytes = int(max_bytes * MAX_SHARE)
        self._lock = Lock()
        self._filling = 0

    @property
    def size(self) -> int:
        """Return the bytes of what is kept."""
        return self._answers.size

    @property
    def max_size(self) -> int:
        """Return how many bytes are kept at most."""
        return self._answers.max_size

    def get(self, tag: str) -> CachedAnswer | None:
        """Return the answer of a tag, None if it is not kept."""
        return self._answers.get(tag)

    def keep(self, tag: str, response: Response, seconds: float, asked_query: AskedQuery | None = None) -> Response:
        """Return a response that is kept once it has been sent whole; it took so many seconds to compute."""
        # Not its length: a response whose body is in memory states that itself.
        fields = tuple((name, value) for name, value in response.headers if name != "Content-Length")

        def put(body: bytes) -> None:
            self._put(tag, CachedAnswer(body, fields), seconds)
            if asked_query is not None:
                asked_query.note_answer(seconds, fields)

        chunks = iter(response.response)
        response.response = Filling(chunks, self, put, response.content_length)  # type: ignore[arg-type]  # bytes, as always here
        response.headers[CACHE_STATUS] = MISS
        return response

    def filling(self, tag: str, chunks: Iterator[bytes], fields: Fields, seconds: float) -> Filling:
        """Return the chunks of an answer in its encoding, which is kept once they have been read to their end."""
        return Filling(chunks, self, lambda body: self._put(tag, CachedAnswer(body, fields), seconds), None)

    def _put(self, tag: str, answer: CachedAnswer, seconds: float) -> None:
        # With the time that it took: what is costly to make again for its size is kept longest.
        self._answers.put(tag, answer, len(answer.body) + OVERHEAD_BYTES, seconds)

    def reserve(self, size: int) -> bool:
        """Count bytes of an answer on its way; False if half of the cache is on its way already."""
        with self._lock:
            # Half, so that what many clients read at once does not push out the rest. A negative size gives bytes back.
            fits = size <= 0 or self._filling + size <= self._answers.max_size // 2
            self._filling += size if fits else 0
            return fits


@dataclass
class Filling(Iterator[bytes]):
    """The chunks of an answer, which are collected while they are sent, as long as there are not too many."""

    chunks: Iterator[bytes]
    cache: AnswerCache
    put: Callable[[bytes], None]
    length: int | None
    """How many bytes come, if that is known: then the answer is kept before the last of them is sent, and not after."""
    collected: list[bytes] | None = field(default_factory=list)
    size: int = 0

    @property
    def is_given_up(self) -> bool:
        """Return whether the answer has turned out too large to be kept; that it has ended says the same."""
        return self.collected is None

    def __next__(self) -> bytes:
        try:
            chunk = next(self.chunks)
        except StopIteration:
            self._end()
            raise
        if self.collected is not None:
            # Else it is sent all the same, and only no longer kept.
            if self.size + len(chunk) <= self.cache.max_answer_bytes and self.cache.reserve(len(chunk)):
                self.size += len(chunk)
                self.collected.append(chunk)
            else:
                self._drop()
            if self.size == self.length:
                self._end()
        return chunk

    def close(self) -> None:
        """End the answer; one that has not come to its end is not kept."""
        self._drop()
        # A generator has to be closed, and other iterators need not know how.
        getattr(self.chunks, "close", lambda: None)()

    def _end(self) -> None:
        if self.collected is not None:
            self.put(b"".join(self.collected))
        self._drop()

    def _drop(self) -> None:
        self.cache.reserve(-self.size)
        self.collected, self.size = None, 0


def register_answer_cache(app: Flask, max_bytes: int, *, refresh: bool) -> None:
    """Have an application keep answers within so many bytes, 0 for none, and count what is asked, to refresh them."""
    if max_bytes:
        app.extensions[ANSWER_CACHE_EXTENSION] = AnswerCache(max_bytes, AskedQueries() if refresh else None)


def answer_cache() -> AnswerCache | None:
    """Return the cache of the current application, if it has one."""
    return answer_cache_of(current_app)


def count_query(query: Query) -> AskedQuery | None:
    """Count the current request for a query that names no version, None if that is not counted."""
    cache = answer_cache()
    return (
        None
        if cache is None or cache.asked_queries is None
        else cache.asked_queries.count(query, requested_representation())
    )


def answer_cache_of(app: Flask) -> AnswerCache | None:
    """Return the cache of an application, if it has one."""
    cache: AnswerCache | None = app.extensions.get(ANSWER_CACHE_EXTENSION)
    return cache
