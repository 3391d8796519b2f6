"""Time spans with uncertain bounds, and their wording on pages."""

from __future__ import annotations

import re
from calendar import month_name
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from kg.moments import DIGITS, Moment
from kg.moments import read as read_moment

DAY_START, DAY_END = (0, 0), (23, 59)
# The digits of a key's whole seconds, and the key of the first second of the year 1, so that none is negative.
KEY_DIGITS, KEY_ZERO = 18, 10**17
DATE_START = re.compile(r"-?[0-9]+-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class TimeSpan:
    """The four time stamps of an event (SEM), or the two of a statement; a stamp is None if unknown."""

    begin: Moment | None
    begun: Moment | None
    over: Moment | None
    end: Moment | None

    @cached_property
    def known(self) -> tuple[Moment, ...]:
        """Return the known stamps in chronological order."""
        return tuple(sorted(filter(None, (self.begin, self.begun, self.over, self.end))))

    @property
    def words(self) -> str:
        """Return the span as a phrase."""
        first, last = self.begin or self.begun, self.end or self.over
        if first and last:
            return _between(first, last)
        if first:
            return f"from {begin_text(first)} on; the end is unknown"
        return f"until {end_text(last)}; the beginning is unknown" if last else "time unknown"


def moment_text(when: Moment) -> str:
    """Return a moment in words, with its offset if it has one."""
    return f"{_day(when)}, {_time(when)}{_offset(when)}"


def _day(when: Moment) -> str:
    year, month, day, _, _ = when.local
    return f"{day} {month_name[month]} {year}"


def _time(when: Moment) -> str:
    *_, hour, minute = when.local
    return f"{hour:02}:{minute:02}"


def _between(first: Moment, last: Moment) -> str:
    whole_days = (first.local[3:], last.local[3:]) == (DAY_START, DAY_END)
    if first == last:
        return moment_text(first)
    if first.local[:3] == last.local[:3]:
        return (
            f"some time on {_day(first)}"
            if whole_days
            else f"{_day(first)}, {_time(first)} to {_time(last)}{_offset(last)}"
        )
    if whole_days:
        return f"{_day(first)} to {_day(last)}"
    return f"{begin_text(first)} to {end_text(last)}"


def begin_text(when: Moment) -> str:
    """Return a beginning in words: only the day, as the text gives it, if it is midnight local time."""
    return _day(when) if when.local[3:] == DAY_START and when.offset is None else moment_text(when)


def end_text(when: Moment) -> str:
    """Return an end in words: only the day, as the text gives it, if it is the last minute in local time."""
    return _day(when) if when.local[3:] == DAY_END and when.offset is None else moment_text(when)


def _offset(when: Moment) -> str:
    if when.offset is None:
        return ""
    hours, minutes = divmod(abs(when.offset), 60)
    return f" UTC{'-' if when.offset < 0 else '+'}{hours:02}{minutes:02}" if when.offset else " UTC"


def parse_moment(value: str) -> Moment | None:
    """Return the moment of an xsd:date or xsd:dateTime text, or None if it is neither."""
    return read_moment(value) if DATE_START.match(value) else None


def moment_key(when: Moment | None) -> str:
    """Return a text that sorts like the moment, even followed by a space, which sorts before digits; empty for None."""
    if when is None:
        return ""
    # The quotient is rounded down, so that a time before the year 1 sorts correctly too.
    whole, fraction = divmod(when.seconds, 1)
    digits = f"{int(fraction * 10**DIGITS):0{DIGITS}}".rstrip("0") if fraction else ""
    return f"{int(whole) + KEY_ZERO:0{KEY_DIGITS}}{digits}"


def moment_of_key(key: str) -> Moment:
    """Return the moment of a key, without an offset."""
    whole, digits = int(key[:KEY_DIGITS]) - KEY_ZERO, key[KEY_DIGITS:]
    return Moment(whole + Fraction(int(digits), 10 ** len(digits)) if digits else whole)
