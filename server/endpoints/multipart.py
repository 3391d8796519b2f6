"""The parts of a `multipart/form-data` body (RFC 7578), each with its own media type, file or not.

Werkzeug's decoder keeps an object for each header field and searches line ends by a regular expression, which holds
every other thread up: 10 MB of the right bytes took four seconds. Here a body is cut up by `bytes.find`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request
from werkzeug.http import parse_options_header

from server.http.errors import HttpError

MAX_PARTS = 1000
MAX_PART_HEADER = 8 * 1024
"""Bytes of one part's header."""
MAX_FIELD = 1024
"""Characters of a field of a part's header that is read."""
MAX_HEADERS = 256 * 1024
"""Bytes of all parts' headers."""
MAX_BOUNDARY = 70
"""Characters of a boundary (RFC 2046, section 5.1.1)."""
LINE_END = b"\r\n"


@dataclass(frozen=True)
class Part:
    """A part: its media type, the name of the file that it is of (empty for none), and its bytes."""

    kind: str
    filename: str
    data: bytes


def form_parts() -> Iterator[Part]:
    """Yield the parts of the request's body; 400 where it is not what its Content-Type says."""
    boundary = request.mimetype_params.get("boundary", "")
    if not 0 < len(boundary) <= MAX_BOUNDARY:
        raise HttpError(400, f"The form's Content-Type names no boundary of 1 to {MAX_BOUNDARY} characters.")
    yield from parts_of(request.get_data(cache=False), boundary.encode())


def parts_of(body: bytes, boundary: bytes) -> Iterator[Part]:
    """Yield the parts that a boundary parts (RFC 2046, section 5.1.1)."""
    delimiter, number, headers = LINE_END + b"--" + boundary, 0, 0
    at = len(delimiter) - len(LINE_END) if body.startswith(delimiter[2:]) else _behind(body, delimiter, 0)
    while not body.startswith(b"--", at):
        begin = _next_line(body, at)
        end = _header_end(body, begin)
        number, headers = number + 1, headers + end - begin
        if number > MAX_PARTS or headers > MAX_HEADERS:
            raise _broken(f"it has more than {MAX_PARTS:,} parts, or {MAX_HEADERS:,} bytes of headers")
        at = _behind(body, delimiter, end - len(LINE_END))
        kind, filename = _described(body[begin:end])
        yield Part(kind, filename, body[end : max(end, at - len(delimiter))])


def _behind(body: bytes, delimiter: bytes, start: int) -> int:
    """Return the position behind the next delimiter that ends as one does."""
    at = start
    while (at := body.find(delimiter, at)) >= 0:
        at += len(delimiter)
        if body.startswith((b"--", b"\r", b" ", b"\t"), at):
            return at
    raise _broken("its last boundary is missing")


def _next_line(body: bytes, at: int) -> int:
    end = body.find(LINE_END, at, at + MAX_FIELD)
    if end < 0 or body[at:end].strip(b" \t"):
        raise _broken("a boundary is not followed by the end of its line")
    return end + len(LINE_END)


def _header_end(body: bytes, begin: int) -> int:
    """Return where a part's data begins: behind the empty line, which may be the first."""
    if body.startswith(LINE_END, begin):
        return begin + len(LINE_END)
    end = body.find(LINE_END + LINE_END, begin, begin + MAX_PART_HEADER)
    if end < 0:
        raise _broken(f"a part's header has no end within {MAX_PART_HEADER:,} bytes")
    return end + 2 * len(LINE_END)


def _described(header: bytes) -> tuple[str, str]:
    """Return the media type and the file's name that a part's header tells."""
    fields = {"content-type": "", "content-disposition": ""}
    for line in header.split(LINE_END):
        name, _, value = line.partition(b":")
        key = name.decode("latin-1").lower()
        if key in fields:
            if len(value) > MAX_FIELD:
                raise _broken(f"the field {key} of a part has more than {MAX_FIELD:,} characters")
            fields[key] = value.decode(errors="replace").strip()
    disposition = parse_options_header(fields["content-disposition"])[1]
    return parse_options_header(fields["content-type"])[0].lower(), disposition.get("filename", "")


def _broken(why: str) -> HttpError:
    return HttpError(400, f"The form cannot be read: {why}.")
