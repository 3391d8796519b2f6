"""Each request watched from its arrival to its last byte: it has an id, and listeners are told what became of it.

The id is the client's `X-Request-Id` where that is short and plain, and a new one otherwise; the answer carries it, and
so does every line that is logged while the request is worked on. What a listener is told holds no header and nothing
of the address behind the question mark, so no token can get into a log.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request

HEADER = "X-Request-Id"
ROUTE, TEXT = "communique.route", "communique.text"
NO_ROUTE = "none"
PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread works on."""


@dataclass
class RequestRecord:
    """What became of a request; `seconds` run from its arrival to its last byte."""

    id: str
    method: str
    path: str
    client: str
    route: str = NO_ROUTE
    status: int = 0
    tagged: bool = False
    """Whether the answer has an ETag."""
    size: int = 0
    """Bytes of the answer's body."""
    seconds: float = 0
    whole: bool = False
    text: str = ""
    """The query or update that was asked, if one was."""


RequestListener = Callable[[RequestRecord], None]


def register(app: Flask, listeners: Iterable[RequestListener]) -> None:
    """Watch an application's requests."""
    app.before_request(_note_route)
    app.wsgi_app = RequestTracker(app.wsgi_app, tuple(listeners))  # type: ignore[method-assign]


def record_query_text(text: str) -> None:
    """Say what the current request asks."""
    request.environ[TEXT] = text


def _note_route() -> None:
    if request.url_rule is not None:
        request.environ[ROUTE] = request.url_rule.rule


class RequestTracker:
    """A WSGI application around another."""

    def __init__(self, inner: WSGIApplication, listeners: tuple[RequestListener, ...]) -> None:
        self._inner, self._listeners = inner, listeners

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, watched."""
        seen, started = _arrived(environ), time.monotonic()
        request_id.set(seen.id)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401 -- WSGI's
            seen.status = int(status.partition(" ")[0])
            seen.tagged = any(name.lower() == "etag" for name, _ in headers)
            return start_response(status, [*headers, (HEADER, seen.id)], exc_info)

        def end() -> None:
            seen.seconds = time.monotonic() - started
            seen.route, seen.text = environ.get(ROUTE, NO_ROUTE), environ.get(TEXT, "")
            for listener in self._listeners:
                listener(seen)
            request_id.set("")

        with ExitStack() as failed:
            failed.callback(end)
            body = _Body(self._inner(environ, start), seen, end)
            failed.pop_all()
        return body


class _Body(Iterator[bytes]):
    """An answer's body, counted."""

    def __init__(self, chunks: Iterable[bytes], seen: RequestRecord, end: Callable[[], None]) -> None:
        self._chunks, self._iterator = chunks, iter(chunks)
        self._seen, self._end = seen, end

    def __next__(self) -> bytes:
        try:
            chunk = next(self._iterator)
        except StopIteration:
            self._seen.whole = True
            raise
        self._seen.size += len(chunk)
        return chunk

    def close(self) -> None:
        """End what makes the body, and tell of the request."""
        try:
            close = getattr(self._chunks, "close", None)
            if close is not None:
                close()
        finally:
            self._end()


def _arrived(environ: WSGIEnvironment) -> RequestRecord:
    given = environ.get("HTTP_X_REQUEST_ID", "")
    known = given if PLAIN_ID.fullmatch(given) else uuid4().hex
    return RequestRecord(known, environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), environ.get("REMOTE_ADDR", ""))
