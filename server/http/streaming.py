"""Long answers: sent as they come, with bounded memory, and never so that a part of one looks like the whole.

The first block is held back: an error in it still gets its own status, and a short answer its length. After that the
answer is chunked, and an error breaks the connection before the last chunk (RFC 9112, section 7.1), which every client
sees. HTTP/1.0 has no chunks, so its answers are gathered, on disk where they are large, and sent with their length.
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
from server.http.compression import IDENTITY, choose_encoding, compress

HELD_BACK = 64 * 1024
IN_MEMORY = 1024 * 1024

log = logging.getLogger(__name__)


def stream_response(chunks: Iterator[bytes], row: Format) -> Response:
    """Return a response of these chunks in this format."""
    encoding = choose_encoding(request.accept_encodings)
    chunks = compress(chunks, encoding)
    one_piece = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    body, length = _gathered(chunks) if one_piece else _primed(chunks)
    charset = "; charset=utf-8" if row.charset else ""
    response = Response(body, content_type=row.media_type + charset)
    if length is not None:
        response.content_length = length
    if encoding != IDENTITY:
        response.content_encoding = encoding
    response.vary.update(("Accept", "Accept-Encoding"))
    return response


def _primed(chunks: Iterator[bytes]) -> tuple[Iterator[bytes], int | None]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        if len(held) >= HELD_BACK:
            left = request.environ.get("waitress.client_disconnected", lambda: False)
            return chain((bytes(held),), _watched(chunks, left, request.path)), None
    return iter((bytes(held),)), len(held)


def _watched(chunks: Iterator[bytes], left: Callable[[], bool], path: str) -> Iterator[bytes]:
    """Pass chunks on until the client has left; an error is logged in a sentence and passed on."""
    try:
        for chunk in chunks:
            if left():
                log.info("The client of %s left before its answer was whole.", path)
                return
            yield chunk
    except CommuniqueError as error:
        if left():
            log.info("The client of %s left before its answer was whole.", path)
            return
        log.warning("The answer of %s broke off: %s", path, error)
        raise
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _gathered(chunks: Iterator[bytes]) -> tuple[Iterator[bytes], int | None]:
    with ExitStack() as on_error:
        spool = on_error.enter_context(SpooledTemporaryFile(IN_MEMORY))
        for chunk in chunks:
            spool.write(chunk)
        on_error.pop_all()
    length = spool.tell()
    spool.seek(0)
    return _read(spool), length


def _read(spool: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with spool:
        while block := spool.read(HELD_BACK):
            yield block
