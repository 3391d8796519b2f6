"""Streaming compression: gzip (RFC 1952) and zstd (RFC 8878).

Neither writes a timestamp or a file name, so the same input always gives the same output.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

import zstandard

GZIP_WINDOW_BITS = 31
"""zlib's number for a gzip wrapper with the largest window."""


class Compressor(Protocol):
    """The interface that the compressors of zlib and zstandard share."""

    def compress(self, data: bytes, /) -> bytes:
        """Feed bytes, and return the compressed bytes that are ready."""

    def flush(self) -> bytes:
        """Return the remaining compressed bytes."""


COMPRESSORS: Mapping[str, Callable[[], Compressor]] = {
    "zstd": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
    "gzip": lambda: zlib.compressobj(6, zlib.DEFLATED, GZIP_WINDOW_BITS),
}
"""Compressors by the name of the content coding (RFC 9110, section 8.4.1)."""
CODING_OF_SUFFIX = {".gz": "gzip", ".zst": "zstd"}
"""The content coding that a file name's suffix implies."""


def compressed(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Yield chunks compressed by one of COMPRESSORS, as one member; memory is bounded by the compressor's window."""
    compressor = COMPRESSORS[coding]()
    for chunk in chunks:
        if part := compressor.compress(chunk):
            yield part
    yield compressor.flush()
