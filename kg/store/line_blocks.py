"""Chunks that were cut anywhere, as blocks of whole lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield chunks cut anywhere as blocks of whole lines."""
    rest = b""
    for chunk in chunks:
        block, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            yield block + newline
    if rest:
        yield rest
