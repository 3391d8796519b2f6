"""CORS: which web origins may read responses, without credentials (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from __future__ import annotations

from flask import Response, request

from server.site import site

READ_METHODS = ("GET", "HEAD", "OPTIONS")
POSTED_READ_PATHS = ("/reconcile", "/sparql")
EXPOSED_HEADERS = "Content-Disposition, Content-Location, ETag, Last-Modified, Link, Location, Retry-After"
PREFLIGHT_SECONDS = "86400"


def add_cors_headers(response: Response) -> Response:
    """Let other origins read a response, as the settings allow.

    The preflight of a write gets no CORS headers, so that the browser refuses it.
    """
    origins = site().settings.origins
    # A star, since no credentials are requested: browsers refuse the two together.
    allowed = "*" if "*" in origins else None
    if allowed is None:
        response.vary.add("Origin")  # also without a match: caches must not share the response between origins
        origin = request.headers.get("Origin")
        allowed = origin if origin in origins else None
    if allowed:
        response.headers["Access-Control-Allow-Origin"] = allowed
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        _add_preflight_headers(response)
    return response


def _add_preflight_headers(response: Response) -> None:
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return
    # A query may be posted, and a preflight does not show whether it will be an update: that still needs its role.
    methods = (*READ_METHODS, "POST") if request.path in POSTED_READ_PATHS else READ_METHODS
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = (
        "Accept, Accept-Language, Authorization, Content-Type, If-None-Match"
    )
    response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
