"""Requests whose response is known by their bytes, and can be sent before anything of them is parsed.

What the bytes of a request decide has been decided when it was answered before: its limits, its route, its format, its
origin. What they do not decide is looked at again: the current version, and whether the body is kept still. The date
and the id of the response are its own.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
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
from server.sockets import RequestBytes

MAX_REQUESTS, MAX_REQUEST_BYTES = 10_000, 8 * 2**20
MAX_BODY_BYTES = 64 * 1024
"""What the loop's thread sends itself: a longer body keeps other connections waiting."""
_OWN_FIELDS = re.compile(rb"(.*\r\nDate: )[^\r]*(\r\n.*\r\nX-Request-Id: )[^\r]*(\r\n.*)", re.DOTALL)
"""A response's header, in pieces around the date and the id."""


@dataclass(frozen=True)
class RepeatableAnswer:
    """An answer that holds while its version is the current one, and the query that it answers, if that is counted."""

    version: Version
    tag: str
    asked_query: AskedQuery | None

    def count(self) -> None:
        """Count the query as asked once more."""
        if self.asked_query is not None:
            self.asked_query.count += 1


class _KnownResponse(NamedTuple):
    """What a response to a request always has: all but its date, its id and its body."""

    answer: RepeatableAnswer
    status: int
    client: str
    """The client's address as the trusted proxy has it, empty for the peer's."""
    pieces: tuple[bytes, bytes, bytes]


class FoundResponse:
    """A response that is ready to be sent; see `server.sockets.ReadyResponse`."""

    def __init__(self, known: _KnownResponse, body: bytes, listeners: tuple[RequestListener, ...]) -> None:
        self._known, self._body_bytes, self._listeners = known, len(body), listeners
        self._found, self._request_id = time.monotonic(), new_request_id()
        before, between, after = known.pieces
        self.message = b"".join((before, _date(int(time.time())), between, self._request_id.encode(), after, body))

    def record_sent(self, address: str) -> None:
        """Count the request, and have it logged."""
        known = self._known
        known.answer.count()
        record = RequestRecord(
            self._request_id,
            "GET",
            QUERY_PATH,
            known.client or address,
            QUERY_PATH,
            known.status,
            has_etag=True,
            cache_status=HIT,
            body_bytes=self._body_bytes,
            seconds=time.monotonic() - self._found,
            complete=True,
        )
        for listener in self._listeners:
            listener(record)


class KnownRequests:
    """The known responses to requests; `current` returns the current version."""

    def __init__(
        self, answers: AnswerCache, current: Callable[[], Version], listeners: tuple[RequestListener, ...]
    ) -> None:
        self._answers, self._current, self._listeners = answers, current, listeners
        self._responses = BoundedCache[_KnownResponse](MAX_REQUESTS, MAX_REQUEST_BYTES)

    def find(self, request: RequestBytes) -> FoundResponse | None:
        """Return the response to a request, None if it is not known to hold now; see `server.sockets.FindReady`."""
        known = self._responses.get(request)
        if known is None or not self.is_current(known.answer.version):
            return None
        if known.status == HTTPStatus.NOT_MODIFIED:
            return FoundResponse(known, b"", self._listeners)
        answer = self._answers.get(known.answer.tag)
        return None if answer is None else FoundResponse(known, answer.body, self._listeners)

    def keep(self, answer: RepeatableAnswer, status: int, client: str, request: RequestBytes, head: bytes) -> None:
        """Keep the header of a response that has no id of the client's; see `server.sockets.KeepHead`."""
        match = _OWN_FIELDS.fullmatch(head)
        if match is not None:
            pieces = match[1], match[2], match[3]
            known = _KnownResponse(answer, status, client if request.proxy else "", pieces)
            self._responses.put(request, known, len(request.head) + len(head))

    def is_current(self, version: Version) -> bool:
        """Return whether a version is the current one."""
        try:
            return self._current() == version
        except CommuniqueError:
            return False


@lru_cache(1)
def _date(second: int) -> bytes:
    return http_date(second).encode()
