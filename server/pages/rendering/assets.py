"""Serves styles, scripts and bundles, which browsers cache until their content changes."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for

from server.http.compression import IDENTITY, compress, requested_encoding
from server.http.errors import HttpError

bp = Blueprint("assets", __name__)

STATIC_FOLDER = Path(__file__).parents[2] / "static"
# Filled when the wheel is built.
BUNDLES_FOLDER = "bundles"
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
# esbuild names the parts of a bundle by their content.
HASHED_NAME = re.compile(r"-[A-Z0-9]{8}\.js$")
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


@bp.get("/static/<path:name>")
def static(name: str) -> Response:
    """Return a static file."""
    file = STATIC_FOLDER / name
    # `..` would lead out of the folder.
    if file.suffix not in CONTENT_TYPES or ".." in Path(name).parts or not file.is_file():
        raise HttpError(404, f"Nothing is served at {request.path}.")
    encoding = requested_encoding()
    response = Response(_encoded_file(file, encoding), content_type=CONTENT_TYPES[file.suffix])
    response.vary.add("Accept-Encoding")
    if encoding != IDENTITY:
        response.content_encoding = encoding
    # The content at a URL with a digest never changes, so that browsers need not request it again.
    # With the encoding in it: a strong tag identifies the exact bytes (RFC 9110, section 8.8.3).
    response.set_etag(f"{asset_digest(name)}-{encoding}")
    has_digest = request.args.get("v") == asset_digest(name) or HASHED_NAME.search(name)
    response.headers["Cache-Control"] = IMMUTABLE if has_digest else REVALIDATE
    response.make_conditional(request)
    return response


def asset_url(name: str) -> str:
    """Return the URL of a static file; it changes with the content of the file."""
    return url_for("assets.static", name=name, v=asset_digest(name))


def bundle_url(name: str) -> str | None:
    """Return the URL of a bundle, or None if it has not been built; pages work without it."""
    path = f"{BUNDLES_FOLDER}/{name}"
    return asset_url(path) if (STATIC_FOLDER / path).is_file() else None


@cache
def _encoded_file(file: Path, encoding: str) -> bytes:
    return b"".join(compress(iter((file.read_bytes(),)), encoding))


@cache
def asset_digest(name: str) -> str:
    """Return a short digest of a static file, for its URL and its ETag."""
    return hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()[:12]


@cache
def templates_digest() -> str:
    """Return a digest of all templates, for the validators of pages."""
    files = sorted((Path(__file__).parents[2] / "templates").iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
