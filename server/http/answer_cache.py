"""A cache of answers to queries, kept by ETag as they were sent, until other answers are worth more.

A tag is a hash of the version and everything else that an answer depends on: the text, the dataset, the formats, the
host, the encoding (`server.http.conditional_requests`). So a cached answer is never stale and never another query's; a
query whose answers differ on one version (RAND, NOW, SERVICE …) has no tag. Access is checked before anything is looked
up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock

from flask import Flask, Response, current_app

from kg.bounded_cache import BoundedCache
from kg.sparql.protocol import Query
from server.http.asked_queries import AskedQueries, AskedQuery, Fields
from server.http.conditional_requests import requested_representation

ANSWER_CACHE_EXTENSION = "communique.answer_cache"
CACHE_STATUS = "Cache-Status"
HIT, MISS, BYPASS = "communique; hit", "communique; fwd=miss", "communique; fwd=bypass"
"""Values of the Cache-Status header (RFC 9211); a bypass is an answer that is never cached."""
MAX_ANSWERS = 20_000
MAX_SHARE = 1 / 4
"""The share of the cache that one answer may take."""
OVERHEAD_BYTES = 1024
"""The bytes that an entry takes besides its body."""


@dataclass(frozen=True)
class CachedAnswer:
    """The body of a 200 response, in its encoding, and the header fields that describe it."""

    body: bytes
    fields: Fields

    def response(self) -> Response:
        """Return the answer as a Flask response."""
        return Response(self.body, headers=[*self.fields, (CACHE_STATUS, HIT)])


class AnswerCache(BoundedCache[CachedAnswer]):
    """A cache of answers by tag, bounded in bytes; those that are still being collected may take half as many again."""

    def __init__(self, max_bytes: int, asked_queries: AskedQueries | None = None) -> None:
        super().__init__(MAX_ANSWERS, max_bytes)
        self.asked_queries = asked_queries
        """The queries to evaluate again on new versions; None if there is no refresh."""
        self.max_answer_bytes = int(max_bytes * MAX_SHARE)
        self._filling_lock = Lock()
        self._filling = 0

    def keep(self, tag: str, response: Response, seconds: float, asked_query: AskedQuery | None = None) -> Response:
        """Return a response that is cached once it has been sent in full; `seconds` is how long it took to compute."""
        fields, chunks = describing_fields(response), iter(response.response)
        filling = self.filling(tag, chunks, fields, seconds, response.content_length, asked_query)  # type: ignore[arg-type]  # bytes, as always here
        response.response = filling
        response.headers[CACHE_STATUS] = MISS
        return response

    def filling(  # noqa: PLR0913, PLR0917 -- an answer and what is known of it
        self,
        tag: str,
        chunks: Iterator[bytes],
        fields: Fields,
        seconds: float,
        length: int | None = None,
        asked_query: AskedQuery | None = None,
    ) -> Filling:
        """Return the encoded chunks of an answer, which is cached once they have been read to the end."""

        def keep(body: bytes) -> None:
            self.put_answer(tag, CachedAnswer(body, fields), seconds, asked_query)

        return Filling(chunks, self, keep, length)

    def put_answer(self, tag: str, answer: CachedAnswer, seconds: float, asked_query: AskedQuery | None = None) -> None:
        """Keep a complete answer, and note it with its query if that is counted."""
        # With its evaluation time: what is expensive to compute for its size is kept longest.
        self.put(tag, answer, len(answer.body) + OVERHEAD_BYTES, seconds)
        if asked_query is not None:
            asked_query.note_answer(seconds, answer.fields)

    def reserve(self, size: int) -> bool:
        """Count bytes of an answer being collected; return False if that would exceed half of the cache's size."""
        with self._filling_lock:
            # Half, so that what many clients read at once does not displace the rest. A negative size releases bytes.
            fits = size <= 0 or self._filling + size <= self.max_size // 2
            self._filling += size if fits else 0
            return fits


def describing_fields(response: Response) -> Fields:
    """Return the header fields that describe the body of a response to be cached."""
    # Without Content-Length: a response whose body is in memory sets that itself.
    return tuple((name, value) for name, value in response.headers if name != "Content-Length")


@dataclass
class Filling(Iterator[bytes]):
    """The chunks of an answer, collected while they are sent unless they become too large."""

    chunks: Iterator[bytes]
    cache: AnswerCache
    put: Callable[[bytes], None]
    length: int | None
    """The number of bytes to come, if known: then the answer is cached before the last of them is sent, not after."""
    collected: list[bytes] | None = field(default_factory=list)
    size: int = 0

    @property
    def is_given_up(self) -> bool:
        """Return whether the answer was too large to be cached; also true of one that has ended."""
        return self.collected is None

    def __next__(self) -> bytes:
        try:
            chunk = next(self.chunks)
        except StopIteration:
            self._end()
            raise
        if self.collected is not None:
            # An answer that is too large is still sent, only no longer collected.
            if self.size + len(chunk) <= self.cache.max_answer_bytes and self.cache.reserve(len(chunk)):
                self.size += len(chunk)
                self.collected.append(chunk)
            else:
                self._drop()
            if self.size == self.length:
                self._end()
        return chunk

    def close(self) -> None:
        """End the answer; an incomplete one is not cached."""
        self._drop()
        # A generator has to be closed; other iterators may have no `close`.
        getattr(self.chunks, "close", lambda: None)()

    def _end(self) -> None:
        if self.collected is not None:
            self.put(b"".join(self.collected))
        self._drop()

    def _drop(self) -> None:
        self.cache.reserve(-self.size)
        self.collected, self.size = None, 0


def answer_cache() -> AnswerCache | None:
    """Return the cache of the current application, if it has one."""
    return answer_cache_of(current_app)


def count_query(query: Query) -> AskedQuery | None:
    """Count the current request for a query that names no version; return None if queries are not counted."""
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
