"""The parts of a `multipart/form-data` body (RFC 7578), each with its media type and file name.

Werkzeug's decoder creates an object per header field and finds line ends by a regular expression, holding the
interpreter lock: 10 MB of the right bytes took four seconds. This one finds the boundaries by `bytes.find`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request
from werkzeug.http import parse_options_header

from server.http.errors import HttpError

MAX_PARTS = 1000
MAX_PART_HEADER_BYTES = 8 * 1024
MAX_FIELD_CHARACTERS = 1024
"""Characters of a header field that is read."""
MAX_HEADER_BYTES = 256 * 1024
"""Bytes of the headers of all parts."""
MAX_BOUNDARY_CHARACTERS = 70
"""RFC 2046, section 5.1.1."""
LINE_END = b"\r\n"


@dataclass(frozen=True)
class FormPart:
    """A part of a form: its media type and file name, both empty if absent, and its content."""

    media_type: str
    filename: str
    content: bytes


def form_parts() -> Iterator[FormPart]:
    """Yield the parts of the request's body. Raises HttpError 400 if the body is malformed."""
    boundary = request.mimetype_params.get("boundary", "")
    if not 0 < len(boundary) <= MAX_BOUNDARY_CHARACTERS:
        raise HttpError(
            400, f"The form's Content-Type needs a boundary of 1 to {MAX_BOUNDARY_CHARACTERS} characters: '{boundary}'."
        )
    yield from split_parts(request.get_data(cache=False), boundary.encode())


def split_parts(body: bytes, boundary: bytes) -> Iterator[FormPart]:
    """Yield the parts that a boundary separates (RFC 2046, section 5.1.1)."""
    delimiter, parts, header_bytes = LINE_END + b"--" + boundary, 0, 0
    # The first delimiter may be at the start of the body, without the line end that otherwise belongs to it.
    at = len(delimiter) - len(LINE_END) if body.startswith(delimiter[2:]) else _after_delimiter(body, delimiter, 0)
    while not body.startswith(b"--", at):
        header_start = _next_line(body, at)
        content_start = _header_end(body, header_start)
        parts, header_bytes = parts + 1, header_bytes + content_start - header_start
        if parts > MAX_PARTS or header_bytes > MAX_HEADER_BYTES:
            raise _malformed(f"it has more than {MAX_PARTS:,} parts, or {MAX_HEADER_BYTES:,} bytes of headers")
        # Search from the line end before the content: an empty part's delimiter begins with the header's last line end.
        at = _after_delimiter(body, delimiter, content_start - len(LINE_END))
        media_type, filename = _parse_header(body[header_start:content_start])
        yield FormPart(media_type, filename, body[content_start : max(content_start, at - len(delimiter))])


def _after_delimiter(body: bytes, delimiter: bytes, start: int) -> int:
    """Return the position after the next delimiter; a longer boundary that begins with this one does not count."""
    at = start
    while (at := body.find(delimiter, at)) >= 0:
        at += len(delimiter)
        if body.startswith((b"--", b"\r", b" ", b"\t"), at):
            return at
    raise _malformed("its last boundary is missing")


def _next_line(body: bytes, at: int) -> int:
    end = body.find(LINE_END, at, at + MAX_FIELD_CHARACTERS)
    if end < 0 or body[at:end].strip(b" \t"):
        raise _malformed("a boundary is not followed by the end of its line")
    return end + len(LINE_END)


def _header_end(body: bytes, start: int) -> int:
    """Return the position after the empty line that ends a part's header, which may be the first line."""
    if body.startswith(LINE_END, start):
        return start + len(LINE_END)
    end = body.find(LINE_END + LINE_END, start, start + MAX_PART_HEADER_BYTES)
    if end < 0:
        raise _malformed(f"a part's header has no end within {MAX_PART_HEADER_BYTES:,} bytes")
    return end + 2 * len(LINE_END)


def _parse_header(header: bytes) -> tuple[str, str]:
    """Return the media type and the file's name in a part's header."""
    fields = {"content-type": "", "content-disposition": ""}
    for line in header.split(LINE_END):
        name, _, value = line.partition(b":")
        key = name.decode("latin-1").lower()
        if key in fields:
            if len(value) > MAX_FIELD_CHARACTERS:
                raise _malformed(f"the field {key} of a part has more than {MAX_FIELD_CHARACTERS:,} characters")
            fields[key] = value.decode(errors="replace").strip()
    disposition = parse_options_header(fields["content-disposition"])[1]
    return parse_options_header(fields["content-type"])[0].lower(), disposition.get("filename", "")


def _malformed(reason: str) -> HttpError:
    return HttpError(400, f"The form cannot be read: {reason}.")
