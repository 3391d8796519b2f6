"""Compressed bodies (RFC 9110, section 8.4), inflated in time and memory that their limits bound."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import zstandard

from server.http.errors import HttpError

PIECE = 64 * 1024
"""Bytes that one step may add to what is inflated."""
INPUT = 4 * 1024
"""Bytes that are handed to zlib at a time: what a member leaves over is copied, so it has to be little."""
MORSEL = 128
"""Bytes that are handed to zstd at a time: four can stand for 128 kB."""
WINDOW = 8 * 2**20
"""Bytes of memory that a zstd frame may ask for (RFC 8878, section 3.1.1.1.2, recommends that decoders offer these)."""
MAX_MEMBERS = 1000
"""Members of gzip, or frames of zstd, in one body: each costs a new decoder, however little it holds."""
DEADLINE_SECONDS = 5.0
GZIP, ZLIB = 31, 15
"""What zlib calls the two wrappers around deflated data, with the largest window."""


@dataclass(frozen=True)
class InflationLimit:
    """How many bytes a body may inflate to, and which limit says so."""

    most: int
    name: str
    value: float


def inflate(data: bytes, encoding: str, limit: InflationLimit, has_left: Callable[[], bool]) -> BytesIO:
    """Return what compressed data holds, written to its end; 413 if that is too much, 400 if it is broken."""
    found, deadline = BytesIO(), time.monotonic() + DEADLINE_SECONDS
    try:
        for piece in DECODERS[encoding](memoryview(data)):
            found.write(piece)
            if found.tell() > limit.most:
                raise _too_much(limit)
            if time.monotonic() > deadline:
                sentence = f"The body takes longer to inflate than the limit 'inflation' of {DEADLINE_SECONDS:g} s."
                raise HttpError(413, sentence, limit="inflation", value=DEADLINE_SECONDS)
            if has_left():
                raise HttpError(400, "The client has left.")
    except (zlib.error, zstandard.ZstdError, EOFError) as error:
        raise HttpError(400, f"The body cannot be inflated as {encoding}: {error}.") from error
    return found


def _too_much(limit: InflationLimit) -> HttpError:
    sentence = f"The body inflates to more than {limit.most:,} bytes: the limit '{limit.name}' is {limit.value:,g}."
    return HttpError(413, sentence, limit=limit.name, value=limit.value)


def _count_member(number: int) -> int:
    if number == MAX_MEMBERS:
        sentence = f"The body has more than {MAX_MEMBERS:,} compressed members: the limit 'members' is {MAX_MEMBERS:,}."
        raise HttpError(413, sentence, limit="members", value=MAX_MEMBERS)
    return number + 1


def _zlib(wrapper: int) -> Callable[[memoryview], Iterator[bytes]]:
    """Return a decoder that yields once a step, be it nothing, so that its caller can look at the clock."""

    def decode(data: memoryview) -> Iterator[bytes]:
        at = members = 0
        while at < len(data):
            members, decoder = _count_member(members), zlib.decompressobj(wrapper)
            while not decoder.eof:
                block = data[at : at + INPUT]
                piece = decoder.decompress(block, PIECE)
                at += len(block) - len(decoder.unconsumed_tail) - len(decoder.unused_data)
                if not piece and not block and not decoder.eof:
                    raise EOFError("it ends before its end is marked")
                yield piece

    return decode


def _zstd(data: memoryview) -> Iterator[bytes]:
    decompressor, at, members = zstandard.ZstdDecompressor(max_window_size=WINDOW), 0, 0
    while at < len(data):
        members, decoder = _count_member(members), decompressor.decompressobj()
        while not decoder.eof:
            block = data[at : at + MORSEL]
            if not block:
                raise EOFError("it ends before its end is marked")
            piece = decoder.decompress(block)
            at += len(block) - len(decoder.unused_data)
            yield piece


DECODERS: dict[str, Callable[[memoryview], Iterator[bytes]]] = {
    "gzip": _zlib(GZIP),
    "x-gzip": _zlib(GZIP),
    "deflate": _zlib(ZLIB),
    "zstd": _zstd,
}
"""The encodings of bodies that are taken."""
