"""A thin layer of WSGI before Flask, which answers a GET of a query that was answered before on the same version.

A request is the same if its address and all fields of its header are the same but those that nothing here reads: so
whatever an answer may depend on tells two requests apart, and no field needs to be listed for that. The layer is left
out where requests are counted or need a token, and it passes on all that it is not sure of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.http import parse_etags

from kg.bounded_cache import BoundedCache
from server.http.answer_cache import CACHE_STATUS, HIT, AnswerCache
from server.http.known_requests import (
    MAX_BODY_BYTES,
    MAX_REQUEST_BYTES,
    MAX_REQUESTS,
    KnownRequests,
    RepeatableAnswer,
)
from server.http.request_limits import QUERY_PATH
from server.http.request_tracking import ROUTE_KEY
from server.sockets import KEEP_KEY, FindReady, no_response
from server.sockets.admission import REFUSAL

REPEATABLE_KEY = "communique.repeatable"
"""In the environment of a request: the `RepeatableAnswer` to it, if it may be given again."""
REPEATED_REQUESTS_EXTENSION = "communique.repeated_requests"
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
"""Characters of such a field, under the limit of each: longer ones are refused elsewhere."""
# Requests with a token or a body, and those that the socket server has refused, are decided on behind this layer.
PASSED_ON = ("HTTP_AUTHORIZATION", "HTTP_TRANSFER_ENCODING", "CONTENT_LENGTH", REFUSAL)
SINGLE_FIELDS = {"HTTP_EXPECT", "HTTP_X_REQUEST_ID"}
"""Fields of a request that no other response answers byte for byte."""
OF_A_BODY = {"content-type", "content-length", "content-encoding", "content-disposition"}

Fields = list[tuple[str, str]]


class _KnownHead(NamedTuple):
    answer: RepeatableAnswer
    fields: Fields


class RepeatedRequests:
    """WSGI middleware over an application whose answers are kept; what it has answered, it makes known by its bytes."""

    def __init__(self, app: WSGIApplication, answers: AnswerCache, known_requests: KnownRequests) -> None:
        self._app, self._answers = app, answers
        self.known_requests = known_requests
        self._heads = BoundedCache[_KnownHead](MAX_REQUESTS, MAX_REQUEST_BYTES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that is known, and get to know the others."""
        key = _key(environ)
        if key is None:
            return self._app(environ, start_response)
        head = self._heads.get(key)
        if head is not None and self.known_requests.is_current(head.answer.version):
            body = self._repeat(head, environ, start_response)
            if body is not None:
                return body

        def start(status: str, fields: Fields, exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401 -- WSGI's
            if status.startswith("200 ") and REPEATABLE_KEY in environ:
                # Both are set for each response: the length with its body, the status with where it comes from.
                repeated = [field for field in fields if field[0] not in ("Content-Length", CACHE_STATUS)]
                size = sum(len(part or "") for part in key) + sum(len(name) + len(value) for name, value in repeated)
                self._heads.put(key, _KnownHead(environ[REPEATABLE_KEY], repeated), size)
            return start_response(status, fields, exc_info)

        return self._app(environ, start)

    def _repeat(self, head: _KnownHead, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes] | None:
        """Give a response as before; return its body, None if that is no longer kept."""
        tags, body = environ.get("HTTP_IF_NONE_MATCH"), b""
        # First, since a 304 needs no body that is still kept.
        if tags is not None and parse_etags(tags).contains_weak(head.answer.tag):
            status = HTTPStatus.NOT_MODIFIED
            # A 304 has no content to describe (RFC 9110, section 15.4.5).
            fields = [field for field in head.fields if field[0].lower() not in OF_A_BODY]
        else:
            answer = self._answers.get(head.answer.tag)
            if answer is None:
                return None
            status, body = HTTPStatus.OK, answer.body
            fields = [*head.fields, ("Content-Length", str(len(body)))]
        # For the log and the metrics: Flask, which sets the route of a request, does not see this one.
        environ[ROUTE_KEY] = QUERY_PATH
        head.answer.count()
        if len(body) <= MAX_BODY_BYTES and not SINGLE_FIELDS & environ.keys():
            client = environ.get("REMOTE_ADDR", "")
            environ[KEEP_KEY] = partial(self.known_requests.keep, head.answer, status, client)
        start_response(f"{status.value} {status.phrase.upper()}", [*fields, (CACHE_STATUS, HIT)])
        return [body] if body else []


def _key(environ: WSGIEnvironment) -> tuple[str, ...] | None:
    """Return what tells a request from others; None for one that is not answered here."""
    is_plain = environ["REQUEST_METHOD"] == "GET" and environ.get("SERVER_PROTOCOL") == "HTTP/1.1"
    if not is_plain or environ["PATH_INFO"] != QUERY_PATH or any(name in environ for name in PASSED_ON):
        return None
    parts = [
        environ["QUERY_STRING"],
        environ["SCRIPT_NAME"],
        environ["wsgi.url_scheme"],
        environ.get("CONTENT_TYPE", ""),
    ]
    for name, value in environ.items():
        if name not in UNREAD_FIELDS:
            parts += (name, value) if name.startswith("HTTP_") else ()
        elif len(value) > MAX_UNREAD_CHARACTERS:
            return None
    return tuple(parts)


def ready_responses(app: Flask) -> FindReady:
    """Return how the responses of an application that are in memory are found; it may keep none."""
    repeated: RepeatedRequests | None = app.extensions.get(REPEATED_REQUESTS_EXTENSION)
    return no_response if repeated is None else repeated.known_requests.find
