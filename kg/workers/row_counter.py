"""Counting the rows of an answer to SELECT in its bytes, so that a limit applies while it is written."""

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
"""Byte sequences that occur exactly once for each row, outside strings; the engine's JSON has no spaces."""


class RowCounter:
    """Counts the rows of an answer so far; always 0 for formats that are not tables."""

    def __init__(self, format_: Format) -> None:
        self._marks = _MARKS.get(format_, ())
        self._quoted, self._escaped = format_ in (formats.CSV, formats.JSON), format_ is formats.JSON
        self._found = 0
        self._header = format_ in (formats.CSV, formats.TSV)
        self._inside = 0
        self._torn = self._kept = b""

    def count(self, data: bytes) -> int:
        """Count the next bytes, and return the number of rows so far."""
        outside = self._kept + (self._without_strings(data) if self._quoted else data)
        self._found += sum(outside.count(mark) for mark in self._marks)
        longest = max(map(len, self._marks), default=1)
        # The end is kept for the next call, since a mark may be split.
        self._kept = outside[-(longest - 1) :] if longest > 1 else b""
        return max(self._found - self._header, 0)

    def _without_strings(self, data: bytes) -> bytes:
        if self._escaped:
            data = _ESCAPE.sub(b"", self._torn + data)
            # A backslash at the end escapes the first of the next bytes.
            data, self._torn = (data[:-1], b"\\") if data.endswith(b"\\") else (data, b"")
        parts = data.split(b'"')
        # Every other part is a string; a doubled quotation mark in CSV only adds an empty part.
        outside = parts[self._inside :: 2]
        self._inside ^= (len(parts) - 1) % 2
        return b'"'.join(outside)


def require_within(limit: str, unit: str, count: int, maximum: int | None) -> None:
    """Raise SizeLimitError if a count exceeds the maximum; None means no limit."""
    if maximum is not None and count > maximum:
        raise SizeLimitError(f"The answer has more {unit} than the limit of {maximum:,}.", limit, maximum)
