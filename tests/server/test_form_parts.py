"""Multipart forms are split as werkzeug does, and expensive ones are refused."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator

import pytest
from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from server.endpoints.multipart import (
    MAX_FIELD_CHARACTERS,
    MAX_HEADER_BYTES,
    MAX_PART_HEADER_BYTES,
    MAX_PARTS,
    FormPart,
    split_parts,
)
from server.http.errors import HttpError

MEGABYTE = 2**20
FILE = b'Content-Disposition: form-data; name="a"; filename="a.ttl"'
HEADERS = (
    b"",
    FILE + b"\r\n",
    b'Content-Disposition: form-data; name="a"\r\ncontent-type: TEXT/turtle; charset=utf-8\r\n',
    b'Content-Disposition: form-data; filename="b c.nq"\r\nX-Other: 1\r\nContent-Type: text/plain\r\n',
    'Content-Disposition: form-data; filename="é.ttl"\r\n'.encode(),
)
PIECES = (b"\r\n", b"--", b"-", b"b", b"\r", b"\n", b"x", b"\r\n--", b"\r\n--c", b"<a> <b> 1 .", b" ")


def by_werkzeug(body: bytes) -> Iterator[FormPart]:
    """Yield the parts as werkzeug's decoder finds them."""
    decoder = MultipartDecoder(b"b")
    decoder.receive_data(body)
    decoder.receive_data(None)
    headers, filename, data = Headers(), "", bytearray()
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, Field | File):
            headers, data = event.headers, bytearray()
            filename = (event.filename or "") if isinstance(event, File) else ""
        elif isinstance(event, Data):
            data += event.data
            if not event.more_data:
                yield FormPart(parse_options_header(headers.get("Content-Type", ""))[0].lower(), filename, bytes(data))


def form(*parts: tuple[bytes, bytes]) -> bytes:
    """Return a form of headers and data."""
    return b"".join(b"--b\r\n%b\r\n%b\r\n" % part for part in parts) + b"--b--\r\n"


def test_a_form_is_split_as_werkzeug_does() -> None:
    chance = random.Random(3)  # noqa: S311 -- forms to try, no secrets
    for _ in range(300):
        parts = [
            (chance.choice(HEADERS[1:]), b"".join(chance.choices(PIECES, k=chance.randrange(12))).replace(b"--b", b""))
            for _ in range(chance.randrange(1, 5))
        ]
        preamble = chance.choice((b"", b"preamble\r\n", b"\r\n"))
        body = preamble + form(*parts)
        split = [*split_parts(body, b"b")]
        assert split == [*by_werkzeug(body)], body
        assert [part.content for part in split] == [data for _, data in parts]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "last boundary"),
        (b"--b", "not followed"),
        (b"--b\r\n\r\nx", "last boundary"),
        (b"\r\n-" * 3 * MEGABYTE, "last boundary"),
        (b"--b\r\n" + FILE + b"\r\nX: " + b"y" * MEGABYTE + b"\r\n\r\n\r\n--b--", f"within {MAX_PART_HEADER_BYTES:,}"),
        (
            form((FILE + b"; x=" + b"y" * MAX_FIELD_CHARACTERS + b"\r\n", b"")),
            f"more than {MAX_FIELD_CHARACTERS:,} characters",
        ),
        (form(*[(FILE + b"\r\n", b"")] * (MAX_PARTS + 1)), f"{MAX_PARTS:,} parts"),
        (form(*[(FILE + b"\r\nX: " + b"y" * 6000 + b"\r\n", b"")] * 50), f"{MAX_HEADER_BYTES:,} bytes of headers"),
    ],
)
def test_a_malformed_or_oversized_form_is_a_400(body: bytes, why: str) -> None:
    with pytest.raises(HttpError) as refused:
        list(split_parts(body, b"b"))
    assert refused.value.status == 400
    assert why in refused.value.sentence


@pytest.mark.parametrize("piece", [b"\r\n", b"\n", b"\r", b"\r\n-", b"\r\n--", b"\r\n--a", b"x--b"])
def test_a_part_takes_memory_proportional_to_its_bytes(piece: bytes) -> None:
    data = piece * (4 * MEGABYTE // len(piece))
    body = form((FILE + b"\r\n", data))
    tracemalloc.start()
    try:
        split = [*split_parts(body, b"b")]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [part.content for part in split] == [data]
    assert peak < len(body) + MEGABYTE
