"""Dates in a text: the day of its date line, and what `Saturday` or `May 19` mean relative to that day."""

from __future__ import annotations

import datetime as dt
import re

MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}  # noqa: SIM905
WEEKDAYS = {name: number for number, name in enumerate("mon tue wed thu fri sat sun".split())}  # noqa: SIM905
MONTH = r"(?P<month{}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DAY = r"(?P<day{}>\d{{1,2}})(?:st|nd|rd|th)?"
EITHER_ORDER = f"(?:{MONTH} {DAY}|{DAY} {MONTH})".format(1, 1, 2, 2)
FULL_DATE = re.compile(rf"\b(?:{EITHER_ORDER},? (?P<year>\d{{4}})|(?P<iso>\d{{4}}-\d\d-\d\d))\b", re.IGNORECASE)
DAY_OF_YEAR = re.compile(rf"\b{EITHER_ORDER}\b", re.IGNORECASE)
WEEKDAY = re.compile(r"\b(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*day\b", re.IGNORECASE)
DATE_LINE_CHARACTERS = 400
"""Characters at the start of a text within which a date is the article's."""


def day_of_article(text: str) -> dt.date | None:
    """Return the first full date near the start of a text, None if there is none."""
    match = FULL_DATE.search(text[:DATE_LINE_CHARACTERS])
    return _date(match) if match else None


def day_in(words: str, article: dt.date | None) -> dt.date | None:
    """Return the day that words name, relative to the article's: a weekday is the last one up to that day."""
    if match := FULL_DATE.search(words):
        return _date(match)
    if article is None:
        return None
    if match := DAY_OF_YEAR.search(words):
        return _date(match, article.year)
    if re.search(r"\byesterday\b", words, re.IGNORECASE):
        return article - dt.timedelta(days=1)
    if match := WEEKDAY.search(words):
        back = (article.weekday() - WEEKDAYS[match["weekday"].lower()]) % 7
        return article - dt.timedelta(days=back)
    return None


def _date(match: re.Match[str], year: int = 0) -> dt.date | None:
    groups = match.groupdict()
    try:
        if groups.get("iso"):
            return dt.date.fromisoformat(groups["iso"])
        month = (groups["month1"] or groups["month2"]).lower()[:3]
        return dt.date(int(groups.get("year") or year), MONTHS[month], int(groups["day1"] or groups["day2"]))
    except ValueError:
        return None
