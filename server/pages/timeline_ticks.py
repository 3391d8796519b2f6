"""The marks of an axis of time: whole years, months, days or hours, as many as there is room for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MOST = 8
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
DAY = timedelta(days=1)
STEPS: tuple[tuple[str, int, timedelta], ...] = (
    *(("minutes", number, timedelta(minutes=number)) for number in (1, 5, 15, 30)),
    *(("hours", number, timedelta(hours=number)) for number in (1, 2, 3, 6, 12)),
    *(("days", number, timedelta(days=number)) for number in (1, 2, 7, 14)),
    *(("months", number, timedelta(days=30 * number)) for number in (1, 3, 6)),
    *(("years", number, timedelta(days=365 * number)) for number in (1, 2, 5, 10, 25, 50, 100, 250, 1000)),
)
"""The distances that two marks may have: their unit, how many of it, and about how long that is."""


@dataclass(frozen=True)
class Tick:
    """A mark: the stretch from it to the next one, and what stands at it."""

    start: datetime
    end: datetime
    words: str


def ticks(first: datetime, last: datetime, most: int = MOST) -> list[Tick]:
    """Return the marks between two moments, both in UTC."""
    unit, number, _ = next((step for step in STEPS if (last - first) / step[2] <= most), STEPS[-1])
    starts = [*_starts(first, last, unit, number)]
    ends = [*starts[1:], _next(starts[-1], unit, number)] if starts else []
    return [Tick(a, b, _words(a, unit, new=not n)) for n, (a, b) in enumerate(zip(starts, ends, strict=True))]


def shifted(when: datetime, by: timedelta) -> datetime:
    """Return a moment moved by a time, and no farther than the calendar goes."""
    try:
        return min(LAST, max(FIRST, when + by))
    except OverflowError:
        return LAST if by > timedelta() else FIRST


def _starts(first: datetime, last: datetime, unit: str, number: int) -> Iterator[datetime]:
    here = _floor(first, unit, number)
    while here <= last:
        if here >= first:
            yield here
        following = _next(here, unit, number)
        if following <= here:
            return
        here = following


def _floor(when: datetime, unit: str, number: int) -> datetime:
    day = when.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "years":
        return day.replace(year=max(1, when.year // number * number), month=1, day=1)
    if unit == "months":
        return day.replace(month=(when.month - 1) // number * number + 1, day=1)
    step = timedelta(**{unit: number})
    start = FIRST if unit == "days" else day  # a Monday, so that weeks begin on one
    return start + (when - start) // step * step


def _next(when: datetime, unit: str, number: int) -> datetime:
    if unit == "years":
        year = when.year + number - (when.year % number if when.year < number else 0)
        return when.replace(year=year) if year <= LAST.year else LAST
    if unit == "months":
        years, months = divmod(when.month - 1 + number, 12)
        return when.replace(year=when.year + years, month=months + 1) if when.year + years <= LAST.year else LAST
    return shifted(when, timedelta(**{unit: number}))


def _words(when: datetime, unit: str, *, new: bool) -> str:
    """Return what stands at a mark; the first one, and one at which a greater unit begins, says more."""
    if unit == "years":
        return str(when.year)
    if unit == "months":
        return f"{when:%b} {when.year}" if new or when.month == 1 else f"{when:%b}"
    if unit == "days":
        return f"{when.day} {when:%b} {when.year}" if new else f"{when.day} {when:%b}"
    date = f"{when.day} {when:%b}"
    if when - when.replace(hour=0, minute=0) < timedelta(minutes=1):
        return date
    return f"{date}, {when:%H:%M}" if new else f"{when:%H:%M}"
