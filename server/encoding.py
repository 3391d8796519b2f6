"""Compression of answers by negotiation: zstd, gzip, or none (RFC 9110, section 12.5.3)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import zstandard
from werkzeug.datastructures import Accept

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


def choose(accept: Accept) -> str:
    """Return the encoding to answer with; none where the client names none that is offered."""
    asked = [(quality, -OFFERED.index(name), name) for name, quality in accept if name in OFFERED and quality > 0]
    named = {name for name, _ in accept}
    if "*" in named and accept["*"] > 0:
        asked += [(accept["*"], -OFFERED.index(name), name) for name in OFFERED if name not in named]
    compressed = [each for each in asked if each[2] != IDENTITY]
    plain = next((quality for quality, _, name in asked if name == IDENTITY), 0.0)
    best = max(compressed, default=(0.0, 0, IDENTITY))
    return best[2] if best[0] >= plain else IDENTITY


def encoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
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
