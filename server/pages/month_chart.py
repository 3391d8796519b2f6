"""Lays out how many statements there are a month, by somebody and about them, as bars on one axis."""

from __future__ import annotations

import re
from calendar import month_name
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.pages.page_terms import Row

# Of more months than these, years are drawn: bars would be too narrow.
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
    """The periods from the first to the last with a statement, those without any among them."""

    periods: tuple[PeriodBars, ...]
    is_by_year: bool

    @property
    def most(self) -> int:
        """Return the largest number of a bar, which is as high as the chart."""
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
        """Return the bars of what somebody says, as the data of one path: pages with an element for each are large."""
        return "".join(self._bar(period.x + 1, period.by_them) for period in self.periods)

    @property
    def bars_about_them(self) -> str:
        """Return the bars of what is said about somebody, as the data of one path."""
        return "".join(self._bar(period.x + 5, period.about_them) for period in self.periods)

    def _bar(self, x: int, number: int) -> str:
        top = round(HEIGHT * (1 - number / self.most), 2)
        return f"M{x} {HEIGHT}V{top:g}h4V{HEIGHT}z" if number else ""


def month_chart(rows: Iterable[Row]) -> MonthChart | None:
    """Return the chart of rows of articles, None unless there are two periods to compare; undated ones are left out."""
    by_them, about_them = Counter[int](), Counter[int]()
    for row in rows:
        if match := _MONTH.match(row["asOf"].value if "asOf" in row else ""):
            month = int(match[1]) * 12 + int(match[2]) - 1
            by_them[month] += int(row["said"].value)
            about_them[month] += int(row["about"].value)
    if not by_them:
        return None
    is_by_year = max(by_them) - min(by_them) >= MAX_PERIODS
    if is_by_year:
        by_them, about_them = _by_year(by_them), _by_year(about_them)
    numbers = range(min(by_them), max(by_them) + 1)
    return (
        MonthChart(_periods(numbers, by_them, about_them, is_by_year=is_by_year), is_by_year)
        if len(numbers) > 1
        else None
    )


def _periods(
    numbers: Sequence[int], by_them: Counter[int], about_them: Counter[int], *, is_by_year: bool
) -> tuple[PeriodBars, ...]:
    return tuple(
        PeriodBars(str(number) if is_by_year else _name(number), by_them[number], about_them[number], 10 * place)
        for place, number in enumerate(numbers)
    )


def _by_year(months: Counter[int]) -> Counter[int]:
    years = Counter[int]()
    for month, number in months.items():
        years[month // 12] += number
    return years


def _name(month: int) -> str:
    return f"{month_name[month % 12 + 1]} {month // 12}"
