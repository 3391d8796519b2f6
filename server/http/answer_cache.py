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

ANSWER_CACHE_EXTENSION = "communique.answer_cache"
CACHE_STATUS = "Cache-Status"
HIT, MISS, BYPASS = "communique; hit", "communique; fwd=miss", "communique; fwd=bypass"
"""What the header says (RFC 9211): bypass is of answers that are not kept whatever happens."""
MAX_ANSWERS = 20_000
MAX_SHARE = 8
"""An answer may take one part in so many of the cache."""
OVERHEAD_BYTES = 1024
"""What an entry takes beside its body."""


@dataclass(frozen=True)
class KeptAnswer:
    """The body of a 200, in its encoding, and the fields of its header that describe it."""

    body: bytes
    fields: tuple[tuple[str, str], ...]

    def response(self) -> Response:
        """Return it as a response."""
        return Response(self.body, headers=[*self.fields, (CACHE_STATUS, HIT)])


class AnswerCache:
    """Answers within so many bytes, those that are being read on their way in included."""

    def __init__(self, max_bytes: int) -> None:
        self._answers = BoundedCache[KeptAnswer](MAX_ANSWERS, max_bytes)
        self.max_answer_bytes = max_bytes // MAX_SHARE
        self._lock = Lock()
        self._filling = 0

    @property
    def size(self) -> int:
        """Return the bytes of what is kept."""
        return self._answers.size

    def get(self, tag: str) -> KeptAnswer | None:
        """Return the answer of a tag, None if it is not kept."""
        return self._answers.get(tag)

    def keep(self, tag: str, response: Response, seconds: float) -> Response:
        """Return a response that is kept once it has been sent whole; it took so many seconds to compute."""
        # Not its length: a response whose body is in memory states that itself.
        fields = tuple((name, value) for name, value in response.headers if name != "Content-Length")

        def put(body: bytes) -> None:
            self._answers.put(tag, KeptAnswer(body, fields), len(body) + OVERHEAD_BYTES, seconds)

        chunks = iter(response.response)
        response.response = _Filling(chunks, self, put, response.content_length)  # type: ignore[arg-type]  # bytes, as always here
        response.headers[CACHE_STATUS] = MISS
        return response

    def reserve(self, size: int) -> bool:
        """Count bytes of an answer on its way; False if half of the cache is on its way already."""
        with self._lock:
            # Half, so that what many clients read at once does not push out the rest. A negative size gives bytes back.
            fits = size <= 0 or self._filling + size <= self._answers.max_size // 2
            self._filling += size if fits else 0
            return fits


@dataclass
class _Filling(Iterator[bytes]):
    """The chunks of an answer, which are collected while they are sent, as long as there are not too many."""

    chunks: Iterator[bytes]
    cache: AnswerCache
    put: Callable[[bytes], None]
    length: int | None
    """How many bytes come, if that is known: then the answer is kept before the last of them is sent, and not after."""
    collected: list[bytes] | None = field(default_factory=list)
    size: int = 0

    def __next__(self) -> bytes:
        try:
            chunk = next(self.chunks)
        except StopIteration:
            self._end()
            raise
        if self.collected is not None:
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
        getattr(self.chunks, "close", lambda: None)()

    def _end(self) -> None:
        if self.collected is not None:
            self.put(b"".join(self.collected))
        self._drop()

    def _drop(self) -> None:
        self.cache.reserve(-self.size)
        self.collected, self.size = None, 0


def register_answer_cache(app: Flask, max_bytes: int) -> None:
    """Have an application keep answers within so many bytes; 0 for none."""
    if max_bytes:
        app.extensions[ANSWER_CACHE_EXTENSION] = AnswerCache(max_bytes)


def answer_cache() -> AnswerCache | None:
    """Return the cache of the current application, if it has one."""
    cache: AnswerCache | None = current_app.extensions.get(ANSWER_CACHE_EXTENSION)
    return cache
