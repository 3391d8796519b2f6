"""Decompression of request bodies (RFC 9110, section 8.4) within limits of time and memory."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import zstandard

from server.http.errors import HttpError

MAX_OUTPUT_STEP_BYTES = 64 * 1024
"""Bytes that one call of zlib may return."""
ZLIB_INPUT_BYTES = 4 * 1024
"""Bytes passed to one call of zlib: it copies those after the end of a member, so they must be few."""
ZSTD_INPUT_BYTES = 128
"""Bytes passed to one call of zstd: its output is not limited, and four bytes can stand for 128 kB."""
MAX_ZSTD_WINDOW_BYTES = 8 * 2**20
"""Memory that a zstd frame may need; RFC 8878, section 3.1.1.1.2, recommends that decoders support it."""
MAX_MEMBERS = 1000
"""Members of gzip, or frames of zstd, in a body: each costs a new decoder, even if it is tiny."""
INFLATION_SECONDS = 5.0
GZIP_WINDOW_BITS, ZLIB_WINDOW_BITS = 31, 15
"""zlib's numbers for the wrappers of gzip and zlib, with the largest window."""


@dataclass(frozen=True)
class InflationLimit:
    """The bytes that a body may inflate to, and the name and value of the limit that determines it."""

    max_bytes: int
    name: str
    value: float


def inflate(data: bytes, encoding: str, limit: InflationLimit, has_left: Callable[[], bool]) -> BytesIO:
    """Return the decompressed data, at its end. Raises HttpError 413 if it is too large or slow, 400 if malformed."""
    inflated, deadline = BytesIO(), time.monotonic() + INFLATION_SECONDS
    try:
        for piece in DECODERS[encoding](memoryview(data)):  # whose slices are not copies
            inflated.write(piece)
            if inflated.tell() > limit.max_bytes:
                sentence = f"The body inflates to more than {limit.max_bytes:,} bytes: the limit '{limit.name}' is"
                raise HttpError(413, f"{sentence} {limit.value:,g}.", limit=limit.name, value=limit.value)
            if time.monotonic() > deadline:
                sentence = f"The body takes longer to inflate than the limit 'inflation' of {INFLATION_SECONDS:g} s."
                raise HttpError(413, sentence, limit="inflation", value=INFLATION_SECONDS)
            if has_left():
                raise HttpError(400, "The client has disconnected.")
    except (zlib.error, zstandard.ZstdError, EOFError) as error:
        raise HttpError(400, f"The body cannot be inflated as {encoding}: {error}.") from error
    return inflated


def _count_member(number: int) -> int:
    if number == MAX_MEMBERS:
        sentence = f"The body has more than {MAX_MEMBERS:,} compressed members: the limit 'members' is {MAX_MEMBERS:,}."
        raise HttpError(413, sentence, limit="members", value=MAX_MEMBERS)
    return number + 1


def _zlib(wrapper: int) -> Callable[[memoryview], Iterator[bytes]]:
    """Return a decoder that yields after each step, even if nothing, so that its caller can check the time."""

    def decode(data: memoryview) -> Iterator[bytes]:
        at = members = 0
        while at < len(data):
            members, decoder = _count_member(members), zlib.decompressobj(wrapper)
            while not decoder.eof:
                block = data[at : at + ZLIB_INPUT_BYTES]
                piece = decoder.decompress(block, MAX_OUTPUT_STEP_BYTES)
                at += len(block) - len(decoder.unconsumed_tail) - len(decoder.unused_data)
                # At the end of the input, zlib may still hold output: the end marker is missing only if it does not.
                if not piece and not block and not decoder.eof:
                    raise EOFError("it ends before its end marker")
                yield piece

    return decode


def _zstd(data: memoryview) -> Iterator[bytes]:
    decompressor, at, members = zstandard.ZstdDecompressor(max_window_size=MAX_ZSTD_WINDOW_BYTES), 0, 0
    while at < len(data):
        members, decoder = _count_member(members), decompressor.decompressobj()
        while not decoder.eof:
            block = data[at : at + ZSTD_INPUT_BYTES]
            if not block:
                raise EOFError("it ends before its end marker")
            piece = decoder.decompress(block)
            at += len(block) - len(decoder.unused_data)
            yield piece


DECODERS: dict[str, Callable[[memoryview], Iterator[bytes]]] = {
    "gzip": _zlib(GZIP_WINDOW_BITS),
    "x-gzip": _zlib(GZIP_WINDOW_BITS),
    "deflate": _zlib(ZLIB_WINDOW_BITS),
    "zstd": _zstd,
}
"""The supported values of Content-Encoding."""
