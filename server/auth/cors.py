"""Reading from pages of other origins, without credentials (the Fetch standard's CORS protocol)."""

from __future__ import annotations

from flask import Flask, Response, request

from server.site import site

READS = ("GET", "HEAD", "POST", "OPTIONS")
POSTED_READS = ("/sparql",)
EXPOSED = "Content-Disposition, Content-Location, ETag, Last-Modified, Link, Location, Retry-After"
A_DAY = "86400"


def register(app: Flask) -> None:
    """Let other origins read an application's answers, as its settings say."""
    app.after_request(allow)


def allow(response: Response) -> Response:
    """Say on an answer who may read it; a preflight of a write is told nothing, and so refused by the browser."""
    origins, origin = site().settings.origins, request.headers.get("Origin")
    if "*" in origins:
        response.access_control_allow_origin = "*"
    else:
        response.vary.add("Origin")
        if origin in origins:
            response.access_control_allow_origin = origin
    if response.access_control_allow_origin:
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        _preflight(response)
    return response


def _preflight(response: Response) -> None:
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return
    methods = READS if request.path in POSTED_READS else tuple(each for each in READS if each != "POST")
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = (
        "Accept, Accept-Language, Authorization, Content-Type, If-None-Match"
    )
    response.headers["Access-Control-Max-Age"] = A_DAY
