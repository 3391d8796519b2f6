"""Moments and spans of time: uncertain ones so that one sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

DAY_END = (23, 59)


@dataclass(frozen=True)
class Span:
    """The four stamps of a happening (SEM), or the two of a saying; None where the text leaves one unknown."""

    begin: datetime | None
    begun: datetime | None
    over: datetime | None
    end: datetime | None

    @cached_property
    def known(self) -> tuple[datetime, ...]:
        """Return the stamps that there are, in order."""
        return tuple(sorted((each for each in (self.begin, self.begun, self.over, self.end) if each), key=comparable))

    @property
    def words(self) -> str:
        """Return the span in a phrase."""
        if not self.known:
            return "time unknown"
        first, last = self.begin or self.begun, self.end or self.over
        if first and last:
            return _between(first, last)
        if first:
            return f"from {said(first)} on; the end is unknown"
        return f"until {said(last)}; the beginning is unknown" if last else "time unknown"


def comparable(when: datetime) -> datetime:
    """Return a moment that can be compared with any other: local time without an offset is read as UTC."""
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def said(when: datetime) -> str:
    """Return a moment in words; its offset where it has one."""
    date = f"{when.day} {when:%B %Y}"
    return f"{date}, {when:%H:%M}{_offset(when)}"


def _between(first: datetime, last: datetime) -> str:
    whole_days = (first.hour, first.minute) == (0, 0) and (last.hour, last.minute) == DAY_END
    if first == last:
        return said(first)
    if first.date() == last.date():
        date = f"{first.day} {first:%B %Y}"
        return f"some time on {date}" if whole_days else f"{date}, {first:%H:%M} to {last:%H:%M}{_offset(last)}"
    if whole_days:
        return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    return f"{said(first)} to {said(last)}"


def _offset(when: datetime) -> str:
    offset = when.utcoffset()
    if offset is None:
        return ""
    return " UTC" if offset == timedelta() else f" UTC{when:%z}"


def read(value: str) -> datetime | None:
    """Return the moment that a text spells, None where it spells none."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
