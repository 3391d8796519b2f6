"""A decoder of `application/x-www-form-urlencoded` whose memory is proportional to its input.

`urllib.parse` splits a text at each `%`, which turns 50 MB of escapes into four gigabytes of objects. The escapes of
quoted-printable have `=` for `%` and are otherwise the same, and the standard library decodes them in C.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator

BLOCK_BYTES = 64 * 1024
"""Bytes that are decoded at a time, since no other thread runs meanwhile."""
LONE_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
TO_QUOTED_PRINTABLE = bytes.maketrans(b"%", b"=")


def pairs(octets: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield names and values as bytes; a field without `=` has an empty value, and empty fields are skipped."""
    for field in octets.split(b"&"):
        if field:
            name, _, value = field.partition(b"=")
            yield unquote(name), unquote(value)


def unquote(octets: bytes) -> bytes:
    """Return percent-encoded bytes decoded; a `%` that begins no escape stands for itself."""
    if b"%" not in octets and b"+" not in octets:
        return octets
    decoded, at = bytearray(), 0
    while at < len(octets):
        end = min(at + BLOCK_BYTES, len(octets))
        for back in (2, 1):  # an escape must not be split between two blocks
            if end < len(octets) and octets[end - back : end - back + 1] == b"%":
                end -= back
                break
        decoded += _unquote_block(octets[at:end].replace(b"+", b" "))
        at = end
    return bytes(decoded)


def _unquote_block(block: bytes) -> bytes:
    escaped = LONE_PERCENT.sub(b"%25", block)
    # The text's own equals signs would start quoted-printable escapes.
    return a2b_qp(escaped.replace(b"=", b"%3D").translate(TO_QUOTED_PRINTABLE))
