"""What every answer tells a browser not to do with it."""

from __future__ import annotations

from flask import Flask, Response

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def register(app: Flask) -> None:
    """Put the headers on every answer of an application."""
    app.after_request(protect)


def protect(response: Response) -> Response:
    """Say that nothing from elsewhere is loaded, framed, guessed or told."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
