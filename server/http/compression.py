"""Compression of responses: zstd, gzip or none, by the Accept-Encoding header (RFC 9110, section 12.5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from flask import request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from kg.compression import COMPRESSORS, compressed
from server.http.errors import HttpError

IDENTITY = "identity"
ENCODINGS = (IDENTITY, *COMPRESSORS)
"""The preferred ones first, if the client has no preference; one that sends no header gets no compression."""
MAX_KNOWN_HEADERS = 1000
"""Headers whose outcome is cached: clients send the same few."""


def requested_encoding() -> str:
    """Return the encoding that the client of the request prefers. Raises HttpError 406 if it refuses all."""
    return _encoding_by_header(request.environ.get("HTTP_ACCEPT_ENCODING"))


@lru_cache(MAX_KNOWN_HEADERS)
def _encoding_by_header(header: str | None) -> str:
    return choose_encoding(parse_accept_header(header))


def choose_encoding(accept: Accept) -> str:
    """Return the encoding that the client prefers. Raises HttpError 406 if it refuses all, `identity` included."""
    qualities: dict[str, float] = {}
    for name, quality in accept:
        qualities.setdefault(name.lower(), quality)
    # RFC 9110, section 12.5.3: `*` is any encoding that is not listed, and `identity` is acceptable unless refused.
    unlisted = qualities.get("*", 0.0)
    identity = qualities.get(IDENTITY, unlisted if "*" in qualities else 0.0)
    compressed = [(qualities.get(name, unlisted), -ENCODINGS.index(name), name) for name in ENCODINGS[1:]]
    quality, _, best = max(compressed)
    if quality > 0 and quality >= identity:
        return best
    if identity == 0 and (IDENTITY in qualities or "*" in qualities):
        raise HttpError(406, f"Accept-Encoding '{accept}' refuses every encoding on offer: {', '.join(ENCODINGS)}.")
    return IDENTITY


def compress(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Return the chunks in an encoding; memory is bounded by the compressor's window."""
    return chunks if encoding == IDENTITY else compressed(chunks, encoding)
