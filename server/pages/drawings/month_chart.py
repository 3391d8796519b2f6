"""Lays out the number of statements per month, by somebody and about them, as bars on one axis."""

from __future__ import annotations

import re
from calendar import month_name
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from server.pages.terms.page_terms import Row

# For more months than these, years are drawn: bars would be too narrow.
MAX_PERIODS = 60
# A period is ten units wide, with two bars.
HEIGHT = 40
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?=-)", re.ASCII)


@dataclass(frozen=True)
class PeriodBars:
    """A month or a year: its name, the statements by and about somebody, and where its bars begin."""

    name: str
    by_them: int
    about_them: int
    x: int


@dataclass(frozen=True)
class MonthChart:
    """The periods from the first to the last with a statement, including those without any."""

    periods: tuple[PeriodBars, ...]
    is_by_year: bool

    @property
    def most(self) -> int:
        """Return the largest number of a bar, which is as tall as the chart."""
        return max(max(period.by_them, period.about_them) for period in self.periods)

    @property
    def words(self) -> str:
        """Return what the chart shows, in words."""
        with_any = (period for period in self.periods if period.by_them or period.about_them)
        return "; ".join(
            f"{period.name}: {period.by_them} said by them, {period.about_them} about them" for period in with_any
        )

    @property
    def bars_by_them(self) -> str:
        """Return the bars of what somebody says, as the data of one path: one element each would make pages large."""
        return "".join(self._bar(period.x + 1, period.by_them) for period in self.periods)

    @property
    def bars_about_them(self) -> str:
        """Return the bars of what is said about somebody, as the data of one path."""
        return "".join(self._bar(period.x + 5, period.about_them) for period in self.periods)

    def _bar(self, x: int, number: int) -> str:
        top = round(HEIGHT * (1 - number / self.most), 2)
        return f"M{x} {HEIGHT}V{top:g}h4V{HEIGHT}z" if number else ""


def month_chart(rows: Iterable[Row]) -> MonthChart | None:
    """Return the chart of rows of articles, None without two periods to compare; undated rows are left out."""
    by_month = Counter[tuple[int, str]]()
    for row in rows:
        if match := _MONTH.match(row["asOf"].value if "asOf" in row else ""):
            for key in ("said", "about"):
                by_month[int(match[1]) * 12 + int(match[2]) - 1, key] += int(row[key].value)
    months = {month for month, _ in by_month}
    if not months:
        return None
    first, last = min(months), max(months)
    is_by_year = last - first >= MAX_PERIODS
    unit = 12 if is_by_year else 1
    numbers = Counter[tuple[int, str]]()
    for (month, key), number in by_month.items():
        numbers[month // unit, key] += number
    periods = tuple(
        PeriodBars(
            str(period) if is_by_year else f"{month_name[period % 12 + 1]} {period // 12}",
            numbers[period, "said"],
            numbers[period, "about"],
            x,
        )
        for x, period in zip(count(0, 10), range(first // unit, last // unit + 1), strict=False)
    )
    return MonthChart(periods, is_by_year) if len(periods) > 1 else None
