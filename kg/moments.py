"""Moments: the values of xsd:dateTime and related datatypes in a total order, for any year, with or without an offset.

A moment without an offset is always read as UTC: XML Schema (1.1, Datatypes, section 3.3.7) and SPARQL leave open how
it compares with one that has an offset, but a timeline has to decide. `datetime` only supports the years 1 to 9999,
rejects 24:00:00, and cannot compare the two kinds at all.
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
"""xsd:dateTime, xsd:date, xsd:gYearMonth and xsd:gYear, with years of up to nine digits; seconds are optional."""
FARTHEST = 14 * 60
"""The largest offset from UTC, in minutes."""
DAY = 24 * 60 * 60
ERA_YEARS, ERA_DAYS = 400, 146_097
"""The period after which the calendar repeats."""
DIGITS = 18
"""Digits of a fraction of a second that are written, as many as the engine stores."""
LAST_SECOND = 3_652_059 * DAY - 1
"""The last second that a datetime can hold."""


@dataclass(frozen=True, order=True)
class Moment:
    """A point in time: UTC seconds since 1 January of the year 1, and the written offset in minutes, if any."""

    seconds: int | Fraction
    # The same point in time can be written with many offsets.
    offset: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Return the moment as an xsd:dateTime in UTC."""
        (year, month, day), clock = calendar_date(self.seconds // DAY), self.seconds % DAY
        whole, fraction = int(clock), int((clock % 1) * 10**DIGITS)
        tail = f".{fraction:0{DIGITS}}".rstrip("0") if fraction else ""
        time = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{tail}"
        # A year has at least four digits, not counting its sign.
        return f"{year:0{4 + (year < 0)}}-{month:02}-{day:02}T{time}Z"

    @property
    def local(self) -> tuple[int, int, int, int, int]:
        """Return year, month, day, hour and minute as written, in local time."""
        seconds = int(self.seconds // 1) + (self.offset or 0) * 60
        return *calendar_date(seconds // DAY), seconds % DAY // 3600, seconds % 3600 // 60

    @property
    def clock(self) -> datetime:
        """Return the moment as a datetime in UTC, clamped to the years that a datetime supports."""
        seconds = min(max(0, int(self.seconds // 1)), LAST_SECOND)
        return datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def read(text: str) -> Moment | None:
    """Parse a lexical form; a day, month or year gives its first moment. Return None if it is invalid."""
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
    """Return the minutes of a written time zone, None if there is none; a number beyond FARTHEST if it is invalid."""
    if written is None:
        return None
    if written == "Z":
        return 0
    hours, minutes = int(written[1:3]), int(written[4:6])
    return FARTHEST + 1 if minutes > 59 else (hours * 60 + minutes) * (-1 if written[0] == "-" else 1)  # noqa: PLR2004


def of(when: datetime) -> Moment:
    """Convert a datetime to a moment; without an offset, it is taken as UTC."""
    offset = when.utcoffset()
    local = when.replace(tzinfo=None) - datetime(1, 1, 1)  # noqa: DTZ001 - local time, whose offset is taken off below
    minutes = None if offset is None else int(offset.total_seconds() // 60)
    return Moment(Fraction(local // timedelta(microseconds=1), 10**6) - (minutes or 0) * 60, minutes)


def days_in(year: int, month: int) -> int:
    """Return the number of days in a month."""
    return 29 if month == 2 and isleap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]  # noqa: PLR2004


def days(year: int, month: int, day: int) -> int:
    """Return the number of days from 1 January of the year 1 to a date; the year before 1 is 0, then -1 and so on."""
    eras, within = divmod(year - 1, ERA_YEARS)
    return eras * ERA_DAYS + date(within + 1, month, day).toordinal() - 1


def calendar_date(count: int) -> tuple[int, int, int]:
    """Return the year, month and day that are `count` days after 1 January of the year 1."""
    eras, within = divmod(count, ERA_DAYS)
    day = date.fromordinal(within + 1)
    return eras * ERA_YEARS + day.year, day.month, day.day
