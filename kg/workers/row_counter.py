"""Counting the rows of an answer to SELECT as its bytes pass, so that a limit holds while it is written."""

from __future__ import annotations

import re

from kg import formats
from kg.errors import SizeLimitError
from kg.formats import Format

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_MARKS = {
    formats.CSV: (b"\n",),
    formats.TSV: (b"\n",),
    formats.XML: (b"<result>",),
    formats.JSON: (b"[{", b",{"),
}
"""What stands once for each row and nowhere else, outside strings: the engine's JSON has no spaces."""


class RowCounter:
    """The rows of an answer so far; those of a format that is no table are none."""

    def __init__(self, format_: Format) -> None:
        self._marks = _MARKS.get(format_, ())
        self._quoted, self._escaped = format_ in (formats.CSV, formats.JSON), format_ is formats.JSON
        self._found = 0
        self._header = format_ in (formats.CSV, formats.TSV)
        self._inside = 0
        self._torn = self._kept = b""

    def count(self, data: bytes) -> int:
        """Take the next bytes in, and return how many rows there are so far."""
        outside = self._kept + (self._without_strings(data) if self._quoted else data)
        self._found += sum(outside.count(mark) for mark in self._marks)
        longest = max(map(len, self._marks), default=1)
        # The end is counted again with what follows: a mark may be cut in two.
        self._kept = outside[-(longest - 1) :] if longest > 1 else b""
        return max(self._found - self._header, 0)

    def _without_strings(self, data: bytes) -> bytes:
        if self._escaped:
            data = _ESCAPE.sub(b"", self._torn + data)
            # A backslash at the end escapes what the next bytes begin with.
            data, self._torn = (data[:-1], b"\\") if data.endswith(b"\\") else (data, b"")
        parts = data.split(b'"')
        # Every other part is a string; the doubled mark of CSV leaves an empty part between, which changes nothing.
        outside = parts[self._inside :: 2]
        self._inside ^= (len(parts) - 1) % 2
        return b'"'.join(outside)


def require_within(limit: str, unit: str, count: int, maximum: int | None) -> None:
    """Raise SizeLimitError if there are more of a unit than a limit allows; None is no limit."""
    if maximum is not None and count > maximum:
        raise SizeLimitError(f"The answer has more {unit} than the limit of {maximum:,}.", limit, maximum)
