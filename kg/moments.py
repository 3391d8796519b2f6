"""Moments: the values of xsd:dateTime and its kin, in one order, whatever their year and whether they have an offset.

A moment without an offset is read as UTC, everywhere: XML Schema (1.1, Datatypes, section 3.3.7) and SPARQL leave open
how it compares with one that has an offset, and a timeline cannot. `datetime` has the years 1 to 9999 alone, knows no
24:00:00, and does not compare the two kinds at all.
"""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

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
DIGITS = 18
"""Digits of a fraction of a second that are written, as many as the engine keeps."""
LAST_SECOND = 3_652_059 * DAY - 1
"""The last one that a datetime can hold."""


@dataclass(frozen=True, order=True)
class Moment:
    """A point in time: `seconds` of UTC since the first of January of the year 1, and minutes of offset if written."""

    seconds: int | Fraction
    # The same point in time is written with many offsets.
    offset: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Return the moment as an xsd:dateTime in UTC."""
        (year, month, day), clock = calendar_date(self.seconds // DAY), self.seconds % DAY
        whole, fraction = int(clock), int((clock % 1) * 10**DIGITS)
        tail = f".{fraction:0{DIGITS}}".rstrip("0") if fraction else ""
        time = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{tail}"
        # A year has four digits at least, with its sign beside them.
        return f"{year:0{4 + (year < 0)}}-{month:02}-{day:02}T{time}Z"

    @property
    def local(self) -> tuple[int, int, int, int, int]:
        """Return year, month, day, hour and minute as they are written, in local time."""
        seconds = int(self.seconds // 1) + (self.offset or 0) * 60
        return *calendar_date(seconds // DAY), seconds % DAY // 3600, seconds % 3600 // 60

    @property
    def clock(self) -> datetime:
        """Return the moment as a datetime in UTC, and its first or last one if the moment lies outside of its years."""
        seconds = min(max(0, int(self.seconds // 1)), LAST_SECOND)
        return datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def read(text: str) -> Moment | None:
    """Return the moment that a lexical form spells, a day, month or year as its first one; None if it spells none."""
    match = LEXICAL.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[key] or ("month" in key or key == "day")) for key in FIELDS)
    offset = offset_minutes(match["offset"])
    # 24:00:00 is the first moment of the next day (XML Schema 1.1, Datatypes, section 3.3.7).
    whole = hour == 24 and minute == second == 0 and not (match["fraction"] or "").strip(".0")  # noqa: PLR2004
    if not (1 <= month <= 12 and 1 <= day <= days_in(year, month)):  # noqa: PLR2004
        return None
    if not ((hour < 24 or whole) and minute < 60 and second < 60) or abs(offset or 0) > FARTHEST:  # noqa: PLR2004
        return None
    clock = hour * 3600 + minute * 60 + second - (offset or 0) * 60
    seconds = days(year, month, day) * DAY + clock
    return Moment(seconds + Fraction(match["fraction"]) if match["fraction"] else seconds, offset)


FIELDS = ("year", "month", "day", "hour", "minute", "second")


def offset_minutes(written: str | None) -> int | None:
    """Return the minutes of a time zone as it is written, None without one; too many if it is none."""
    if written is None:
        return None
    if written == "Z":
        return 0
    hours, minutes = int(written[1:3]), int(written[4:6])
    return FARTHEST + 1 if minutes > 59 else (hours * 60 + minutes) * (-1 if written[0] == "-" else 1)  # noqa: PLR2004


def of(when: datetime) -> Moment:
    """Return a datetime as a moment; without an offset, it is UTC."""
    offset = when.utcoffset()
    local = when.replace(tzinfo=None) - datetime(1, 1, 1)  # noqa: DTZ001 - local time, whose offset is taken off below
    minutes = None if offset is None else int(offset.total_seconds() // 60)
    return Moment(Fraction(local // timedelta(microseconds=1), 10**6) - (minutes or 0) * 60, minutes)


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
    day = date.fromordinal(within + 1)
    return eras * ERA_YEARS + day.year, day.month, day.day
