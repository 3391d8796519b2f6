"""Compression of answers by negotiation: zstd, gzip, or none (RFC 9110, section 12.5.3)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import zstandard
from werkzeug.datastructures import Accept

from server.http.errors import HttpError

IDENTITY = "identity"
OFFERED = (IDENTITY, "zstd", "gzip")
"""In order of preference between equals: nothing is compressed for a client that does not ask for it."""
GZIP = 31
"""What zlib calls a gzip wrapper around the largest window."""


class Compressor(Protocol):
    """What zlib's and zstandard's compressors share."""

    def compress(self, data: bytes, /) -> bytes:
        """Take in bytes and return what is ready of their compressed form."""

    def flush(self) -> bytes:
        """Return the rest."""


def choose_encoding(accept: Accept) -> str:
    """Return the encoding to answer with, none where the client names none that is offered; 406 if it refuses all."""
    qualities: dict[str, float] = {}
    for name, quality in accept:
        qualities.setdefault(name.lower(), quality)
    others = qualities.get("*", 0.0)
    plain = qualities.get(IDENTITY, others if "*" in qualities else 0.0)
    compressed = [(qualities.get(name, others), -OFFERED.index(name), name) for name in OFFERED[1:]]
    best = max(compressed)
    if best[0] > 0 and best[0] >= plain:
        return best[2]
    if plain == 0 and (IDENTITY in qualities or "*" in qualities):
        raise HttpError(406, f"Accept-Encoding '{accept}' refuses what is offered: {', '.join(OFFERED)}.")
    return IDENTITY


def compress(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Return the chunks in an encoding, with memory for one window only."""
    return chunks if encoding == IDENTITY else _compressed(chunks, _compressor(encoding))


def _compressor(encoding: str) -> Compressor:
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=3).compressobj()
    return zlib.compressobj(6, zlib.DEFLATED, GZIP)


def _compressed(chunks: Iterator[bytes], compressor: Compressor) -> Iterator[bytes]:
    for chunk in chunks:
        if part := compressor.compress(chunk):
            yield part
    yield compressor.flush()
