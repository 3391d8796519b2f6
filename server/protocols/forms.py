"""The parts of a `multipart/form-data` body (RFC 7578), each with its own media type, file or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from server.http.errors import HttpError

MOST_PARTS = 1000


@dataclass(frozen=True)
class Part:
    """A part: its media type, the name of the file that it is of (empty for none), and its bytes."""

    kind: str
    filename: str
    data: bytes


def form_parts() -> Iterator[Part]:
    """Yield the parts of the request's body; 400 where it is not what its Content-Type says."""
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary:
        raise HttpError(400, "The form's Content-Type names no boundary.")
    decoder = MultipartDecoder(boundary.encode(), max_parts=MOST_PARTS)
    try:
        decoder.receive_data(request.get_data(cache=False))
        decoder.receive_data(None)
        yield from _parts(decoder)
    except (RequestEntityTooLarge, ValueError) as error:
        raise HttpError(400, f"The form cannot be read: {error}.") from error


def _parts(decoder: MultipartDecoder) -> Iterator[Part]:
    headers, filename, data = Headers(), "", bytearray()
    while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
        if isinstance(event, Field | File):
            headers, data = event.headers, bytearray()
            filename = (event.filename or "") if isinstance(event, File) else ""
        elif isinstance(event, Data):
            data += event.data
            if not event.more_data:
                yield Part(parse_options_header(headers.get("Content-Type", ""))[0].lower(), filename, bytes(data))
