"""The `application/x-www-form-urlencoded` format, decoded without an object for each escape.

`urllib.parse` splits a text at each `%`, so that 50 MB of escapes become four gigabytes of objects. The escapes of
quoted-printable are the same but for their sign, and the standard library decodes those in C.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator

BLOCK = 64 * 1024
"""Bytes that are decoded at a time: nobody else's thread runs meanwhile."""
BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")
TO_QUOTED_PRINTABLE = bytes.maketrans(b"%", b"=")


def pairs(octets: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield names and values as bytes; a field without `=` has an empty value, and an empty field is none."""
    for field in octets.split(b"&"):
        if field:
            name, _, value = field.partition(b"=")
            yield unquote(name), unquote(value)


def unquote(octets: bytes) -> bytes:
    """Return what percent-encoded bytes stand for; a `%` that begins no escape stands for itself."""
    if b"%" not in octets and b"+" not in octets:
        return octets
    decoded, at = bytearray(), 0
    while at < len(octets):
        end = min(at + BLOCK, len(octets))
        for back in (2, 1):
            if end < len(octets) and octets[end - back : end - back + 1] == b"%":
                end -= back
                break
        decoded += _unquote_block(octets[at:end].replace(b"+", b" "))
        at = end
    return bytes(decoded)


def _unquote_block(block: bytes) -> bytes:
    whole = BROKEN.sub(b"%25", block)
    return a2b_qp(whole.replace(b"=", b"%3D").translate(TO_QUOTED_PRINTABLE))
