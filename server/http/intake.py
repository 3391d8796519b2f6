"""What is let in: how much a request may hold, and compressed bodies, which are inflated no further than that."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

import zstandard
from flask import Flask, current_app, request

from kg.errors import RequestError
from kg.store import Limits as PayloadLimits
from server.http.errors import HttpError

MEGABYTE = 2**20
PIECE = 64 * 1024
"""Bytes that are inflated at a time."""
MORSEL = 128
"""Bytes of zstd that are inflated at a time: four can stand for 128 kB."""
UNSUSPICIOUS = MEGABYTE
"""Bytes that a body may always inflate to, whatever the ratio."""
WINDOW = 8 * MEGABYTE
"""Bytes of memory that a zstd frame may ask for (RFC 8878, section 3.1.1.1.2, recommends that decoders offer these)."""
GZIP, ZLIB = 31, 15
"""What zlib calls the two wrappers around deflated data, with the largest window."""
MOST_RANGES = 200
"""Media ranges of an Accept header."""
EXTENSION = "communique.intake"


@dataclass(frozen=True)
class Intake:
    """What a request may hold; sizes in bytes. docs/limits.md says what a client sees of each."""

    header: int = 64 * 1024
    """The request line and the header fields."""
    body: int = 10 * MEGABYTE
    """The body as it is sent."""
    inflated: int = 50 * MEGABYTE
    """A compressed body once it is inflated."""
    ratio: float = 200
    """How many times its size a compressed body may inflate to, beyond its first megabyte."""
    payload: PayloadLimits = field(default_factory=PayloadLimits)
    """What RDF that is sent may hold."""

    def __post_init__(self) -> None:
        found = {"header": self.header, "body": self.body, "inflated": self.inflated, "ratio": self.ratio}
        for name, value in found.items():
            if value < 1:
                raise RequestError(f"The limit '{name}' is {value:g}: expected 1 or more.")


def register(app: Flask, intake: Intake) -> None:
    """Let an application take in so much and no more."""
    app.config["MAX_CONTENT_LENGTH"] = intake.body
    app.extensions[EXTENSION] = intake
    app.before_request(_refuse_many_ranges)
    app.before_request(_inflate)


def payload_limits() -> PayloadLimits:
    """Return what RDF that is sent with the current request may hold."""
    intake: Intake = current_app.extensions[EXTENSION]
    return intake.payload


def _refuse_many_ranges() -> None:
    """Refuse an Accept header that costs more to weigh than most answers to make; clients send a dozen ranges."""
    ranges = request.headers.get("Accept", "").count(",") + 1
    if ranges > MOST_RANGES:
        raise HttpError(400, f"The Accept header lists {ranges:,} media ranges: expected {MOST_RANGES} at most.")


def _inflate() -> None:
    """Put the inflated body in the place of a compressed one (RFC 9110, section 8.4)."""
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return
    if encoding not in DECODERS:
        offered = ", ".join(DECODERS)
        sentence = f"The Content-Encoding '{encoding}' is not taken here: expected one of {offered}."
        raise HttpError(415, sentence, headers={"Accept-Encoding": offered})
    intake: Intake = current_app.extensions[EXTENSION]
    body = inflated(request.get_data(cache=False), encoding, intake)
    request.environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    request.stream = BytesIO(body)
    request.max_content_length = intake.inflated


def inflated(data: bytes, encoding: str, intake: Intake) -> bytes:
    """Return what compressed data holds; 413 where that is too much, 400 where it is broken."""
    most = min(intake.inflated, max(UNSUSPICIOUS, int(intake.ratio * len(data))))
    found = bytearray()
    try:
        for piece in DECODERS[encoding](data):
            found += piece
            if len(found) > most:
                raise _too_much(most, intake)
    except (zlib.error, zstandard.ZstdError, EOFError) as error:
        raise HttpError(400, f"The body cannot be inflated as {encoding}: {error}.") from error
    return bytes(found)


def _too_much(most: int, intake: Intake) -> HttpError:
    limit, value = ("inflated", intake.inflated) if most == intake.inflated else ("ratio", intake.ratio)
    why = f"'{limit}' is {value:,g}"
    return HttpError(413, f"The body inflates to more than {most:,} bytes: the limit {why}.", limit=limit, value=value)


def _zlib(wrapper: int) -> Callable[[bytes], Iterator[bytes]]:
    def decode(data: bytes) -> Iterator[bytes]:
        while data:
            decoder = zlib.decompressobj(wrapper)
            rest = data
            while not decoder.eof:
                piece = decoder.decompress(rest, PIECE)
                rest = decoder.unconsumed_tail
                yield piece
                if not piece and not rest and not decoder.eof:
                    raise EOFError("it ends before its end is marked")
            data = decoder.unused_data

    return decode


def _zstd(data: bytes) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW)
    view = memoryview(data)
    while view:
        decoder, at = decompressor.decompressobj(), 0
        while not decoder.eof:
            if at >= len(view):
                raise EOFError("it ends before its end is marked")
            yield decoder.decompress(view[at : at + MORSEL])
            at += MORSEL
        view = view[min(at, len(view)) - len(decoder.unused_data) :]


DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _zlib(GZIP),
    "x-gzip": _zlib(GZIP),
    "deflate": _zlib(ZLIB),
    "zstd": _zstd,
}
"""The encodings of bodies that are taken."""
