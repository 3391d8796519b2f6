"""Moments: the values of xsd:dateTime and its kin, in one order, whatever their year and whether they have an offset.

A moment without an offset is read as UTC, everywhere: XML Schema (1.1, Datatypes, section 3.3.7) and SPARQL leave open
how it compares with one that has an offset, and a timeline cannot. `datetime` has the years 1 to 9999 alone, knows no
24:00:00, and does not compare the two kinds at all.
"""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import total_ordering

LEXICAL = re.compile(
    r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?)?)?)?)?"
    r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
)
"""xsd:dateTime, xsd:date, xsd:gYearMonth and xsd:gYear, of years with at most nine digits; a time may lack seconds."""
FARTHEST = 14 * 60
"""Minutes that an offset may have at most."""
DAY = 24 * 60 * 60
ERA_YEARS, ERA_DAYS = 400, 146_097
"""The calendar repeats after this."""


@total_ordering
@dataclass(frozen=True, eq=False)
class Moment:
    """A point in time: `seconds` of UTC since the first of January of the year 1, and minutes of offset if written."""

    seconds: int | Fraction
    offset: int | None = None

    def __eq__(self, other: object) -> bool:
        return self.seconds == other.seconds if isinstance(other, Moment) else NotImplemented

    def __lt__(self, other: Moment) -> bool:
        return self.seconds < other.seconds

    def __hash__(self) -> int:
        return hash(self.seconds)


def read(text: str) -> Moment | None:
    """Return the moment that a lexical form spells, a day, month or year as its first one; None if it spells none."""
    match = LEXICAL.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[key] or ("month" in key or key == "day")) for key in FIELDS)
    offset = _offset(match["offset"])
    whole = hour == 24 and minute == second == 0 and not (match["fraction"] or "").strip(".0")  # noqa: PLR2004
    if not (1 <= month <= 12 and 1 <= day <= days_in(year, month)):  # noqa: PLR2004
        return None
    if not ((hour < 24 or whole) and minute < 60 and second < 60) or abs(offset or 0) > FARTHEST:  # noqa: PLR2004
        return None
    clock = hour * 3600 + minute * 60 + second - (offset or 0) * 60
    seconds = days(year, month, day) * DAY + clock
    return Moment(seconds + Fraction(match["fraction"]) if match["fraction"] else seconds, offset)


FIELDS = ("year", "month", "day", "hour", "minute", "second")


def _offset(written: str | None) -> int | None:
    if written is None:
        return None
    if written == "Z":
        return 0
    hours, minutes = int(written[1:3]), int(written[4:6])
    return FARTHEST + 1 if minutes > 59 else (hours * 60 + minutes) * (-1 if written[0] == "-" else 1)  # noqa: PLR2004


def days_in(year: int, month: int) -> int:
    """Return how many days a month has."""
    return 29 if month == 2 and isleap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]  # noqa: PLR2004


def days(year: int, month: int, day: int) -> int:
    """Return the days from the first of January of the year 1 to a date, years before it counted from 0 down."""
    eras, within = divmod(year - 1, ERA_YEARS)
    return eras * ERA_DAYS + date(within + 1, month, day).toordinal() - 1


def calendar_date(count: int) -> tuple[int, int, int]:
    """Return the year, month and day that lie so many days after the first of January of the year 1."""
    eras, within = divmod(count, ERA_DAYS)
    found = date.fromordinal(within + 1)
    return eras * ERA_YEARS + found.year, found.month, found.day
