"""Streamed responses in bounded memory; an incomplete response never looks complete.

The first block is buffered, so that an error in it still gets its own status, and a short response its length. The rest
is sent in chunks, and an error closes the connection before the last chunk (RFC 9112, section 7.1), which every client
notices. HTTP/1.0 has no chunks: its responses are spooled, to disk if large, and sent with their length.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Response, request
from werkzeug.wsgi import ClosingIterator

from kg.errors import CommuniqueError
from kg.formats import Format
from server.http.client import has_client_left
from server.http.compression import IDENTITY, compress, requested_encoding
from server.http.negotiation import VARY

BUFFERED_BYTES = 64 * 1024
MAX_SPOOL_MEMORY_BYTES = 1024 * 1024

LEFT_EARLY = "The client of %s disconnected before its response was complete."

log = logging.getLogger(__name__)


def stream_response(chunks: Iterator[bytes], format_: Format) -> Response:
    """Return a response of chunks in a format, compressed if the client accepts it."""
    encoding = requested_encoding()
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        body, length = _spool(compress(chunks, encoding))
    else:
        body, length = buffer_start(chunks, encoding, has_client_left(), request.path)
    charset = "; charset=utf-8" if format_.charset else ""
    response = Response(body, content_type=format_.media_type + charset, headers=[("Vary", VARY)])
    if length is not None:
        response.content_length = length
    if encoding != IDENTITY:
        response.content_encoding = encoding
    return response


def buffer_start(
    chunks: Iterator[bytes], encoding: str, has_left: Callable[[], bool], path: str
) -> tuple[Iterator[bytes], int | None]:
    """Return the body of a response of chunks, and its length if it is short; an error in its first block is raised."""
    close, start = getattr(chunks, "close", None), bytearray()
    encoded = compress(chunks, encoding)
    for chunk in encoded:
        start += chunk
        if len(start) >= BUFFERED_BYTES:
            rest = _stop_if_left(encoded, has_left, path)
            # By the source's own method: closing a generator that has not begun would leave the source open.
            return ClosingIterator(chain((bytes(start),), rest), close), None
    return iter((bytes(start),)), len(start)


def _stop_if_left(chunks: Iterator[bytes], has_left: Callable[[], bool], path: str) -> Iterator[bytes]:
    """Yield the chunks until the client disconnects; an error is logged and raised again, to break the connection."""
    try:
        for chunk in chunks:
            if has_left():
                log.info(LEFT_EARLY, path)
                return
            yield chunk
    except CommuniqueError as error:
        if has_left():
            log.info(LEFT_EARLY, path)
            return
        log.warning("The response of %s was cut short: %s", path, error)
        raise


def _spool(chunks: Iterator[bytes]) -> tuple[Iterator[bytes], int | None]:
    spool: IO[bytes] = SpooledTemporaryFile(MAX_SPOOL_MEMORY_BYTES)  # noqa: SIM115 -- closed with the response, or here
    try:
        for chunk in chunks:
            spool.write(chunk)
    except BaseException:
        spool.close()
        raise
    length = spool.tell()
    spool.seek(0)
    return ClosingIterator(iter(lambda: spool.read(BUFFERED_BYTES), b""), spool.close), length
