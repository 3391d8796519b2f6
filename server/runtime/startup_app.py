"""The WSGI application that answers while the store is being loaded: the process is alive, but not ready."""

from __future__ import annotations

import json
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from server.sockets.admission import Admit, Refusal, RequestHeader
from server.sockets.cached_responses import CachedResponse, FindCached, RequestBytes, no_response

MAX_BODY_BYTES = 64 * 1024
"""The limit of bodies until the application sets its own."""


class StartupApp:
    """Answers until `hand_over` is called, then passes all requests to the application."""

    def __init__(self) -> None:
        self._app: WSGIApplication | None = None
        self._admit: Admit | None = None
        self._find_cached: FindCached = no_response

    def hand_over(self, app: WSGIApplication, admit: Admit, find_cached: FindCached) -> None:
        """Pass all requests to an application from now on."""
        # In this order: a request that the application answers must have been admitted by its rules.
        self._admit, self._app, self._find_cached = admit, app, find_cached

    def admit(self, header: RequestHeader) -> Refusal | int:
        """Return how many bytes of a request's body to read, or a refusal; see `server.sockets.admission.Admit`."""
        return MAX_BODY_BYTES if self._admit is None else self._admit(header)

    def find_cached(self, request: RequestBytes, turn: int) -> CachedResponse | None:
        """Return the response to a request if it is in memory; see `FindCached`."""
        return self._find_cached(request, turn)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer 200 at /health and 503 elsewhere, until there is an application."""
        if self._app is not None:
            return self._app(environ, start_response)
        is_health = environ.get("PATH_INFO") == "/health"
        content = {"status": "alive"} if is_health else {"ready": False, "why": "The server is loading the store."}
        body = f"{json.dumps(content)}\n".encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Retry-After", "1")]
        start_response("200 OK" if is_health else "503 Service Unavailable", headers)
        return [body]
