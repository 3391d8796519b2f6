"""Whether a request's body is read, decided by its header: a stranger's is neither gathered nor spooled to disk."""

from __future__ import annotations

from wsgiref.types import WSGIEnvironment

from flask import Flask
from werkzeug.exceptions import HTTPException

from kg.errors import CommuniqueError
from server.auth.origins import BY_HEAD
from server.auth.roles import admit
from server.http.errors import HttpError
from server.http.request_limits import KILOBYTE, LIMITS_EXTENSION, RequestLimits
from server.sockets import Refusal, RequestHead

WITH_BODY = ("PATCH", "POST", "PUT")
MAX_IGNORED_BODY = 64 * KILOBYTE
"""Bytes of a body that may come with a method that has no use for one."""
BARE = ("CONTENT_TYPE", "CONTENT_LENGTH")


class BodyAdmission:
    """Answers the socket server's question for an application; see `server.sockets.Admit`."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, head: RequestHead) -> Refusal | int:
        """Return how many bytes the body may have, or why it is not read; the application then says the same."""
        if head.method not in WITH_BODY:
            return MAX_IGNORED_BODY
        try:
            with self._app.request_context(_environment(head)):
                admit()
        except HttpError as error:
            return Refusal(error.status, error.sentence, error.headers)
        except (HTTPException, CommuniqueError):
            return MAX_IGNORED_BODY  # the application meets the same error, and answers with it
        request_limits: RequestLimits = self._app.extensions[LIMITS_EXTENSION]
        media_type = head.headers.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        return request_limits.body_limit(head.path, media_type)[1]


def _environment(head: RequestHead) -> WSGIEnvironment:
    """Return as much of the WSGI environment as roles and routes are decided by."""
    fields = {key if key in BARE else f"HTTP_{key}": value for key, value in head.headers.items()}
    return {
        **fields,
        "REQUEST_METHOD": head.method.upper(),
        "SCRIPT_NAME": "",
        "PATH_INFO": head.path,
        "QUERY_STRING": head.query,
        "REMOTE_ADDR": head.address,
        "SERVER_NAME": "",
        "SERVER_PORT": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        BY_HEAD: True,
    }
