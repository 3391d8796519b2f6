"""Answers to requests whose body was not read, as the socket server decided by their header."""

from __future__ import annotations

from flask import Flask, request

from server.http.errors import HttpError
from server.sockets.admission import REFUSAL, Refusal


def register(app: Flask) -> None:
    """Have an application answer such a request with its refusal, once it has had its own say by the header."""
    app.before_request(_refuse)


def _refuse() -> None:
    refusal = request.environ.get(REFUSAL)
    if isinstance(refusal, Refusal):
        raise HttpError(refusal.status, refusal.sentence, headers=refusal.headers)
