"""What answers before the application is loaded: the process is alive, and not ready."""

from __future__ import annotations

import json
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class Gate:
    """A WSGI application that stands for another until `open` is called with it."""

    def __init__(self, max_body: int) -> None:
        self.max_body = max_body
        self._app: WSGIApplication | None = None

    def open(self, app: WSGIApplication) -> None:
        """Let an application answer from now on."""
        self._app = app

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
