"""Tracks each request from its arrival to the last byte of its response: an id, a route, a status and durations.

The id is the client's `X-Request-Id` if that is short and plain, a new one otherwise; the response and every line that
is logged meanwhile carry it. Listeners receive a record of each request when it has ended. The record has no header and
no query string, so that no token can get into a log.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request

REQUEST_ID_HEADER = "X-Request-Id"
ROUTE_KEY, TEXT_KEY = "communique.route", "communique.text"
NO_ROUTE = "none"
PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread is answering."""


@dataclass
class RequestRecord:
    """A request that has ended; `seconds` are from its arrival to the last byte of its response."""

    id: str
    method: str
    path: str
    client: str
    route: str = NO_ROUTE
    status: int = 0
    has_etag: bool = False
    cache_status: str = ""
    """The Cache-Status of its response, if any."""
    body_bytes: int = 0
    seconds: float = 0
    complete: bool = False
    text: str = ""
    """The text of its query or update, if any."""


RequestListener = Callable[[RequestRecord], None]


def register_request_tracking(app: Flask, listeners: Iterable[RequestListener]) -> None:
    """Track the requests of an application."""
    app.before_request(_record_route)
    app.wsgi_app = RequestTracker(app.wsgi_app, tuple(listeners))  # type: ignore[method-assign]


def new_request_id() -> str:
    """Return an id that no other request has."""
    return token_hex(16)


def record_query_text(text: str) -> None:
    """Record the text of the current request's query or update."""
    request.environ[TEXT_KEY] = text


def _record_route() -> None:
    rule = request.url_rule
    if rule is not None:
        request.environ[ROUTE_KEY] = rule.rule


class RequestTracker:
    """WSGI middleware that records each request of an application."""

    def __init__(self, app: WSGIApplication, listeners: tuple[RequestListener, ...]) -> None:
        self._app, self._listeners = app, listeners

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request and record it."""
        record, started = _new_record(environ), time.monotonic()
        request_id.set(record.id)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401 -- WSGI's
            record.status = int(status.partition(" ")[0])
            by_name = {name.lower(): value for name, value in headers}
            record.has_etag, record.cache_status = "etag" in by_name, by_name.get("cache-status", "")
            return start_response(status, [*headers, (REQUEST_ID_HEADER, record.id)], exc_info)

        def end() -> None:
            record.seconds = time.monotonic() - started
            # From the environment, since Flask's request is gone when the body has been sent.
            record.route, record.text = environ.get(ROUTE_KEY, NO_ROUTE), environ.get(TEXT_KEY, "")
            for listener in self._listeners:
                listener(record)
            # The thread serves other requests next; what it logs in between belongs to none of them.
            request_id.set("")

        # If the application fails, the record ends here; otherwise when the body is closed.
        with ExitStack() as failed:
            failed.callback(end)
            body = _TrackedBody(self._app(environ, start), record, end)
            failed.pop_all()
        return body


class _TrackedBody(Iterator[bytes]):
    """A response body that counts its bytes."""

    def __init__(self, chunks: Iterable[bytes], record: RequestRecord, end: Callable[[], None]) -> None:
        self._chunks, self._iterator = chunks, iter(chunks)
        self._record, self._end = record, end

    def __next__(self) -> bytes:
        try:
            chunk = next(self._iterator)
        except StopIteration:
            self._record.complete = True
            raise
        self._record.body_bytes += len(chunk)
        return chunk

    def close(self) -> None:
        """Close the body and end the record."""
        try:
            getattr(self._chunks, "close", lambda: None)()
        finally:
            self._end()


def _new_record(environ: WSGIEnvironment) -> RequestRecord:
    sent_id = environ.get("HTTP_X_REQUEST_ID", "")
    # Only a plain one, since it goes into the log and into a header as it is.
    own_id = sent_id if PLAIN_ID.fullmatch(sent_id) else new_request_id()
    return RequestRecord(
        own_id, environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), environ.get("REMOTE_ADDR", "")
    )
