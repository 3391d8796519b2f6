"""Rows of CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def csv_row(values: Iterable[str]) -> str:
    """Return a row, with its line's end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()
