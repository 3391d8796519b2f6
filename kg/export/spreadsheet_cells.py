"""CSV for spreadsheets: no cell of it is a formula.

A spreadsheet evaluates a cell of CSV that begins with certain characters, so that words of an article, or of whoever
writes to the store, could run there, and send what else is in the sheet. An apostrophe before them makes it text
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with, or what spreadsheets skip or take for it: the last four are the full-width forms."""
_NUMBER_OR_TIME = re.compile(r"-\d+(?:\.\d+)?|-\d{4,}-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?")
"""A number below zero and a time before the year 0, which are no formula, and would be text with an apostrophe."""
ROWS_PER_CHUNK = 256
MAX_CELL_CHARACTERS = 2**31 - 1

# The reader's own limit, 131,072, is less than what a literal may have; there is one for the whole process.
csv.field_size_limit(MAX_CELL_CHARACTERS)


def spreadsheet_cell(text: str) -> str:
    """Return the text of a cell that no spreadsheet takes for a formula."""
    is_formula = text.startswith(FORMULA_STARTS) and not _NUMBER_OR_TIME.fullmatch(text)
    return f"'{text}" if is_formula else text


class SpreadsheetRows(Iterator[bytes]):
    """Chunks of CSV in UTF-8 without formulas; closing it closes what the chunks come from."""

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
        """Close what the chunks come from."""
        if close := getattr(self._chunks, "close", None):
            close()


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield the lines of chunks, each with its end; no other character than a line feed ends one."""
    rest = ""
    for text in codecs.iterdecode(chunks, "utf-8"):
        *lines, rest = f"{rest}{text}".split("\n")
        yield from (f"{line}\n" for line in lines)
    if rest:
        yield rest
