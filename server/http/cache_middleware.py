"""WSGI middleware before Flask that answers a GET of a query that was answered before on the same version.

It identifies a request by its parsed environment, and a response by its header fields and the tag of its body. What it
answers is cached by the request's bytes too (`server.http.response_cache`): the next such request is not even parsed.

Two requests are the same if their addresses and all their header fields are, except for fields that nothing here reads:
so whatever an answer may depend on distinguishes two requests, and no such field needs to be listed. The middleware is
left out where requests are counted or need a token, and it passes on every request that it is not sure of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.http import parse_etags, remove_entity_headers

from kg.bounded_cache import BoundedCache
from server.http.answer_cache import CACHE_STATUS, HIT, AnswerCache
from server.http.request_limits import QUERY_PATH
from server.http.request_tracking import ROUTE_KEY
from server.http.response_cache import (
    MAX_BODY_BYTES,
    MAX_REQUEST_BYTES,
    MAX_REQUESTS,
    AnswerReference,
    ResponseCache,
)
from server.sockets.admission import REFUSAL
from server.sockets.cached_responses import CACHE_HEADER_KEY, FindCached, no_response

ANSWER_REFERENCE_KEY = "communique.answer_reference"
"""The key in a request's environment of its `AnswerReference`, if the answer may be cached."""
REQUEST_KEY = "communique.request_key"
"""The key in a request's environment of what identifies the request, if it may be answered from a cache."""
FIND_CACHED_EXTENSION = "communique.find_cached"
"""The key of an application's `FindCached` among its extensions."""
UNREAD_FIELDS = {
    "HTTP_CACHE_CONTROL",
    "HTTP_CONNECTION",
    "HTTP_COOKIE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_PRAGMA",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
    "HTTP_X_REQUEST_ID",
}
"""Fields that the body and the tag of an answer do not depend on."""
MAX_UNREAD_CHARACTERS = 256
"""The length of such a field, below the limit of each: longer ones are refused elsewhere."""
# Requests with a token or a body, and those that the socket server has refused, are handled behind this middleware.
PASSED_ON = ("HTTP_AUTHORIZATION", "HTTP_TRANSFER_ENCODING", "CONTENT_LENGTH", REFUSAL)
SINGLE_FIELDS = {"HTTP_EXPECT", "HTTP_X_REQUEST_ID"}
"""Fields of a request that needs a response of its own, byte for byte."""

Fields = list[tuple[str, str]]


class _CachedFields(NamedTuple):
    answer: AnswerReference
    fields: Fields


class CacheMiddleware:
    """Answers requests that an application has answered before; the fields of its responses are cached by request."""

    def __init__(self, app: WSGIApplication, answers: AnswerCache, response_cache: ResponseCache) -> None:
        self._app, self._answers, self._response_cache = app, answers, response_cache
        self._cached_fields = BoundedCache[_CachedFields](MAX_REQUESTS, MAX_REQUEST_BYTES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the cache, or have the application answer and cache the fields of its response."""
        key = _key(environ)
        if key is None:
            return self._app(environ, start_response)
        cached = self._cached_fields.get(key)
        if cached is not None and self._response_cache.is_current(cached.answer.version):
            body = self._respond(cached, environ, start_response)
            if body is not None:
                return body
        environ[REQUEST_KEY] = key

        def start(status: str, fields: Fields, exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401 -- WSGI's
            if status.startswith("200 ") and ANSWER_REFERENCE_KEY in environ:
                # Both are set for each response: the length with its body, the status with the origin of its body.
                cacheable = [field for field in fields if field[0] not in ("Content-Length", CACHE_STATUS)]
                size = sum(len(part) for part in key) + sum(len(name) + len(value) for name, value in cacheable)
                self._cached_fields.put(key, _CachedFields(environ[ANSWER_REFERENCE_KEY], cacheable), size)
            return start_response(status, fields, exc_info)

        return self._app(environ, start)

    def _respond(
        self, cached: _CachedFields, environ: WSGIEnvironment, start_response: StartResponse
    ) -> list[bytes] | None:
        """Start a response like the previous one; return its body, None if that is no longer cached."""
        tags, body = environ.get("HTTP_IF_NONE_MATCH"), b""
        # First, since a 304 needs no cached body.
        if tags is not None and parse_etags(tags).contains_weak(cached.answer.tag):
            status = HTTPStatus.NOT_MODIFIED
            # A 304 has no content to describe (RFC 9110, section 15.4.5), and only the fields that Flask's 304 has.
            fields = [field for field in cached.fields if field[0] != "Content-Disposition"]
            remove_entity_headers(fields)
        else:
            answer = self._answers.get(cached.answer.tag)
            if answer is None:
                return None
            status, body = HTTPStatus.OK, answer.body
            fields = [*cached.fields, ("Content-Length", str(len(body)))]
        # For the log and the metrics: Flask, which records the route of a request, does not see this one.
        environ[ROUTE_KEY] = QUERY_PATH
        cached.answer.count()
        if len(body) <= MAX_BODY_BYTES and not SINGLE_FIELDS & environ.keys():
            client = environ.get("REMOTE_ADDR", "")
            # For the connection, which alone has the bytes of the request and of the full header (server.sockets).
            environ[CACHE_HEADER_KEY] = partial(self._response_cache.put, cached.answer, status, client)
        start_response(f"{status.value} {status.phrase.upper()}", [*fields, (CACHE_STATUS, HIT)])
        return [body] if body else []


def _key(environ: WSGIEnvironment) -> tuple[str, ...] | None:
    """Return what identifies a request, its query string first; None if it is not answered here."""
    is_plain = environ["REQUEST_METHOD"] == "GET" and environ.get("SERVER_PROTOCOL") == "HTTP/1.1"
    if not is_plain or environ["PATH_INFO"] != QUERY_PATH or any(name in environ for name in PASSED_ON):
        return None
    parts = [
        environ["QUERY_STRING"],
        environ["SCRIPT_NAME"],
        environ["wsgi.url_scheme"],
        environ.get("CONTENT_TYPE", ""),  # also a header field, without the others' prefix (PEP 3333)
    ]
    for name, value in environ.items():
        if name not in UNREAD_FIELDS:
            parts += (name, value) if name.startswith("HTTP_") else ()
        elif len(value) > MAX_UNREAD_CHARACTERS:
            return None
    return tuple(parts)


def find_cached_of(app: Flask) -> FindCached:
    """Return the function that finds an application's cached responses by the bytes of a request."""
    find_cached: FindCached = app.extensions.get(FIND_CACHED_EXTENSION, no_response)
    return find_cached
