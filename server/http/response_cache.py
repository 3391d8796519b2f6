"""A cache of responses by the bytes of their requests, looked up before anything of a request is parsed.

Whatever the bytes of a request decide was decided when it was first answered: its limits, its route, its format, its
origin. What they do not decide is checked again: the current version, once for all requests that had arrived when the
loop began its turn, and whether the body is still cached. Each response has its own date and id.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

from werkzeug.http import http_date

from kg.bounded_cache import BoundedCache
from kg.errors import CommuniqueError
from kg.store.interfaces import Version
from server.http.answer_cache import HIT, AnswerCache
from server.http.asked_queries import AskedQuery
from server.http.request_limits import QUERY_PATH
from server.http.request_tracking import RequestListener, RequestRecord, new_request_id
from server.sockets.cached_responses import ALONE, RequestBytes

MAX_REQUESTS, MAX_REQUEST_BYTES = 10_000, 8 * 2**20
MAX_BODY_BYTES = 64 * 1024
"""The longest body that the loop's thread sends itself: a longer one would keep other connections waiting."""
_OWN_FIELDS = re.compile(rb"(.*\r\nDate: )[^\r]*(\r\n.*\r\nX-Request-Id: )[^\r]*(\r\n.*)", re.DOTALL)
"""A response's header, in pieces around the date and the id."""


@dataclass(frozen=True)
class AnswerReference:
    """An answer that is valid while its version is the current one, and its query, if that is counted."""

    version: Version
    tag: str
    asked_query: AskedQuery | None

    def count(self) -> None:
        """Count another request for the query."""
        if self.asked_query is not None:
            self.asked_query.count += 1


class _CachedHeader(NamedTuple):
    """The header of a cached response without its date and id; the body is in the answer cache."""

    answer: AnswerReference
    status: int
    client: str
    """The client's address as the trusted proxy reports it; empty if it is the peer's."""
    pieces: tuple[bytes, bytes, bytes]


class LoggedResponse:
    """A response that is counted and logged once it has been sent; see `CachedResponse`."""

    def __init__(
        self, message: bytes, record: RequestRecord, started: float, listeners: tuple[RequestListener, ...]
    ) -> None:
        """Take the response, its record, and when its request was read, by the monotonic clock."""
        self.message, self._record, self._started, self._listeners = message, record, started, listeners

    def record_sent(self, address: str) -> None:
        """Pass the record of the request to the listeners."""
        record = self._record
        record.client, record.seconds = record.client or address, time.monotonic() - self._started
        for listener in self._listeners:
            listener(record)


class ResponseCache:
    """The headers of responses by the bytes of their requests; `current` returns the current version."""

    def __init__(
        self, answers: AnswerCache, current: Callable[[], Version], listeners: tuple[RequestListener, ...]
    ) -> None:
        self._answers, self._current, self._listeners = answers, current, listeners
        self._headers = BoundedCache[_CachedHeader](MAX_REQUESTS, MAX_REQUEST_BYTES)
        self._turn = ALONE
        self._current_in_turn: Version | None = None

    def find(self, request: RequestBytes, turn: int) -> LoggedResponse | None:
        """Return the cached response to a request, None if there is none for the current version; see `FindCached`."""
        header = self._headers.get(request)
        if header is None:
            return None
        if header.answer.version != self.current_in(turn):
            return None
        if header.status == HTTPStatus.NOT_MODIFIED:
            return self._response(header, b"")
        answer = self._answers.get(header.answer.tag)
        return None if answer is None else self._response(header, answer.body)

    def current_in(self, turn: int) -> Version | None:
        """Return the version that is current for all requests of a turn of the loop; None if it cannot be read."""
        if turn == ALONE or turn != self._turn:
            self._turn, self._current_in_turn = turn, self._readable_current()
        return self._current_in_turn

    def put(
        self, answer: AnswerReference, status: int, client: str, request: RequestBytes, response_header: bytes
    ) -> None:
        """Cache the header of a response whose id is not the client's; see `CacheHeader`."""
        match = _OWN_FIELDS.fullmatch(response_header)
        if match is not None:
            pieces = match[1], match[2], match[3]
            header = _CachedHeader(answer, status, client if request.proxy else "", pieces)
            self._headers.put(request, header, len(request.header) + len(response_header))

    def is_current(self, version: Version) -> bool:
        """Return whether a version is the current one."""
        return self._readable_current() == version

    def _response(self, header: _CachedHeader, body: bytes) -> LoggedResponse:
        started, request_id, (before, between, after) = time.monotonic(), new_request_id(), header.pieces
        header.answer.count()
        message = b"".join((before, http_date_now().encode(), between, request_id.encode(), after, body))
        record = RequestRecord(
            request_id,
            "GET",
            QUERY_PATH,
            header.client,
            QUERY_PATH,
            header.status,
            has_etag=True,
            cache_status=HIT,
            body_bytes=len(body),
            complete=True,
        )
        return LoggedResponse(message, record, started, self._listeners)

    def _readable_current(self) -> Version | None:
        with suppress(CommuniqueError):
            return self._current()
        return None


def http_date_now() -> str:
    """Return the present time as the value of a Date field."""
    return _http_date(int(time.time()))


@lru_cache(1)
def _http_date(second: int) -> str:
    return http_date(second)
