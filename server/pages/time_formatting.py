"""Reads moments and time spans from rows, and formats them for pages."""

from __future__ import annotations

import re
from calendar import month_name

from kg.moments import Moment
from server.pages.page_terms import PageTerm, Row
from server.search.time_spans import TimeSpan, moment_text, parse_moment
from server.search.timeline import TIME_PROPERTIES

# A date in EDTF that is neither uncertain nor a season or an interval.
DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d))?)?", re.ASCII)


def row_span(row: Row) -> TimeSpan:
    """Return the span of a row's four time stamps."""
    return TimeSpan(*(_read(row.get(name)) for name in TIME_PROPERTIES))


def statement_span(row: Row) -> TimeSpan:
    """Return the span in which a statement was made."""
    first, last = _read(row.get("saidEarliest")), _read(row.get("saidLatest"))
    return TimeSpan(first, None, None, last)


def moment(value: PageTerm | None) -> str:
    """Return a time stamp in words, or the value itself if it is not a time stamp."""
    when = _read(value)
    return moment_text(when) if when else (value.value if value else "")


def date_words(value: PageTerm) -> str:
    """Return a date in EDTF in words, as precise as it is, as in "June 2034"; anything else as a moment."""
    date = DATE.fullmatch(value.value)
    if not date:
        return moment(value)
    day, month = date["day"], date["month"]
    return " ".join(filter(None, (day and str(int(day)), month and month_name[int(month)], date["year"])))


def stamp(text: str) -> str:
    """Return the text of a time stamp, such as a version's, in words, or the text itself if it is not a time stamp."""
    when = parse_moment(text)
    return moment_text(when) if when else text


def _read(value: PageTerm | None) -> Moment | None:
    return parse_moment(value.value) if value else None
