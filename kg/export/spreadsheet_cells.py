"""CSV for spreadsheets, without cells that are formulas.

A spreadsheet evaluates a CSV cell that begins with certain characters, so words from an article, or from any client
that writes to the store, could be executed there and leak the rest of the sheet. An apostrophe before them makes the
cell text (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The first characters of formulas, or those that spreadsheets skip or convert: the last four are full-width forms."""
_NUMBER_OR_TIME = re.compile(r"-\d+(?:\.\d+)?|-\d{4,}-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?")
"""Negative numbers and times before the year 0, which are not formulas; an apostrophe would turn them into text."""
ROWS_PER_CHUNK = 256
MAX_CELL_CHARACTERS = 2**31 - 1

# The reader's default limit, 131,072, is less than the length of some literals; it applies to the whole process.
csv.field_size_limit(MAX_CELL_CHARACTERS)


def spreadsheet_cell(text: str) -> str:
    """Return the text of a cell, escaped so that no spreadsheet treats it as a formula."""
    is_formula = text.startswith(FORMULA_STARTS) and not _NUMBER_OR_TIME.fullmatch(text)
    return f"'{text}" if is_formula else text


class SpreadsheetRows(Iterator[bytes]):
    """Chunks of UTF-8 CSV without formulas; closing it closes the source of the chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rows = chunks, csv.reader(_lines(chunks))

    def __next__(self) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerows(map(spreadsheet_cell, row) for row in islice(self._rows, ROWS_PER_CHUNK))
        if not text.tell():
            raise StopIteration
        return text.getvalue().encode()

    def close(self) -> None:
        """Close the source of the chunks."""
        if close := getattr(self._chunks, "close", None):
            close()


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield the lines of chunks with their endings; only a line feed ends a line."""
    rest = ""
    for text in codecs.iterdecode(chunks, "utf-8"):
        *lines, rest = f"{rest}{text}".split("\n")
        yield from (f"{line}\n" for line in lines)
    if rest:
        yield rest
