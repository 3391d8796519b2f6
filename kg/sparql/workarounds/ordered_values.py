"""Values of the XML Schema datatypes that have an order, each as a number that is exact (XML Schema 1.1 Part 2)."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable
from fractions import Fraction

from kg.datatypes import XSD

MAX_READ_CHARACTERS = 1000
"""Characters of a literal that is read as a value: below the 4,300 digits at which Python's int() raises an error."""
_DAY = 24 * 60 * 60
_INTEGER, _DECIMAL = re.compile(r"[+-]?[0-9]+"), re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?|[+-]?INF|NaN")
_OFFSET = r"(?P<offset>Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR, _MONTH = r"(?P<year>-?(?:[1-9][0-9]{4,}|[0-9]{4}))", r"(?P<month>0[1-9]|1[0-2])"
_DAY_OF_MONTH = r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_HOUR = r"(?P<hour>[01][0-9]|2[0-3]|24(?=:00:00(?:\.0+)?(?![0-9.])))"
_CLOCK = rf"{_HOUR}:(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9](?:\.[0-9]+)?)"
_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<year>[0-9]+)Y)?(?:(?P<month>[0-9]+)M)?(?:(?P<day>[0-9]+)D)?"
    r"(?:T(?:(?P<hour>[0-9]+)H)?(?:(?P<minute>[0-9]+)M)?(?:(?P<second>[0-9]+(?:\.[0-9]+)?)S)?)?"
)
_REFERENCES = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))
"""The months by whose lengths durations compare (section 3.3.6.2): one that is less by all four is less."""

Value = int | Fraction | float
"""An exact number, or one of the floating-point numbers that are none: the infinities and NaN."""


def _integer(lexical: str) -> Value | None:
    return int(lexical) if _INTEGER.fullmatch(lexical) else None


def _decimal(lexical: str) -> Value | None:
    return Fraction(lexical) if _DECIMAL.fullmatch(lexical) else None


def _double(lexical: str) -> Value | None:
    if not _DOUBLE.fullmatch(lexical):
        return None
    value = float(lexical)
    return Fraction(value) if math.isfinite(value) else value


def _float(lexical: str) -> Value | None:
    value = _double(lexical)
    if value is None or isinstance(value, float):
        return value
    try:
        return Fraction(*struct.unpack("f", struct.pack("f", float(lexical))))
    except OverflowError:
        return math.copysign(math.inf, value)


def _moment(pattern: str) -> Callable[[str], Value | None]:
    """Return a reader of moments in seconds; UTC is the default of an offset, and XML Schema's those of other parts."""
    compiled, is_time = re.compile(pattern), "year" not in pattern and "hour" in pattern

    def read(lexical: str) -> Value | None:
        match = compiled.fullmatch(lexical)
        if match is None:
            return None
        parts = match.groupdict()
        days = days_before(int(parts.get("year") or 1972), int(parts.get("month") or 12)) + int(parts.get("day") or 1)
        clock = _clock(parts)
        return days * _DAY + (clock % _DAY if is_time else clock) - _offset(parts["offset"])

    return read


def _clock(parts: dict[str, str | None]) -> int | Fraction:
    hours, minutes, seconds = (parts.get(name) or "0" for name in ("hour", "minute", "second"))
    return int(hours) * 3600 + int(minutes) * 60 + _seconds(seconds)


def _seconds(written: str) -> int | Fraction:
    return Fraction(written) if "." in written else int(written)


def _offset(written: str | None) -> int:
    if not written or written == "Z":
        return 0
    sign, hours, minutes = written[0], written[1:3], written[4:6]
    return (-1 if sign == "-" else 1) * (int(hours) * 3600 + int(minutes) * 60)


def days_before(year: int, month: int) -> int:
    """Return the days from a fixed one to before a month of the Gregorian calendar, of any year (astronomical)."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)  # noqa: PLR2004 - a leap day ends a year
    # Five months from March on have 153 days, whichever they are; February, with its leap day, is the last.
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5


def _duration(lexical: str) -> Value | None:
    """Return four times the mean length in seconds: a duration that is less by every reference has the lesser sum."""
    match = _DURATION.fullmatch(lexical)
    # P and T are each followed by a field (XML Schema 1.1 Part 2, section 3.3.6).
    if match is None or lexical[-1] in "PT":
        return None
    parts = {name: match[name] or "0" for name in ("year", "month", "day", "hour", "minute", "second")}
    sign = -1 if match["sign"] else 1
    months = sign * (int(parts["year"]) * 12 + int(parts["month"]))
    days = sum(days_before(year, month + months) - days_before(year, month) for year, month in _REFERENCES)
    return days * _DAY + 4 * sign * (int(parts["day"]) * _DAY + _clock(parts))


NUMBERS: dict[str, Callable[[str], Value | None]] = {
    f"{XSD}integer": _integer,
    f"{XSD}decimal": _decimal,
    f"{XSD}double": _double,
    f"{XSD}float": _float,
}
MOMENTS: dict[str, Callable[[str], Value | None]] = {
    f"{XSD}{name}": _moment(pattern + _OFFSET)
    for name, pattern in (
        ("dateTime", f"{_YEAR}-{_MONTH}-{_DAY_OF_MONTH}T{_CLOCK}"),
        ("date", f"{_YEAR}-{_MONTH}-{_DAY_OF_MONTH}"),
        ("time", _CLOCK),
        ("gYear", _YEAR),
        ("gYearMonth", f"{_YEAR}-{_MONTH}"),
        ("gMonth", f"--{_MONTH}"),
        ("gMonthDay", f"--{_MONTH}-{_DAY_OF_MONTH}"),
        ("gDay", f"---{_DAY_OF_MONTH}"),
    )
}
DURATIONS: dict[str, Callable[[str], Value | None]] = {
    f"{XSD}{name}": _duration for name in ("duration", "dayTimeDuration", "yearMonthDuration")
}
