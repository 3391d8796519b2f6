"""Decides by a request's header whether to read its body, so that nobody without the role can fill memory or disk."""

from __future__ import annotations

from wsgiref.types import WSGIEnvironment

from flask import Flask
from werkzeug.exceptions import HTTPException

from kg.errors import CommuniqueError
from server.auth.authorization import admit_request
from server.auth.origins import HEADER_ONLY
from server.http.errors import HttpError
from server.http.request_limits import KILOBYTE, LIMITS_EXTENSION, RequestLimits
from server.sockets.admission import Refusal, RequestHeader

METHODS_WITH_BODY = ("PATCH", "POST", "PUT")
MAX_IGNORED_BODY_BYTES = 64 * KILOBYTE
"""The limit of a body that is sent with a method that ignores it."""
UNPREFIXED_FIELDS = ("CONTENT_TYPE", "CONTENT_LENGTH")


def admit(app: Flask, header: RequestHeader) -> Refusal | int:
    """Return how many bytes of a body to read, by an application's roles and limits; see `Admit`.

    If they do not allow the request, return the refusal for the application to answer with.
    """
    if header.method not in METHODS_WITH_BODY:
        return MAX_IGNORED_BODY_BYTES
    try:
        with app.request_context(_environment(header)):
            admit_request()
    except HttpError as error:
        return Refusal(error.status, error.sentence, error.headers)
    except (HTTPException, CommuniqueError):
        return MAX_IGNORED_BODY_BYTES  # the application raises the same error again and answers with it
    limits: RequestLimits = app.extensions[LIMITS_EXTENSION]
    # Without parameters, like `request.mimetype`, by which the application checks the same limit.
    media_type = header.headers.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    return limits.body_limit(header.path, media_type)[1]


def _environment(header: RequestHeader) -> WSGIEnvironment:
    """Return the part of the WSGI environment that routes and roles depend on."""
    fields = {key if key in UNPREFIXED_FIELDS else f"HTTP_{key}": value for key, value in header.headers.items()}
    return {
        **fields,
        "REQUEST_METHOD": header.method.upper(),
        "SCRIPT_NAME": "",
        "PATH_INFO": header.path,
        "QUERY_STRING": header.query,
        "REMOTE_ADDR": header.address,
        "SERVER_NAME": "",
        "SERVER_PORT": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        HEADER_ONLY: True,
    }
