"""Dates and spans in the Extended Date/Time Format (EDTF, ISO 8601-2), as far as news uses them, and their bounds.

A date, month or year, with `~` or `?` where the text is uncertain; a season (`2034-24` is the winter of 2034); an
interval of two of these, either end of which may be open (`..`). Seasons and uncertain dates imply no bounds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.moments import LEXICAL, days_in, read

EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
EXPECTED_SPAN = "a date or a span that exists, such as 2011-10-21, 2011-10, 2011-24, 2011-10/2011-12, ../2011-10"
OPEN = ("", "..")
SEASON = re.compile(r"-?[0-9]{4}-2[1-4]")


@dataclass(frozen=True)
class EdtfSpan:
    """The bounds that follow from a span, as xsd:dateTime; empty if unknown."""

    earliest: str = ""
    latest: str = ""


def read_span(text: str) -> EdtfSpan | None:
    """Return the bounds of an EDTF text, or None if it is not valid or ends before it begins."""
    first, slash, last = text.partition("/")
    if not slash:
        return _read_date(text)
    # An interval open at both ends would bound nothing.
    if first in OPEN and last in OPEN:
        return None
    begin, end = (EdtfSpan() if part in OPEN else _read_date(part) for part in (first, last))
    if begin is None or end is None:
        return None
    span = EdtfSpan(begin.earliest, end.latest)
    return None if ends_before(span.earliest, span.latest) else span


def ends_before(begin: str, end: str) -> bool:
    """Return whether the first moment is after the second; False if either is not a moment."""
    first, last = read(begin), read(end)
    return first is not None and last is not None and last < first


def _read_date(text: str) -> EdtfSpan | None:
    date = text.rstrip("~?%")
    if SEASON.fullmatch(date) and len(text) - len(date) <= 1:
        return EdtfSpan()
    if len(text) - len(date) > 1 or read(date) is None:
        return None
    return EdtfSpan(*_bounds(date)) if date == text else EdtfSpan()


def _bounds(date: str) -> tuple[str, str]:
    """Return the first and the last second of a valid date; for a time of day, that moment twice."""
    match = LEXICAL.fullmatch(date)
    fields = match.groupdict() if match else {}
    year, month, day, offset = (fields.get(key) or "" for key in ("year", "month", "day", "offset"))
    if fields.get("hour"):
        moment = date if fields.get("second") else f"{date.removesuffix(offset)}:00{offset}"
        return moment, moment
    last_month = month or "12"
    last_day = day or f"{days_in(int(year), int(last_month)):02}"
    return (
        f"{year}-{month or '01'}-{day or '01'}T00:00:00{offset}",
        f"{year}-{last_month}-{last_day}T23:59:59{offset}",
    )
