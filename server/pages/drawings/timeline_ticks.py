"""Tick marks of a time axis at whole years, months, days, hours or minutes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# As many as there is room for with their labels; fewer on a phone.
MAX_TICKS, MAX_TICKS_IF_NARROW = 8, 4
CALENDAR_START, CALENDAR_END = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
DAY = timedelta(days=1)
TICK_STEPS: tuple[tuple[str, int, timedelta], ...] = (
    *(("minutes", number, timedelta(minutes=number)) for number in (1, 5, 15, 30)),
    *(("hours", number, timedelta(hours=number)) for number in (1, 2, 3, 6, 12)),
    *(("days", number, timedelta(days=number)) for number in (1, 2, 7, 14)),
    *(("months", number, timedelta(days=30 * number)) for number in (1, 3, 6)),
    *(("years", number, timedelta(days=365 * number)) for number in (1, 2, 5, 10, 25, 50, 100, 250, 1000)),
)
"""Possible tick intervals: the unit, the number of units, and the approximate duration."""
LABELS = {
    "years": ("", "{0.year}"),
    "months": ("{0.year}", "{0:%b}"),
    "days": ("{0.year}", "{0.day} {0:%b}"),
    **dict.fromkeys(("hours", "minutes"), ("{0.day} {0:%b}", "{0:%H:%M}")),
}
"""By unit, the label of the larger unit that contains a tick, and that of the tick, which is below it."""
# An interval of at least this length begins and ends at a whole unit; the page's script has the same limits.
PRECISIONS = ((timedelta(days=30), DAY), (timedelta(days=2), timedelta(hours=1)))


@dataclass(frozen=True)
class Tick:
    """A tick: the interval up to the next tick, its label, and the label of the larger unit that begins there."""

    start: datetime
    end: datetime
    words: str
    larger: str
    name: str
    """The two labels as one, for readers who do not see them in their places."""


def ticks(first: datetime, last: datetime, most: int = MAX_TICKS) -> list[Tick]:
    """Return the ticks between two moments, both in UTC: at most about `most`."""
    unit, number, _ = next((step for step in TICK_STEPS if (last - first) / step[2] <= most), TICK_STEPS[-1])
    starts = [*_starts(first, last, unit, number)]
    ends = [*starts[1:], _next(starts[-1], unit, number)] if starts else []
    larger_label, label = LABELS[unit]
    larger = [larger_label.format(start) for start in starts]
    # The first shows its larger unit, unless the second begins another one: their labels would overlap.
    begin = [here != before for before, here in zip(["", *larger], larger, strict=False)]
    if begin[1:2] == [True]:
        begin[0] = False
    return [
        Tick(start, end, (words := label.format(start)), unit_label if new else "", f"{unit_label} {words}".strip())
        for start, end, unit_label, new in zip(starts, ends, larger, begin, strict=True)
    ]


def rounded(when: datetime, length: timedelta) -> datetime:
    """Return a moment rounded as exactly as an interval of this length needs: to a whole day, hour or minute."""
    unit = next((unit for shortest, unit in PRECISIONS if length >= shortest), timedelta(minutes=1))
    return shift_within_calendar(CALENDAR_START, (when - CALENDAR_START + unit / 2) // unit * unit)


def shift_within_calendar(when: datetime, by: timedelta) -> datetime:
    """Return a moment shifted by a duration, limited to the range of datetime."""
    try:
        return min(CALENDAR_END, max(CALENDAR_START, when + by))
    except OverflowError:
        return CALENDAR_END if by > timedelta() else CALENDAR_START


def _starts(first: datetime, last: datetime, unit: str, number: int) -> Iterator[datetime]:
    here = _floor(first, unit, number)
    while here <= last:
        if here >= first:
            yield here
        following = _next(here, unit, number)
        # At the end of the calendar, the next tick is the last one again.
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
    start = CALENDAR_START if unit == "days" else day  # a Monday, so that weeks begin on one
    return start + (when - start) // step * step


def _next(when: datetime, unit: str, number: int) -> datetime:
    if unit == "years":
        year = when.year + number - (when.year % number if when.year < number else 0)
        return when.replace(year=year) if year <= CALENDAR_END.year else CALENDAR_END
    if unit == "months":
        years, months = divmod(when.month - 1 + number, 12)
        return (
            when.replace(year=when.year + years, month=months + 1)
            if when.year + years <= CALENDAR_END.year
            else CALENDAR_END
        )
    return shift_within_calendar(when, timedelta(**{unit: number}))
