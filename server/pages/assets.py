"""Styles and scripts: the project's own and the bundles that the build makes; browsers keep each until it changes."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for

from server.http.errors import HttpError

bp = Blueprint("assets", __name__)

FOLDER = Path(__file__).parents[1] / "static"
BUNDLES = "bundles"
"""The folder below FOLDER that the build of the wheel fills."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
FOREVER = "public, max-age=31536000, immutable"
ASK = "no-cache"


@bp.get("/static/<path:name>")
def static(name: str) -> Response:
    """Send a file that pages refer to."""
    file = FOLDER / name
    if file.suffix not in TYPES or ".." in Path(name).parts or not file.is_file():
        raise HttpError(404, f"Nothing is served at {request.path}.")
    response = Response(file.read_bytes(), content_type=TYPES[file.suffix])
    response.set_etag(digest(name))
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == digest(name) else ASK
    response.make_conditional(request)
    return response


def asset(name: str) -> str:
    """Return the address of a file that pages refer to; it changes with what the file holds."""
    return url_for("assets.static", name=name, v=digest(name))


def bundle(name: str) -> str | None:
    """Return the address of a bundle, None where the build has not made it: pages then do without."""
    path = f"{BUNDLES}/{name}"
    return asset(path) if (FOLDER / path).is_file() else None


@cache
def digest(name: str) -> str:
    """Return the digest of a file that pages refer to, as far as an address needs it."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


@cache
def templates() -> str:
    """Return the digest of all templates: what a page looks like beside its data."""
    files = sorted((Path(__file__).parents[1] / "templates").glob("*.html"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
