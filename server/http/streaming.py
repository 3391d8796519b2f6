"""Streamed responses, in bounded memory, of which a part never looks like the whole.

The first block is buffered, so that an error in it still gets its own status, and a short response its length. The rest
is sent in chunks, and an error closes the connection before the last chunk (RFC 9112, section 7.1), which every client
notices. HTTP/1.0 has no chunks: its responses are spooled, to disk if large, and sent with their length.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import chain
from tempfile import SpooledTemporaryFile

from flask import Response, request

from kg.errors import CommuniqueError
from kg.formats import Format
from server.http.client import has_client_left
from server.http.compression import IDENTITY, choose_encoding, compress

BUFFERED_BYTES = 64 * 1024
MAX_SPOOL_MEMORY_BYTES = 1024 * 1024

LEFT_EARLY = "The client of %s disconnected before its response was complete."

log = logging.getLogger(__name__)


def stream_response(chunks: Iterator[bytes], row: Format) -> Response:
    """Return a response of chunks in a format, compressed if the client accepts that."""
    encoding = choose_encoding(request.accept_encodings)
    chunks = compress(chunks, encoding)
    is_http10 = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    body, length = _spool(chunks) if is_http10 else _buffer_start(chunks)
    charset = "; charset=utf-8" if row.charset else ""
    response = Response(body, content_type=row.media_type + charset)
    if length is not None:
        response.content_length = length
    if encoding != IDENTITY:
        response.content_encoding = encoding
    response.vary.update(("Accept", "Accept-Encoding"))
    return response


def _buffer_start(chunks: Iterator[bytes]) -> tuple[Iterator[bytes], int | None]:
    start = bytearray()
    for chunk in chunks:
        start += chunk
        if len(start) >= BUFFERED_BYTES:
            return chain((bytes(start),), _stop_if_left(chunks, has_client_left(), request.path)), None
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
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _spool(chunks: Iterator[bytes]) -> tuple[Iterator[bytes], int | None]:
    with ExitStack() as on_error:
        spool = on_error.enter_context(SpooledTemporaryFile(MAX_SPOOL_MEMORY_BYTES))
        for chunk in chunks:
            spool.write(chunk)
        on_error.pop_all()  # from here on, the response's iterator closes the file
    length = spool.tell()
    spool.seek(0)
    return _read_spool(spool), length


def _read_spool(spool: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with spool:
        while block := spool.read(BUFFERED_BYTES):
            yield block
