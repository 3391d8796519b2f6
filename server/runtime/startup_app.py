"""What answers before the application is loaded: the process is alive, and not ready."""

from __future__ import annotations

import json
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from server.sockets import Admit, Refusal, RequestHead

MAX_BODY = 64 * 1024
"""Bytes of a body that may come before the application is there to say more."""


class StartupApp:
    """A WSGI application that stands for another until `open` is called with it."""

    def __init__(self) -> None:
        self._app: WSGIApplication | None = None
        self._admit: Admit | None = None

    def open(self, app: WSGIApplication, admit: Admit) -> None:
        """Let an application answer from now on, and decide whose bodies are read."""
        self._admit, self._app = admit, app

    def admit(self, head: RequestHead) -> Refusal | int:
        """Return how many bytes a request's body may have, or why it is not read."""
        return MAX_BODY if self._admit is None else self._admit(head)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer 200 for /health, and 503 with Retry-After for everything else, until the gate is open."""
        if self._app is not None:
            return self._app(environ, start_response)
        alive = environ.get("PATH_INFO") == "/health"
        said = {"status": "alive"} if alive else {"ready": False, "why": "The server is loading the store."}
        body = f"{json.dumps(said)}\n".encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Retry-After", "1")]
        start_response("200 OK" if alive else "503 Service Unavailable", headers)
        return [body]
