"""A thin layer of WSGI before Flask, which answers a GET of a query that was answered before on the same version.

A request is the same if its address and all fields of its header are the same but those that nothing here reads: so
whatever an answer may depend on tells two requests apart, and no field needs to be listed for that. The layer is left
out where requests are counted or need a token, and it passes on all that it is not sure of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.http import parse_etags

from kg.bounded_cache import BoundedCache
from kg.errors import CommuniqueError
from kg.store.interfaces import Version
from server.http.answer_cache import CACHE_STATUS, HIT, AnswerCache
from server.http.asked_queries import AskedQuery
from server.http.request_limits import QUERY_PATH
from server.http.request_tracking import ROUTE_KEY
from server.sockets import READY_KEY, FindReady, no_response
from server.sockets.admission import REFUSAL

REPEATABLE_KEY = "communique.repeatable"
"""In the environment of a request: the current version, the tag of its answer, if it may be given again, and its query,
if it is counted."""
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
MAX_REQUESTS, MAX_REQUEST_BYTES = 10_000, 16 * 2**20
MAX_READY_BYTES = 64 * 1024
"""What the loop's thread sends itself: a longer body may be spooled to a file, and keeps other connections waiting."""
OF_A_BODY = {"content-type", "content-length", "content-encoding", "content-disposition"}

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class _KnownResponse:
    version: Version
    tag: str
    asked_query: AskedQuery | None
    fields: Fields


@dataclass(frozen=True)
class RepeatedResponse:
    """A response that was given before, and the query that it answers, if that is counted."""

    status: str
    fields: Fields
    asked_query: AskedQuery | None
    body: bytes = b""


class RepeatedRequests:
    """WSGI middleware over an application whose answers are kept; `current` returns the current version."""

    def __init__(self, app: WSGIApplication, answers: AnswerCache, current: Callable[[], Version]) -> None:
        self._app, self._answers, self._current = app, answers, current
        self._heads = BoundedCache[_KnownResponse](MAX_REQUESTS, MAX_REQUEST_BYTES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that is known, and get to know the others."""
        key = _key(environ)
        if key is None:
            return self._app(environ, start_response)
        ready = environ.get(READY_KEY)
        response = ready if isinstance(ready, RepeatedResponse) else self._repeated(key, environ)
        if response is not None:
            # For the log and the metrics: Flask, which sets the route of a request, does not see this one.
            environ[ROUTE_KEY] = QUERY_PATH
            if response.asked_query is not None:
                response.asked_query.count += 1
            start_response(response.status, response.fields)
            return [response.body] if response.body else []

        def start(status: str, fields: Fields, exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401 -- WSGI's
            if status.startswith("200 ") and REPEATABLE_KEY in environ:
                # Both are set for each response: the length with its body, the status with where it comes from.
                repeated = [field for field in fields if field[0] not in ("Content-Length", CACHE_STATUS)]
                size = sum(len(part or "") for part in key) + sum(len(name) + len(value) for name, value in repeated)
                version, tag, asked_query = environ[REPEATABLE_KEY]
                self._heads.put(key, _KnownResponse(version, tag, asked_query, repeated), size)
            return start_response(status, fields, exc_info)

        return self._app(environ, start)

    def find_ready(self, environ: WSGIEnvironment) -> RepeatedResponse | None:
        """Return the response to a request that is known, if it is short enough for the loop's thread to send."""
        key = _key(environ)
        response = None if key is None else self._repeated(key, environ)
        return None if response is None or len(response.body) > MAX_READY_BYTES else response

    def _repeated(self, key: tuple[str, ...], environ: WSGIEnvironment) -> RepeatedResponse | None:
        """Return the response as before; None if that is not known, or not known to hold now."""
        head = self._heads.get(key)
        if head is None or not self._is_current(head.version):
            return None
        # First, since a 304 needs no body that is still kept.
        sent_tags = environ.get("HTTP_IF_NONE_MATCH")
        if sent_tags is not None and parse_etags(sent_tags).contains_weak(head.tag):
            # A 304 has no content to describe (RFC 9110, section 15.4.5).
            fields = [field for field in head.fields if field[0].lower() not in OF_A_BODY]
            return RepeatedResponse("304 NOT MODIFIED", [*fields, (CACHE_STATUS, HIT)], head.asked_query)
        answer = self._answers.get(head.tag)
        if answer is None:
            return None
        length = ("Content-Length", str(len(answer.body)))
        return RepeatedResponse("200 OK", [*head.fields, length, (CACHE_STATUS, HIT)], head.asked_query, answer.body)

    def _is_current(self, version: Version) -> bool:
        try:
            return self._current() == version
        except CommuniqueError:
            return False


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
    return no_response if repeated is None else repeated.find_ready
