"""Values of the ordered XML Schema datatypes, each as an exact number (XML Schema 1.1 Part 2)."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping
from fractions import Fraction

from kg.datatypes import XSD, lexical_form
from kg.moments import DAY, days, offset_minutes

MAX_READ_CHARACTERS = 1000
"""The longest literal that is read as a value; Python's int() raises an error beyond 4,300 digits."""
_REFERENCES = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))
"""The reference months for comparing durations (section 3.3.6.2): one that is less by all four is less."""

Value = int | Fraction | float
"""An exact number, or a floating-point value that has none: an infinity or NaN."""
Reader = Callable[[str], Value | None]
"""Returns the value of a lexical form, or None for any other text."""


def _readers(read: Callable[[re.Match[str]], Value], *names: str) -> dict[str, Reader]:
    return {f"{XSD}{name}": _reader(f"{XSD}{name}", read) for name in names}


def _reader(datatype: str, read: Callable[[re.Match[str]], Value]) -> Reader:
    def value(text: str) -> Value | None:
        form = lexical_form(datatype)
        match = form.fullmatch(text) if form else None
        return read(match) if match else None

    return value


def _double(match: re.Match[str]) -> Value:
    value = float(match[0])
    return Fraction(value) if math.isfinite(value) else value


def _float(match: re.Match[str]) -> Value:
    value = _double(match)
    if isinstance(value, float):
        return value
    try:
        return Fraction(*struct.unpack("f", struct.pack("f", float(match[0]))))
    except OverflowError:
        return math.copysign(math.inf, value)


def _moment(match: re.Match[str]) -> Value:
    """Return a moment in seconds; the default offset is UTC, and other missing parts default as in XML Schema."""
    parts = match.groupdict()
    year, month, day = (int(parts.get(name) or usual) for name, usual in (("year", 1972), ("month", 12), ("day", 1)))
    is_time, clock = "day" not in parts and "hour" in parts, _clock(parts)
    # The day may not exist in its month: such a moment is ill-typed, but still has a place in the order.
    whole_days = days(year, month, 1) + day - 1
    return whole_days * DAY + (clock % DAY if is_time else clock) - 60 * (offset_minutes(parts["zone"]) or 0)


def _clock(parts: Mapping[str, str | None]) -> int | Fraction:
    hours, minutes, seconds = (parts.get(name) or "0" for name in ("hour", "minute", "second"))
    return int(hours) * 3600 + int(minutes) * 60 + (Fraction(seconds) if "." in seconds else int(seconds))


def _duration(match: re.Match[str]) -> Value:
    """Return four times the mean length in seconds: a duration that is less by every reference has a smaller sum."""
    parts = match.groupdict()
    years, months, whole_days = (int(parts.get(name) or 0) for name in ("year", "month", "day"))
    sign = -1 if parts["sign"] else 1
    months = sign * (years * 12 + months)
    reference_days = sum(_month_start(year, month + months) - _month_start(year, month) for year, month in _REFERENCES)
    return reference_days * DAY + 4 * sign * (whole_days * DAY + _clock(parts))


def _month_start(year: int, month: int) -> int:
    """Return the days from a fixed day to a month; month numbers beyond 1 to 12 continue into other years."""
    return days(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


NUMBERS = {
    **_readers(lambda match: int(match[0]), "integer"),
    **_readers(lambda match: Fraction(match[0]), "decimal"),
    **_readers(_double, "double"),
    **_readers(_float, "float"),
}
MOMENTS = _readers(_moment, "dateTime", "date", "time", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")
DURATIONS = _readers(_duration, "duration", "dayTimeDuration", "yearMonthDuration")
